"""What the grouper keeps of a text: where it went and by what, and the latest of a language, to be looked at anew."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from smeditor.insight.clustering.concern_records import Quote
from smeditor.insight.clustering.reclustering import Reclustering


class LinkConflict(ValueError):
    """Two decisions of editors contradict each other: what must stand together must not."""


class Assignment(NamedTuple):
    """Where a text went, how near it was, and by which terms.

    ``concern_id`` is the concern's permanent id, None where the text says nothing. Whether the concern is new stands beside
    it.
    """

    concern_id: int | None
    similarity: float = 0.0
    evidence: tuple[str, ...] = ()
    new: bool = False


@dataclass(slots=True)
class PlacedText:
    """A text that was grouped under a key: its distinct terms, its concern, and whether an editor put it there."""

    lang: str
    bag: tuple[str, ...]
    concern: int
    quote: Quote
    at: datetime | None
    pinned: bool = False


class LatestTexts(NamedTuple):
    """The keys of the latest texts of one language, and the work of grouping them anew."""

    keys: tuple[Hashable, ...]
    work: Reclustering
