"""A guarded encoder: whatever turns texts into vectors, kept from harming what goes on without it.

A model may raise, hang, give vectors of the wrong number, length or value. Then it steps aside for a while and the words
decide alone. Of what went wrong only the kind of error is kept: a model may quote the reader's text in its words.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from operator import mul
from traceback import extract_tb

logger = logging.getLogger(__name__)

Vector = Sequence[float]
Encode = Callable[[list[str]], Sequence[Vector]]
"""A model: as many vectors as texts, all of one length, finite numbers all."""

SECONDS = 60.0
"""How long a batch may take, the loading of the model included, before the model counts as hanging."""
PAUSE = 900.0
"""Seconds after a failure for which a model is not asked: an endpoint that was away for a moment is back by then."""


class WrongShape(ValueError):
    """As many vectors as texts were not given, or not of one length: that is no matter of a single text."""


def dot(a: Vector, b: Vector) -> float:
    """Return the scalar product of two vectors of one length: of two unit vectors their cosine."""
    return sum(map(mul, a, b))


def cosine(a: Vector, b: Vector) -> float:
    """Return the cosine of two vectors of one length, 0 where one of them is null."""
    length = math.sqrt(dot(a, a) * dot(b, b))
    return dot(a, b) / length if length else 0.0


def unit(vector: Vector) -> array[float]:
    """Return a vector of single precision, of length 1 or, where ``vector`` is null, null."""
    length = math.sqrt(dot(vector, vector))
    return array("f", (x / length for x in vector) if length else [0.0] * len(vector))


def cause_of(error: BaseException) -> str:
    """The kind of an error and the line of code that it came from, without its words."""
    frames = extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


class Encoder:
    """A model with a name, asked by one thread at a time.

    ``encode``: the model. ``version``: names the model and its version; vectors of two versions are never compared.
    ``seconds``: time for a batch; ``pause``: seconds for which a model that failed is left alone.
    """

    def __init__(self, encode: Encode, version: str, *, seconds: float = SECONDS, pause: float = PAUSE) -> None:
        self.encode, self.version = encode, version
        self.seconds, self.pause = seconds, pause
        self.failure = ""
        """The kind of error that the model failed with last; empty as long as it works."""
        self.dimension = 0
        """Length of its vectors; 0 before the first."""
        self._failed_at = 0.0
        self._hanging: threading.Thread | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def is_resting(self) -> bool:
        """Whether it failed and is not asked again yet: for ``pause`` seconds, and as long as it hangs."""
        if self._hanging is not None and self._hanging.is_alive():
            return True
        return bool(self.failure) and time.monotonic() - self._failed_at < self.pause

    def vectors(self, texts: list[str]) -> list[array[float]] | None:
        """Return one vector of unit length for each text, None where the model failed.

        A vector is null where the model's is, and where the model cannot read that text.
        """
        with self._one_at_a_time:
            if self.is_resting:
                return None
            if not texts:
                return []
            found = self._in_time(texts)
            if found is not None:
                self.failure, self.dimension = "", len(found[0])
            return found

    def fail(self, error: BaseException) -> None:
        """Step aside for a while, and say once why, without the error's own words."""
        if type(error).__name__ != self.failure:
            logger.error("The embedding model failed (%s); concerns are grouped by their words.", cause_of(error))
        self.failure, self._failed_at = type(error).__name__, time.monotonic()

    def _in_time(self, texts: list[str]) -> list[array[float]] | None:
        """Ask in a thread that can be left behind: nothing can end a call that hangs."""
        answer: list[list[array[float]] | BaseException] = []

        def ask() -> None:
            try:
                answer.append(self._asked(texts))
            except BaseException as error:  # SystemExit too: a library's way of giving up must not be the worker's
                answer.append(error)

        thread = threading.Thread(target=ask, name="smeditor encoder", daemon=True)
        thread.start()
        thread.join(self.seconds)
        if not answer:
            self._hanging = thread
            self.fail(TimeoutError())
            return None
        if isinstance(answer[0], BaseException):
            self.fail(answer[0])
            return None
        return answer[0]

    def _asked(self, texts: list[str]) -> list[array[float]]:
        """Ask for all at once; where the model fails for one text of many, that text alone has a null vector."""
        try:
            return self._checked(list(self.encode(texts)), len(texts))
        except WrongShape:
            raise
        except Exception:
            found: list[array[float] | None] = []
            for text in texts if len(texts) > 1 else ():
                try:
                    found += self._checked(list(self.encode([text])), 1)
                except Exception:  # which of the texts it is matters, not why
                    found.append(None)
                if found.count(None) > max(1, len(texts) // 8):
                    break  # it is the model
            good = [vector for vector in found if vector is not None]
            if len(found) < len(texts) or not good:
                raise
            null = array("f", [0.0] * len(good[0]))
            return [null if vector is None else vector for vector in found]

    def _checked(self, found: Sequence[Vector], texts: int) -> list[array[float]]:
        # An array of numpy gives a list of Python's own numbers many times faster than one by one.
        vectors = [array("d", v.tolist() if hasattr(v, "tolist") else v) for v in found]
        lengths = {len(v) for v in vectors}
        if len(vectors) != texts or len(lengths) != 1 or 0 in lengths:
            raise WrongShape("The model gave vectors of the wrong number or length.")
        if self.dimension and lengths != {self.dimension}:
            raise WrongShape("The model gave vectors of another length than before.")
        if not all(map(math.isfinite, chain.from_iterable(vectors))):
            raise ValueError("The model gave a vector that is not finite.")
        return [unit(v) for v in vectors]
