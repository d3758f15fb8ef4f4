"""An adapter to any model of the package ``sentence-transformers``, which the newsroom installs itself.

::

    SMEDITOR = {
        "EMBEDDING": "smeditor.insight.meaning.sentence_transformers.SentenceTransformers",
        "EMBEDDING_OPTIONS": {"model": "paraphrase-multilingual-MiniLM-L12-v2"},
    }
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version as version_of
from typing import Any

from smeditor.insight.meaning.encoder import Vector

LONGEST = 10_000
"""Characters of a text that the model is given; it cuts them to its own length."""


class SentenceTransformers:
    """A model by its name or folder, loaded by the first text.

    ``model``, ``device``, ``revision``: as the package takes them. ``prefix``: what the model wants to stand before each
    text, such as ``"query: "``.
    """

    def __init__(self, model: str, device: str = "cpu", revision: str | None = None, prefix: str = "") -> None:
        self.model, self.device, self.revision, self.prefix = model, device, revision, prefix
        package = version_of("sentence-transformers").partition(".")[0]
        self.version = " ".join(filter(None, ("sentence-transformers", package, model, revision, prefix.strip())))
        self._model: Any = None

    def __call__(self, texts: list[str]) -> Sequence[Vector]:
        """Return one vector for each text."""
        if self._model is None:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(self.model, device=self.device, revision=self.revision)
        whole = [self.prefix + text[:LONGEST] for text in texts]
        found: Sequence[Vector] = self._model.encode(whole, show_progress_bar=False)
        return found
