"""One language's inverted index over concern centroids: which concern is a bag of terms nearest to?

A posting list leads from a term to the concerns that use it most (at most `MAX_POSTINGS`). Rarity (IDF) is kept as the stream
goes. The similarity is the cosine between the text and the concern's summed terms, both weighted by rarity; the
precedent is FastStream (arXiv 2101.08595).
"""

import math

MAX_POSTINGS = 64
QUERY_TERMS = 24


class ConcernIndex:
    """Centroids, posting lists and rarity of one language. Concerns are known by the number that the caller gives."""

    def __init__(self) -> None:
        self.texts = 0
        self.seen: dict[str, int] = {}
        self.postings: dict[str, dict[int, int]] = {}
        self.centroids: dict[int, dict[str, int]] = {}
        self.squares: dict[int, float] = {}

    def rarity(self, term: str) -> float:
        """Return the IDF of a term as far as the stream has come; an unseen term is the rarest."""
        return math.log((self.texts + 50) / (self.seen.get(term, 0) + 1))

    def count(self, bag: dict[str, int]) -> None:
        """Let a text weigh in the rarity of its terms."""
        self.texts += 1
        seen = self.seen
        for term in bag:
            seen[term] = seen.get(term, 0) + 1

    def weights(self, bag: dict[str, int]) -> dict[str, float]:
        """Return the weight of the bag's rarest terms, heaviest first."""
        weighted = {term: (1.0 + math.log(n)) * self.rarity(term) for term, n in bag.items()}
        return dict(sorted(weighted.items(), key=lambda item: (-item[1], item[0]))[:QUERY_TERMS])

    def candidates(self, weights: dict[str, float]) -> dict[int, float]:
        """Return the cosine similarity of every concern that shares a term through the posting lists."""
        scores: dict[int, float] = {}
        for term, weight in weights.items():
            found = self.postings.get(term)
            if found:
                factor = weight * self.rarity(term)
                for concern, n in found.items():
                    scores[concern] = scores.get(concern, 0.0) + n * factor
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {c: s / (length * math.sqrt(self.squares[c]) or 1.0) for c, s in scores.items()}

    def add(self, concern: int, bag: dict[str, int]) -> None:
        """Add a text's terms to the centroid of a concern, which is made if need be."""
        centroid = self.centroids.setdefault(concern, {})
        square = self.squares.get(concern, 0.0)
        for term, n in bag.items():
            before = centroid.get(term, 0)
            centroid[term] = after = before + n
            rarity = self.rarity(term)
            square += rarity * rarity * (after * after - before * before)
            self._post(term, concern, after)
        self.squares[concern] = square or 1e-9

    def _post(self, term: str, concern: int, n: int) -> None:
        found = self.postings.setdefault(term, {})
        if concern not in found and len(found) >= MAX_POSTINGS:
            weakest = min(found, key=lambda c: (found[c], c))
            if found[weakest] >= n:
                return
            del found[weakest]
        found[concern] = n

    def remove(self, concern: int) -> dict[str, int]:
        """Take a concern out of the index and return its centroid."""
        centroid = self.centroids.pop(concern, {})
        self.squares.pop(concern, None)
        for term in centroid:
            found = self.postings.get(term)
            if found:
                found.pop(concern, None)
        return centroid
