"""Incremental grouping of short texts into concerns with permanent ids, the same on every run.

>>> grouper = Grouper()
>>> first = grouper.add("The heating in our school is broken again", lang="en", key="r1")
>>> second = grouper.add("School heating broken again since Monday", lang="en", key="r2")
>>> first.concern_id == second.concern_id
True
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from smeditor.insight.concern_index import ConcernIndex
from smeditor.insight.tokens import base_language, counts, terms

DEFAULT_THRESHOLD = 0.3
"""Cosine similarity from which a text joins a concern."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a text went: the concern's permanent id (None: the text says nothing), how near, and by which terms."""

    concern_id: int | None
    similarity: float = 0.0
    because: tuple[str, ...] = ()
    new: bool = False


class Grouper:
    """Groups a stream of texts into concerns.

    Args:
        threshold: similarity in (0, 1] from which a text joins a concern; higher gives more, smaller concerns.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        if not 0 < threshold <= 1:
            raise ValueError("The threshold must lie between 0 and 1.")
        self.threshold = threshold
        self._indexes: dict[str, ConcernIndex] = {}
        self._copies: dict[tuple[str, tuple[str, ...]], int] = {}
        self._assigned: dict[Hashable, int] = {}
        self._next = 1

    def add(self, text: str, lang: str | None = None, at: datetime | None = None, key: Hashable = None) -> Assignment:
        """Assign a text to a concern, founding one where none is near enough.

        Args:
            text: any string; empty ones and ones without a word get no concern.
            lang: BCP 47 tag; each language has its own index.
            at: when it was written (aware).
            key: the caller's name for the text, for constraints and `final`.
        """
        base = base_language(lang)
        found = terms(text, lang)
        if not found:
            return Assignment(None)
        index = self._indexes.setdefault(base, ConcernIndex())
        bag = counts(found)
        index.count(bag)
        copy = (base, tuple(found))
        concern = self._copies.get(copy)
        if concern is not None:
            assignment = Assignment(concern, 1.0, tuple(bag)[:5])
        else:
            assignment = self._nearest(index, bag)
            self._copies[copy] = assignment.concern_id or 0
        index.add(assignment.concern_id or 0, bag)
        if key is not None:
            self._assigned[key] = assignment.concern_id or 0
        return assignment

    def _nearest(self, index: ConcernIndex, bag: dict[str, int]) -> Assignment:
        weights = index.weights(bag)
        best, similarity = 0, 0.0
        for concern, score in index.candidates(weights).items():
            if score > similarity or (score == similarity and concern < best):
                best, similarity = concern, score
        if similarity >= self.threshold:
            centroid = index.centroids[best]
            shared = tuple(term for term in weights if term in centroid)[:5]
            return Assignment(best, min(similarity, 1.0), shared)
        founded = self._next
        self._next += 1
        return Assignment(founded, min(similarity, 1.0), (), new=True)

    def final(self) -> dict[Hashable, int]:
        """Return the concern of every text that was added with a key."""
        return dict(self._assigned)
