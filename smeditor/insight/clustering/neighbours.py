"""The nearest neighbours of every text in a window, by an exhaustive search on the bits of long integers.

A term's texts are the bits of one integer. The score of every text against one query is then a sum of integers in
binary columns ("bit-sliced", O'Neil and Quass, SIGMOD 1997): adding a term's weight to all texts at once costs a few
machine-speed operations on a few kilobytes, and the best-scoring texts are read off the columns from the highest
down. Only those are compared exactly.
"""

import math
import re
from collections.abc import Mapping, Sequence
from heapq import nlargest
from types import MappingProxyType

PRIOR_TEXTS = 3_000
"""Texts of the language that a window acts as if it had read besides its own: the weight of the shipped shares."""
NEIGHBOURS = 8
COMPARED = 24
QUERY_TERMS = 12
STEPS = 15
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

    ``bags``: the distinct terms of each text. A term that stands in one text only joins it to none, but it counts in
    that text's length: who says much that nobody else says is not so near to the others. ``common``: the share of texts
    in which each common term of the language is expected.
    """

    def __init__(self, bags: Sequence[Sequence[str]], common: Mapping[str, float] = MappingProxyType({})) -> None:
        self.size = len(bags)
        places: dict[str, list[int]] = {}
        for place, bag in enumerate(bags):
            for term in bag:
                places.setdefault(term, []).append(place)
        texts = self.size + PRIOR_TEXTS + 1
        rarest = math.log(texts / 2)
        self.bits: dict[str, int] = {}
        self.steps: dict[str, int] = {}
        self.rarity: dict[str, float] = {}
        for term, found in places.items():
            if len(found) > 1:
                value = math.log(texts / (len(found) + PRIOR_TEXTS * common.get(term, 0.0)))
                self.rarity[term] = value
                self.steps[term] = max(1, round(STEPS * value / rarest))
                self.bits[term] = self._pack(found)
        self.vectors = [{term: self.rarity[term] for term in bag if term in self.rarity} for bag in bags]
        alone = math.log(texts)
        self.lengths = [
            math.sqrt(sum(vector.values()) + alone * (len(bag) - len(vector))) or 1.0
            for bag, vector in zip(bags, self.vectors, strict=True)
        ]

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
        """Return the places with the highest coarse scores, COMPARED of them where as many share a term.

        Of those that are level at the border, the last in the window are taken.
        """
        above, level = 0, ((1 << self.size) - 1) ^ (1 << place)
        scored = False
        for column in reversed(self._columns(place)):
            if column:
                scored = True
                within = level & column
                if within:
                    more = above | within
                    if more.bit_count() <= COMPARED:
                        above = more
                        level ^= within
                    else:
                        level = within
        found = positions(above)
        left = COMPARED - len(found)
        if left and scored:
            while level and left:
                last = level.bit_length() - 1
                found.append(last)
                level ^= 1 << last
                left -= 1
        return found

    def nearest(self, place: int, k: int = NEIGHBOURS) -> list[tuple[int, float]]:
        """Return the (place, cosine) of the k texts most like the one at ``place``, nearest first."""
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
