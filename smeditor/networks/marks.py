"""What a network sets apart in a text: links, mentions and tags, as its own apps would show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """What a stretch of a text leads to."""

    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True)
class Mark:
    """A stretch of a text, code points ``[start, end)``, its sign included."""

    kind: MarkKind
    start: int
    end: int


def in_order(found: Iterable[Mark]) -> list[Mark]:
    """Return ``found`` by where each begins; of those that overlap the first is kept."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept
