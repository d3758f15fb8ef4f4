"""The same text lately: on this account or on any other that the newsroom has, word by word or nearly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor import conf
from smeditor.publishing.checks.base import Draft, Lookup, without_token
from smeditor.publishing.checks.situation import Planned, Situation
from smeditor.publishing.findings import Severity
from smeditor.text.links import token_of
from smeditor.text.phrases import folded, tokens_of

ALIKE = 0.7
"""From this share of common pairs of words on two texts are nearly the same."""
FEWEST_PAIRS = 6
"""Shorter texts are alike by chance: only the very same is said of them."""
MOST_CHARACTERS = 5_000
"""Of a text, for the comparison; the longest post of any network that people read whole is shorter."""


def _same(draft: Draft, situation: Situation) -> Iterator[str]:
    if not draft.texts or draft.is_answer:
        return
    own = plain(draft.texts[0], draft.link)
    for other in situation.planned:
        if own and plain(_as_written(other), "") == own:
            if other.account == draft.account:
                sentence = _(
                    "%(account)s has the same text already, %(when)s: say something new, or drop one of the two."
                )
            else:
                sentence = _("%(account)s has the same text, %(when)s: say it differently, for many follow both.")
            yield sentence % _params(other)
            return


def _nearly(draft: Draft, situation: Situation) -> Iterator[str]:
    if not draft.texts or draft.is_answer:
        return
    first = plain(draft.texts[0], draft.link)
    own = frozenset(pairwise(first.split()))
    if len(own) < FEWEST_PAIRS:
        return
    for other in situation.planned:
        text = plain(_as_written(other), "")
        if text != first and likeness(own, frozenset(pairwise(text.split()))) >= ALIKE:
            sentence = _("%(account)s has nearly the same text, %(when)s: check that both are meant.")
            yield sentence % _params(other)
            return


def plain(text: str, link: str) -> str:
    """The words of ``text`` in one form: no links, capitals, accents, marks; the order stays."""
    if link:
        text = text.replace(link, " ")
    return " ".join(folded(token.text) for token in tokens_of(text[:MOST_CHARACTERS]))


def likeness(first: frozenset[tuple[str, str]], second: frozenset[tuple[str, str]]) -> float:
    """The share of the pairs of both that they have in common (Jaccard), from 0 to 1."""
    return len(first & second) / len(first | second) if first and second else 0.0


def _as_written(other: Planned) -> str:
    return without_token(other.text, token_of(other.link))


def _params(other: Planned) -> dict[str, str]:
    at = timezone.localtime(other.slot, conf.zone())
    return {"account": str(other.account), "when": f"{at:%Y-%m-%d %H:%M}"}


CHECKS = (
    Lookup("same_text", gettext_lazy("The same text on any account"), _same),
    Lookup("near_text", gettext_lazy("Nearly the same text on any account"), _nearly, Severity.INFO),
)
