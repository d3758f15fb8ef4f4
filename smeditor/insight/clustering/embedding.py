"""An optional back end that judges nearness by a model the newsroom brings, and steps aside where it can't be trusted.

The model is named by a dotted path to a callable ``(list of texts) -> list of vectors of equal length``. A lexical
threshold transfers between streams, an embedding's does not; so the similarity at which two texts count as one
concern is read off the stream itself: of pairs that the lexical grouping is sure of, against pairs at random.
"""

import logging
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from traceback import extract_tb

logger = logging.getLogger(__name__)

Vector = Sequence[float]
Embed = Callable[[list[str]], Sequence[Vector]]

LEAST_PAIRS = 30
LEAST_GAP = 0.1
"""Difference of the mean similarities of sure and random pairs below which the model tells nothing."""


def load(path: str) -> Embed:
    """Return the callable at a dotted path. Raises ImportError with a sentence where there is none."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportError(f"No embedding model is at {path!r}.") from error
    if not callable(found):
        raise ImportError(f"{path!r} is not callable.")
    return found


@lru_cache(maxsize=8)
def load_or_warn(path: str) -> Embed | None:
    """Return the callable at a dotted path; None, and one line in the log, where there is none or the path is empty."""
    if not path:
        return None
    try:
        return load(path)
    except Exception:  # a newsroom's module may fail in any way when it is imported
        logger.exception("The embedding model can't be loaded; concerns are grouped by their words.")
        return None


def _cause(error: Exception) -> str:
    """The kind of an error and the line of code that it came from."""
    frames = extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def cosine(a: Vector, b: Vector) -> float:
    """Return the cosine of two vectors, 0 where one of them is null."""
    length = math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The similarity that parts the same concern from another, and the two means that it was read off."""

    threshold: float
    same: float
    other: float


class Embedding:
    """A model with its calibration; after a failure it answers None and the words decide."""

    def __init__(self, embed: Embed) -> None:
        self.embed = embed
        self.calibration: Calibration | None = None
        self.failure = ""
        """The kind of error that the model failed with; empty as long as it works."""

    def vectors(self, texts: list[str]) -> list[Vector] | None:
        """Return one vector for each text, None where the model failed; it is not asked again then."""
        if self.failure:
            return None
        try:
            found = list(self.embed(texts))
            lengths = {len(v) for v in found}
            if len(found) != len(texts) or len(lengths) > 1 or not all(math.isfinite(x) for v in found for x in v):
                raise ValueError("The model gave vectors of the wrong number, length or value.")
        except Exception as error:
            # Not the error's own words nor its traceback: a model may quote the reader's text in them.
            logger.error("The embedding model failed (%s); concerns are grouped by their words.", _cause(error))
            self.failure, self.calibration = type(error).__name__, None
            return None
        return found

    def fit(self, vectors: Sequence[Vector], concerns: Sequence[int], seed: int = 0) -> Calibration | None:
        """Fit the threshold to a sample of the stream, vectors with their present concerns; None where it tells nothing."""
        members: dict[int, list[int]] = {}
        for place, concern in enumerate(concerns):
            members.setdefault(concern, []).append(place)
        same = [cosine(vectors[a], vectors[b]) for m in members.values() for a, b in pairwise(m)]
        rng = random.Random(seed)  # noqa: S311 (a sample, not a secret)
        pairs = [(rng.randrange(len(vectors)), rng.randrange(len(vectors))) for _ in range(4 * len(vectors))]
        other = [cosine(vectors[a], vectors[b]) for a, b in pairs if concerns[a] != concerns[b]]
        self.calibration = None
        if min(len(same), len(other)) >= LEAST_PAIRS:
            near, far = sum(same) / len(same), sum(other) / len(other)
            if near - far >= LEAST_GAP:
                self.calibration = Calibration((near + far) / 2, near, far)
        return self.calibration
