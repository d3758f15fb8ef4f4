"""What a network sets apart in a text: links, mentions and tags, as its own apps would show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MOST_FOUND = 8
LONGEST_FOUND = 200
"""Characters of a handle with its server, or of a hashtag."""


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


@dataclass(frozen=True)
class FoundMark:
    """A profile or hashtag that a search there found: ``text`` as one writes it in a message, sign included."""

    text: str
    label: str = ""
    """The profile's display name, plain."""


def in_order(found: Iterable[Mark]) -> list[Mark]:
    """Return ``found`` by where each begins; of those that overlap the first is kept."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


class _Marking(Protocol):
    def marks(self, text: str) -> list[Mark]: ...


def usable(network: _Marking, kind: MarkKind, found: Iterable[FoundMark]) -> list[FoundMark]:
    """Return those of ``found`` that the network would read as that one mark, a few, each once: strangers choose their names."""
    kept: dict[str, FoundMark] = {}
    for mark in found:
        if len(mark.text) <= LONGEST_FOUND and network.marks(mark.text) == [Mark(kind, 0, len(mark.text))]:
            kept.setdefault(mark.text.casefold(), mark)
    return list(kept.values())[:MOST_FOUND]
