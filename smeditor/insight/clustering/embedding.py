"""How near two vectors must lie to count as one concern, read off the stream itself.

A lexical threshold transfers between streams, an embedding's does not; so it is the middle between the mean similarity of
pairs that the lexical grouping is sure of and that of pairs at random.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smeditor.insight.meaning.encoder import Vector, cosine

LEAST_PAIRS = 30
LEAST_GAP = 0.1
"""Difference of the mean similarities of sure and random pairs below which the model tells nothing."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The similarity that parts the same concern from another, and the two means that it was read off."""

    threshold: float
    same: float
    other: float


def calibrate(vectors: Sequence[Vector], concerns: Sequence[int], seed: int = 0) -> Calibration | None:
    """Fit the threshold to a sample of the stream, vectors with their present concerns; None where it tells nothing."""
    members: dict[int, list[int]] = {}
    for place, concern in enumerate(concerns):
        members.setdefault(concern, []).append(place)
    same = [cosine(vectors[a], vectors[b]) for m in members.values() for a, b in pairwise(m)]
    rng = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    pairs = [(rng.randrange(len(vectors)), rng.randrange(len(vectors))) for _ in range(4 * len(vectors))]
    other = [cosine(vectors[a], vectors[b]) for a, b in pairs if concerns[a] != concerns[b]]
    if min(len(same), len(other)) < LEAST_PAIRS:
        return None
    near, far = sum(same) / len(same), sum(other) / len(other)
    return Calibration((near + far) / 2, near, far) if near - far >= LEAST_GAP else None
