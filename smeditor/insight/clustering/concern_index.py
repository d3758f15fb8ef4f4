"""One language's inverted index over concern centroids: to which concern is a bag of terms nearest?

A posting list leads from a term to a limited number of concerns that use it; one that used it once and long ago makes
room. The nearest concern is the one with the highest cosine between the text and the concern's terms. A text's term
weighs the root of its rarity (IDF, kept as the stream goes); a concern's term that root times a power of its count, so
that the tenth reader who repeats a word adds less than the first. The precedent is FastStream (arXiv 2101.08595).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, islice, pairwise
from types import MappingProxyType

POSTINGS = 96
"""Concerns in the posting list of a term."""
QUERY = 24
"""Terms of a text, the rarest first, that find candidates."""
COMPARED = 16
"""Candidates that are compared by the other terms too, where a text has more."""
PRIOR_TEXTS = 300
"""Texts that the index acts as if it had read: without them a word heard twice in the first minute seems common."""
MAX_TERMS = 400_000
"""Distinct terms whose rarity is kept; beyond them, the terms heard once are forgotten."""
PIVOT = 2.0
"""Length, in terms as rare as can be, of a text whose similarity is the cosine itself."""
SLOPE = 0.25
"""Power of the length by which a long text's similarity is raised: it says more beside the point than a short one,
and would else stay alone (pivoted length, Singhal et al., SIGIR 1996)."""

DAMPING = 0.7
"""Power of a term's count in a concern that is its weight."""

TABLED = 4_096
_weights = [n**DAMPING for n in range(TABLED)]
_squares = [n ** (2 * DAMPING) for n in range(TABLED)]
_steps = [b - a for a, b in pairwise(_squares)]


def _weight(n: int) -> float:
    return _weights[n] if n < TABLED else float(n**DAMPING)


def _square(n: int) -> float:
    return _squares[n] if n < TABLED else float(n ** (2 * DAMPING))


def _evict(found: dict[int, float]) -> bool:
    """Drop one of the two concerns that used a term longest ago, if it used it once; the others get another round."""
    for _ in range(2):
        oldest = next(iter(found))
        weight = found.pop(oldest)
        if weight <= 1.0:
            return True
        found[oldest] = weight
    return False


