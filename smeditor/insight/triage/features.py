"""What the semantic classifier reads of a text's own form, beside its vector: tokens, pairs of them, pieces of words.

An encoder trained on sentences knows what a text is about; who is asked, thanked or put right often hangs on two small
words. Each feature is the number of a bucket, so that no vocabulary has to be shipped.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

BUCKETS = 1 << 15
LONGEST = 4_000
"""Characters of a text that are read."""
_TOKEN = re.compile(r"\w+|[?!.…«»%@/]")
_LONGEST_WORD = 40
_PIECES = (2, 3, 4, 5)


def bucket(feature: str) -> int:
    """Return the bucket of a feature: the same on every machine."""
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


@lru_cache(maxsize=30_000)
def pieces(word: str) -> tuple[int, ...]:
    """Return the buckets of a word's pieces of two to five characters, its ends marked."""
    framed = f" {word[:_LONGEST_WORD]} "
    return tuple(bucket("#" + framed[at : at + size]) for size in _PIECES for at in range(len(framed) - size + 1))


def features(text: str) -> dict[int, float]:
    """Return bucket → value: tokens and pairs of tokens of length 1 together, pieces of words of length 1 together.

    A feature that stands in a text n times counts 1 + ln n.
    """
    tokens = _TOKEN.findall(text[:LONGEST].lower())
    whole = Counter(map(bucket, tokens))
    whole.update(bucket(f"{first} {second}") for first, second in pairwise(tokens))
    parts: Counter[int] = Counter()
    for token in tokens:
        parts.update(pieces(token))
    found: dict[int, float] = {}
    for counts in (whole, parts):
        for place, value in _of_unit_length(counts.items()):
            found[place] = found.get(place, 0.0) + value
    return found


def _of_unit_length(counts: Iterable[tuple[int, int]]) -> list[tuple[int, float]]:
    damped = [(place, 1 + math.log(count)) for place, count in counts]
    length = math.sqrt(sum(value * value for _, value in damped)) or 1.0
    return [(place, value / length) for place, value in damped]
