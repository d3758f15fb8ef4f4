"""What the newsroom's embedding model remembers of the stream: the latest texts, to be compared with the next one.

The words decide first. Where they find no concern for a text, the model may name the concern of the latest text that
says the same in other words; how near that must be is read off the stream itself (``embedding``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import NamedTuple

from smeditor.insight.clustering.embedding import Calibration, calibrate
from smeditor.insight.clustering.tokens import base_language
from smeditor.insight.meaning.encoder import Vector, dot

KEPT = 1_000
"""Latest texts that a new one is compared with."""
CALIBRATED_EVERY = 100
"""New texts after which the similarity that counts as the same concern is read off anew."""


class _Read(NamedTuple):
    key: Hashable
    base: str
    vector: Vector
    by_terms: bool


class Suggestion(NamedTuple):
    """The concern that the model names, and how near its nearest text is."""

    concern: int
    similarity: float


class ModelMemory:
    """The latest texts' vectors, and how near is near enough.

    ``concern_of``: gives the present concern of a text by its key, None where it was
    forgotten.
    """

    def __init__(self, concern_of: Callable[[Hashable], int | None]) -> None:
        self.concern_of = concern_of
        self._latest: deque[_Read] = deque(maxlen=KEPT)
        self.calibration: Calibration | None = None
        self._since = 0

    def suggest(self, vector: Vector, lang: str | None, least: float = 0.0) -> Suggestion | None:
        """Return the concern of the text of this language that is nearest; None where none is near enough to trust.

        ``vector``: of the text, of unit length. ``lang``: BCP 47 tag of the text. ``least``: similarity that is
        asked for whatever the calibration says.
        """
        calibration, base = self.calibration, base_language(lang)
        if calibration is None:
            return None
        near = ((dot(vector, read.vector), read.key) for read in self._latest if read.base == base)
        for similarity, key in sorted(near, key=lambda pair: -pair[0]):
            if similarity < max(calibration.threshold, least):
                return None
            concern = self.concern_of(key)
            if concern is not None:
                return Suggestion(concern, min(similarity, 1.0))
        return None

    def keep(self, key: Hashable, lang: str | None, vector: Vector, *, by_terms: bool) -> None:
        """Remember a text; only those that the words placed (``by_terms``) count in the calibration."""
        if self._latest and len(self._latest[-1].vector) != len(vector):
            self._latest.clear()
        self._latest.append(_Read(key, base_language(lang), vector, by_terms))
        self._since += 1
        if self._since >= CALIBRATED_EVERY:
            self.calibrate()

    def calibrate(self) -> None:
        """Read off the stream anew how near is near enough."""
        self._since = 0
        pairs = [
            (read.vector, concern)
            for read in self._latest
            if read.by_terms and (concern := self.concern_of(read.key)) is not None
        ]
        self.calibration = calibrate([vector for vector, _ in pairs], [concern for _, concern in pairs])