class ConcernIndex:
    """Centroids, posting lists and rarity of one language. Concerns are known by the number that the caller gives."""

    def __init__(self, common: Mapping[str, float] = MappingProxyType({})) -> None:
        self.texts = PRIOR_TEXTS
        self.frequencies: dict[str, float] = {term: share * PRIOR_TEXTS for term, share in common.items()}
        self.postings: dict[str, dict[int, float]] = {}
        self.centroids: dict[int, dict[str, int]] = {}
        self._lengths: dict[int, float] = {}
        self._squares: dict[int, float] = {}

    def rarities(self, bag: Iterable[str]) -> list[float]:
        """Return the IDF of each term."""
        return [self.rarity(term) for term in bag]

    def rarity(self, term: str) -> float:
        """Return the IDF of a term as far as the stream has come; an unseen term is the rarest."""
        return math.log((self.texts + 1) / (self.frequencies.get(term, 0) + 0.5))

    def count(self, bag: Sequence[str]) -> list[float]:
        """Let a text weigh in the rarity of its distinct terms, and return their rarities as they are now."""
        self.texts += 1
        frequencies, log, texts = self.frequencies, math.log, self.texts + 1.0
        rarities = []
        for term in bag:
            if term in frequencies:
                frequencies[term] = n = frequencies[term] + 1
                rarities.append(log(texts / (n + 0.5)))
            else:
                frequencies[term] = 1
                rarities.append(log(texts / 1.5))
        if len(frequencies) > MAX_TERMS:
            self._forget_rare()
        return rarities

    def _forget_rare(self) -> None:
        rare = [term for term, n in self.frequencies.items() if n == 1]
        for term in rare:
            del self.frequencies[term]

    def nearest(self, bag: Sequence[str], rarities: Sequence[float]) -> tuple[int, float]:
        """Return the concern most like the distinct terms of a text, and how near; (0, 0.0) where none shares one."""
        postings, lengths = self.postings, self._lengths
        found = [(rarity, term) for term, rarity in zip(bag, rarities, strict=True) if term in postings]
        if len(found) > QUERY:
            found.sort(reverse=True)
        total = sum(rarities)
        if not found or total <= 0:
            return 0, 0.0
        rarity, term = found[0]
        scores = {concern: rarity * weight for concern, weight in postings[term].items()}
        for rarity, term in found[1:QUERY]:
            for concern, weight in postings[term].items():
                if concern in scores:
                    scores[concern] += rarity * weight
                else:
                    scores[concern] = rarity * weight
        cosines = [score / lengths[concern] for concern, score in scores.items()]
        if len(found) > QUERY:
            best, nearest = self._completed(scores, cosines, found[QUERY:])
        else:
            nearest = max(cosines)
            best = next(compress(scores, [cosine == nearest for cosine in cosines]))
        return best, nearest / math.sqrt(total) * (total / (PIVOT * math.log(self.texts + 1))) ** SLOPE

    def _completed(
        self, scores: dict[int, float], cosines: list[float], rest: list[tuple[float, str]]
    ) -> tuple[int, float]:
        """Add a text's commoner terms to the scores of the nearest by its rarer ones, and return the nearest of all."""
        least = sorted(cosines)[-COMPARED] if len(cosines) > COMPARED else 0.0
        best, nearest = 0, 0.0
        for concern, cosine in zip(scores, cosines, strict=True):
            if cosine >= least:
                centroid, score = self.centroids[concern], scores[concern]
                for rarity, term in rest:
                    if term in centroid:
                        score += rarity * _weight(centroid[term])
                score /= self._lengths[concern]
                if score > nearest:
                    best, nearest = concern, score
        return best, nearest

    def add(self, concern: int, bag: Iterable[str], rarities: Sequence[float]) -> None:
        """Add a text's distinct terms, of these rarities, to the centroid of a concern, which is made if need be.

        The concern is the last of ``centroids`` then: their order is that in which they were raised last.
        """
        centroid = self.centroids[concern] = self.centroids.pop(concern, {})
        square = self._squares.get(concern, 0.0)
        postings = self.postings
        for term, rarity in zip(bag, rarities, strict=True):
            n = centroid[term] + 1 if term in centroid else 1
            centroid[term] = n
            if n < TABLED:
                square += _steps[n - 1] * rarity
                weight = _weights[n]
            else:
                square += (_square(n) - _square(n - 1)) * rarity
                weight = _weight(n)
            if term not in postings:
                postings[term] = {concern: weight}
                continue
            found = postings[term]
            if concern in found:
                del found[concern]
            elif len(found) >= POSTINGS and not _evict(found):
                continue
            found[concern] = weight
        self._measure(concern, square)

    def _measure(self, concern: int, square: float) -> None:
        self._squares[concern] = square
        self._lengths[concern] = math.sqrt(max(square, 1e-9))

    def _weigh(self, concern: int) -> None:
        self._measure(concern, sum([_square(n) * self.rarity(term) for term, n in self.centroids[concern].items()]))

    def subtract(self, concern: int, bag: Iterable[str]) -> None:
        """Take a text's distinct terms out of a centroid again; a concern left without a term leaves the index."""
        centroid = self.centroids.get(concern)
        if centroid is None:
            return
        for term in bag:
            n = centroid.get(term, 0)
            if n > 1:
                centroid[term] = n - 1
                found = self.postings.get(term, {})
                if concern in found:
                    found[concern] = _weight(n - 1)
            elif n:
                del centroid[term]
                self._unpost(term, concern)
        if centroid:
            self._weigh(concern)
        else:
            self.remove(concern)

    def _unpost(self, term: str, concern: int) -> None:
        found = self.postings.get(term)
        if found is not None and concern in found:
            del found[concern]
            if not found:
                del self.postings[term]

    def remove(self, concern: int) -> dict[str, int]:
        """Take a concern out of the index and return its centroid."""
        centroid = self.centroids.pop(concern, {})
        self._squares.pop(concern, None)
        self._lengths.pop(concern, None)
        for term in centroid:
            self._unpost(term, concern)
        return centroid

    def restore(self, concern: int, centroid: dict[str, int]) -> None:
        """Put a concern back with the centroid that ``remove`` gave (or a part of it)."""
        self.centroids[concern] = dict(centroid)
        self._weigh(concern)
        for term, n in centroid.items():
            found = self.postings.setdefault(term, {})
            if len(found) < POSTINGS or _evict(found):
                found[concern] = _weight(n)

    def retire(self, idle: Iterable[int], asleep: "ConcernIndex", most: int, is_alone: Callable[[int], bool]) -> None:
        """Move concerns to the index of those that sleep, by their top terms; those that ``is_alone`` names just leave.

        Of the sleepers the latest ``most`` stay.
        """
        asleep.frequencies, asleep.texts = self.frequencies, self.texts
        for concern in idle:
            top = self.top_terms(concern)
            self.remove(concern)
            if not is_alone(concern):
                asleep.restore(concern, top)
        for concern in list(islice(asleep.centroids, max(0, len(asleep.centroids) - most))):
            asleep.remove(concern)

    def thin(self, most: int, is_alone: Callable[[int], bool]) -> None:
        """Let an eighth of ``most`` at least leave: of the half raised longest ago first those that ``is_alone`` names."""
        alone: list[int] = []
        others: list[int] = []
        for concern in islice(self.centroids, most // 2):
            (alone if is_alone(concern) else others).append(concern)
        for concern in alone + others[: max(0, most // 8 - len(alone))]:
            self.remove(concern)

    def top_terms(self, concern: int, n: int = 12) -> dict[str, int]:
        """Return the terms that weigh most in a concern, heaviest first."""
        centroid = self.centroids.get(concern, {})
        order = sorted(centroid, key=lambda term: (-centroid[term] * self.rarity(term), term))
        return {term: centroid[term] for term in order[:n]}
