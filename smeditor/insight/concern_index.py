"""One language's inverted index over concern centroids: to which concern is a bag of terms nearest?

A posting list leads from a term to a limited number of concerns that use it; those that used it once and longest
ago make room. The lists of a text's rarest terms are tallied in one call, and only the concerns met most often are
compared in full: the cosine between the text and the concern's summed terms, both weighted by the root of rarity
(IDF), which is kept as the stream goes. The precedent is FastStream (arXiv 2101.08595).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain, repeat
from operator import mul


@dataclass(frozen=True, slots=True)
class Effort:
    """How far the search goes: concerns in a posting list, terms of a query, rarest terms that are tallied twice,
    concerns that are compared in full.
    """

    postings: int
    query: int
    repeated: int
    compared: int


FAST = Effort(postings=24, query=6, repeated=2, compared=4)
"""For a polemic's hundred thousands: finds most, at some 20,000 texts a second."""
THOROUGH = Effort(postings=96, query=16, repeated=5, compared=40)
"""For a newsroom's day."""

PRIOR_TEXTS = 50
"""Texts that the index acts as if it had read: without them a word heard twice in the first minute seems common."""
MAX_TERMS = 400_000
"""Distinct terms whose rarity is kept; beyond them, the terms heard once are forgotten."""

_zeros = repeat(0)


class ConcernIndex:
    """Centroids, posting lists and rarity of one language. Concerns are known by the number that the caller gives."""

    def __init__(self, effort: Effort = THOROUGH) -> None:
        self.effort = effort
        self.texts = PRIOR_TEXTS
        self.seen: dict[str, int] = {}
        self.postings: dict[str, list[int]] = {}
        self.centroids: dict[int, dict[str, int]] = {}
        self.squares: dict[int, float] = {}

    def rarities(self, bag: Iterable[str]) -> list[float]:
        """Return the IDF of each term."""
        return [self.rarity(term) for term in bag]

    def rarity(self, term: str) -> float:
        """Return the IDF of a term as far as the stream has come; an unseen term is the rarest."""
        return math.log((self.texts + 1) / (self.seen.get(term, 0) + 0.5))

    def count(self, bag: Sequence[str]) -> list[float]:
        """Let a text weigh in the rarity of its distinct terms, and return their rarities as they are now."""
        self.texts += 1
        seen, log, texts = self.seen, math.log, self.texts + 1.0
        get = seen.get
        rarities = []
        for term in bag:
            seen[term] = n = get(term, 0) + 1
            rarities.append(log(texts / (n + 0.5)))
        if len(seen) > MAX_TERMS:
            self._forget_rare()
        return rarities

    def _forget_rare(self) -> None:
        rare = [term for term, n in self.seen.items() if n == 1]
        for term in rare:
            del self.seen[term]

    def nearest(self, bag: Sequence[str], rarities: Sequence[float]) -> tuple[int, float]:
        """Return the concern most like the distinct terms of a text, and their cosine; (0, 0.0) where none shares one."""
        effort, postings, squares, centroids = self.effort, self.postings, self.squares, self.centroids
        query = [term for _, term in sorted(zip(rarities, bag, strict=True), reverse=True)[: effort.query]]
        lists = [postings[term] for term in query if term in postings]
        if not lists:
            return 0, 0.0
        met = Counter(chain.from_iterable(lists[: effort.repeated] + lists))
        best, similarity = 0, 0.0
        for concern in nlargest(effort.compared, met, key=met.__getitem__) if len(met) > effort.compared else met:
            shared = sum(map(mul, rarities, map(centroids[concern].get, bag, _zeros)))
            score = shared * shared / squares[concern]
            if score > similarity:
                best, similarity = concern, score
        length = sum(rarities)
        return best, math.sqrt(similarity / length) if length > 0 else 0.0

    def add(self, concern: int, bag: Iterable[str], rarities: Iterable[float]) -> None:
        """Add a text's distinct terms, of these rarities, to the centroid of a concern, which is made if need be."""
        centroid = self.centroids.get(concern)
        if centroid is None:
            centroid = self.centroids[concern] = {}
        square = self.squares.get(concern, 1e-9)
        for term, rarity in zip(bag, rarities, strict=True):
            n = centroid.get(term, 0)
            centroid[term] = n + 1
            square += (n + n + 1) * rarity
            if not n:
                self._post(term, concern)
        self.squares[concern] = max(square, 1e-9)

    def subtract(self, concern: int, bag: Iterable[str]) -> None:
        """Take a text's distinct terms out of a centroid again; a concern left without a term leaves the index."""
        centroid = self.centroids.get(concern)
        if centroid is None:
            return
        for term in bag:
            n = centroid.get(term, 0)
            if n > 1:
                centroid[term] = n - 1
            elif n:
                del centroid[term]
                self._unpost(term, concern)
        if centroid:
            self.squares[concern] = max(sum(n * n * self.rarity(term) for term, n in centroid.items()), 1e-9)
        else:
            self.remove(concern)

    def _unpost(self, term: str, concern: int) -> None:
        found = self.postings.get(term)
        if found and concern in found:
            found.remove(concern)
            if not found:
                del self.postings[term]

    def _post(self, term: str, concern: int) -> None:
        found = self.postings.get(term)
        if found is None:
            self.postings[term] = [concern]
            return
        if len(found) >= self.effort.postings:
            oldest = found.pop(0)
            if self.centroids[oldest].get(term, 0) > 1:
                found.append(oldest)
                found.pop(0)
        found.append(concern)

    def remove(self, concern: int) -> dict[str, int]:
        """Take a concern out of the index and return its centroid."""
        centroid = self.centroids.pop(concern, {})
        self.squares.pop(concern, None)
        for term in centroid:
            self._unpost(term, concern)
        return centroid

    def restore(self, concern: int, centroid: dict[str, int]) -> None:
        """Put a concern back with the centroid that `remove` gave (or a part of it)."""
        self.centroids[concern] = dict(centroid)
        self.squares[concern] = max(sum(n * n * self.rarity(term) for term, n in centroid.items()), 1e-9)
        for term in centroid:
            self._post(term, concern)

    def top_terms(self, concern: int, n: int = 12) -> dict[str, int]:
        """Return the terms that weigh most in a concern, heaviest first."""
        centroid = self.centroids.get(concern, {})
        order = sorted(centroid, key=lambda term: (-centroid[term] * self.rarity(term), term))
        return {term: centroid[term] for term in order[:n]}
