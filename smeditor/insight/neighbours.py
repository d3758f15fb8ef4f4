"""The nearest neighbours of every text in a window, by an exhaustive search on the bits of long integers.

A term's texts are the bits of one integer. The score of every text against one query is then a sum of integers in
binary columns ("bit-sliced", O'Neil and Quass, SIGMOD 1997): adding a term's weight to all texts at once costs a few
machine-speed operations on a few kilobytes, and the best-scoring texts are read off the columns from the highest
down. Only those are compared exactly.
"""

import math
import re
from collections.abc import Sequence
from heapq import nlargest

NEIGHBOURS = 8
COMPARED = 24
QUERY_TERMS = 12
STEPS = 7
"""The rarest term weighs as much as this many of the commonest, in the coarse search."""
COLUMNS = 8
"""Binary columns of a score: QUERY_TERMS * STEPS must stay below 2 ** COLUMNS."""

_digits = re.compile("[^0]").finditer
_bits_of = {format(value, "x"): [b for b in range(4) if value >> b & 1] for value in range(16)}


def positions(bits: int) -> list[int]:
    """Return the positions of the bits that are set, highest first."""
    digits = f"{bits:x}"
    last = len(digits) - 1
    return [(last - m.start()) * 4 + b for m in _digits(digits) for b in reversed(_bits_of[m.group()])]


class Window:
    """Texts as sets of terms, to be searched among each other.

    Args:
        bags: the distinct terms of each text. Terms that stand in one text only tell nothing and are left out.
    """

    def __init__(self, bags: Sequence[Sequence[str]]) -> None:
        self.size = len(bags)
        places: dict[str, list[int]] = {}
        for place, bag in enumerate(bags):
            for term in bag:
                places.setdefault(term, []).append(place)
        rarest = math.log((self.size + 1) / 2)
        self.bits: dict[str, int] = {}
        self.steps: dict[str, int] = {}
        self.rarity: dict[str, float] = {}
        for term, found in places.items():
            if len(found) > 1:
                self.rarity[term] = value = math.log((self.size + 1) / len(found))
                self.steps[term] = max(1, round(STEPS * value / rarest))
                self.bits[term] = self._pack(found)
        self.vectors = [{term: self.rarity[term] for term in bag if term in self.rarity} for bag in bags]
        self.lengths = [math.sqrt(sum(vector.values())) or 1.0 for vector in self.vectors]

    def _pack(self, places: list[int]) -> int:
        packed = bytearray((self.size + 7) // 8)
        for place in places:
            packed[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(packed, "little")

    def _columns(self, place: int) -> list[int]:
        vector = self.vectors[place]
        query = nlargest(QUERY_TERMS, vector, key=vector.__getitem__) if len(vector) > QUERY_TERMS else vector
        columns = [0] * COLUMNS
        for term in query:
            weight, bits, first = self.steps[term], self.bits[term], 0
            while weight:
                if weight & 1:
                    carry, column = bits, first
                    while carry:
                        before = columns[column]
                        columns[column] = before ^ carry
                        carry &= before
                        column += 1
                first += 1
                weight >>= 1
        return columns

    def _best(self, place: int) -> list[int]:
        """Return the places with the highest coarse scores, at most COMPARED of them."""
        above, level = 0, ((1 << self.size) - 1) ^ (1 << place)
        for column in reversed(self._columns(place)):
            if column:
                within = level & column
                if within:
                    more = above | within
                    if more.bit_count() <= COMPARED:
                        above = more
                        level ^= within
                    else:
                        level = within
        return positions(above)

    def nearest(self, place: int, k: int = NEIGHBOURS) -> list[tuple[int, float]]:
        """Return the (place, cosine) of the k texts most like the one at `place`, nearest first."""
        vector, vectors, lengths = self.vectors[place], self.vectors, self.lengths
        length = self.lengths[place]
        # Summed in the vector's order: the order of a set depends on the hash seed, and so would the last digit.
        found = []
        for other in self._best(place):
            theirs = vectors[other]
            shared = sum([weight for term, weight in vector.items() if term in theirs])
            if shared:
                found.append((shared / (length * lengths[other]), -other))
        found.sort(reverse=True)
        return [(-other, similarity) for similarity, other in found[:k]]
