"""What triage answers: plain, frozen data that can be stored, compared and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LABELS: tuple[str, ...] = (
    "question",
    "correction",
    "tip",
    "testimony",
    "criticism",
    "suggestion",
    "thanks",
    "spam",
    "abuse",
    "call_for_help",
)
"""The labels an editor acts on, in the order in which they are shown. They are independent of each other."""

AIMED_AT_JOURNALIST = "aimed_at_journalist"

Span = tuple[int, int, str]
"""``(start, end, rule)``: characters of the original text, half open, and the id of the rule that matched them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a reaction beside its text.

    ``journalists``: names and handles ("Ana Petit", "@ana@paper.example") of those whom the reaction may be aimed at.
    ``answers_journalist``: the reaction answers a post or an article signed by a journalist.
    ``people_in_concern``: how many distinct people raise the concern it was grouped into, 0 if none.
    """

    journalists: tuple[str, ...] = ()
    answers_journalist: bool = False
    people_in_concern: int = 0


class Triage(NamedTuple):
    """The answer for one text.

    ``lang``: two letters, or "und" where it can't be told. ``labels``: in the order of ``LABELS``.
    ``scores``: label → 0 to 1, raised from .5 on; labels that nothing pointed to are absent.
    ``evidence``: raised label → the spans that raised it. ``version``: of the rules that were used.
    ``masked``: the text with its insults masked, where abuse and a reason to answer meet; else None.
    ``tip_score``: 0 to 1, to rank a queue by; never to leave a reaction out. ``markers``: further facts, such as
    ``AIMED_AT_JOURNALIST``. ``certainty``: raised label → how likely it holds, 0 to 1; empty where only rules spoke.
    """

    lang: str
    labels: tuple[str, ...]
    scores: dict[str, float]
    evidence: dict[str, list[Span]]
    version: str
    masked: str | None = None
    tip_score: float = 0.0
    markers: tuple[str, ...] = ()
    certainty: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """How the answer for one text differs between two versions of the rules."""

    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    masked_changed: bool = False

    def __bool__(self) -> bool:
        return bool(self.raised or self.lowered or self.masked_changed)


def difference(old: Triage, new: Triage) -> Change:
    """Return what ``new`` raises and lowers against ``old``; false where nothing changes for an editor."""
    before, after = set(old.labels), set(new.labels)
    return Change(
        raised=tuple(label for label in new.labels if label not in before),
        lowered=tuple(label for label in old.labels if label not in after),
        masked_changed=old.masked != new.masked,
    )
