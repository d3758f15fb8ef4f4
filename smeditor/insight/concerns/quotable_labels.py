"""Before a concern is named to somebody: does its label still quote only what may be quoted?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from smeditor.insight.concerns.titles import label_of
from smeditor.listening.quotable import quotable
from smeditor.listening.recheck import THERE
from smeditor.listening.traces import taken_from
from smeditor.models import Concern, ConcernMember, ReactionText


def check_labels(concerns: Iterable[Concern], now: datetime | None = None, *, ask: bool = True) -> list[Concern]:
    """Return ``concerns`` with labels that quote only what may be quoted; nothing is stored.

    Where a label was taken from a text that may not be, it is made of the others'; "" where there are none. Arguments as
    of :func:`.quotable`.
    """
    rows = [concern for concern in concerns if concern.label]
    hidden = _hidden(rows, now) if ask else _missing(rows)
    for concern in rows:
        texts = _texts(hidden[concern.pk])
        if any(taken_from(concern.label, text) for text in texts):
            concern.label = label_of(concern, without=hidden[concern.pk])
    return rows


def _hidden(concerns: list[Concern], now: datetime | None) -> dict[int, set[int]]:
    """The members from whose text a label may have been taken and that may not be quoted, by concern."""
    sources = {concern.pk: _sources(concern) for concern in concerns}
    shown = quotable({pk for ids in sources.values() for pk in ids}, now)
    labels = dict(Concern.objects.filter(pk__in=sources).values_list("pk", "label"))
    for concern in concerns:
        concern.label = labels.get(concern.pk, "")  # erasing what was gone has emptied the stored ones
    return {pk: ids - shown for pk, ids in sources.items()}


def _missing(concerns: list[Concern]) -> dict[int, set[int]]:
    """The members that the last check missed, by concern: few, and what is there is not read."""
    found: dict[int, set[int]] = {concern.pk: set() for concern in concerns}
    members = ConcernMember.objects.filter(concern__in=found).exclude(
        reaction__presence__in=THERE, reaction__missing_since=None
    )
    for concern, reaction in members.order_by().values_list("concern", "reaction"):
        found[concern].add(reaction)
    return found


def _sources(concern: Concern) -> set[int]:
    """The members from whose text the label may have been taken."""
    texts = ReactionText.objects.filter(reaction__concern_member__concern=concern).exclude(text="")
    return {pk for pk, text in texts.values_list("reaction_id", "text") if taken_from(concern.label, text)}


def _texts(ids: set[int]) -> list[str]:
    return list(ReactionText.objects.filter(reaction__in=ids).values_list("text", flat=True))
