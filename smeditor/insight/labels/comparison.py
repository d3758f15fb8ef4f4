"""Labels by meaning: what the rules said of texts, read again beside the vectors of the encoder in force."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from smeditor.insight.meaning.encoder import Encoder, Vector
from smeditor.insight.meaning.stored import in_force, vectors_of
from smeditor.insight.triage import Triage
from smeditor.insight.triage.semantic import LANGUAGES, SemanticClassifier, shipped_for


def classifier_in_force() -> SemanticClassifier | None:
    """Return the classifier for the vectors that are in force, None where nothing was trained for them."""
    version = in_force()
    return shipped_for(version) if version else None


def stored_vectors(reactions: Collection[int]) -> tuple[SemanticClassifier | None, dict[int, Vector]]:
    """Return the classifier in force and the vectors of those of ``reactions`` (ids) that have one. Loads no model."""
    classifier = classifier_in_force()
    return classifier, dict(vectors_of(reactions)) if classifier else {}


def read_by_meaning(read: Sequence[tuple[Triage, str]], model: Encoder) -> list[Triage]:
    """Return what the semantic classifier makes of texts and what the rules said of them, in their order.

    What ``model`` cannot read stays as the rules have it, and so does everything where nothing was trained for its vectors.
    """
    classifier = shipped_for(model.version)
    places = [place for place, (result, text) in enumerate(read) if result.lang in LANGUAGES and text.strip()]
    vectors = model.vectors([read[place][1] for place in places]) if classifier and places else None
    revised = [result for result, _text in read]
    if classifier and vectors:
        for place, vector in zip(places, vectors, strict=True):
            revised[place] = classifier.revise(revised[place], read[place][1], vector)
    return revised
