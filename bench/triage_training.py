"""``python -m bench.triage_training``: train the semantic classifier anew and write it where it ships.

It learns from texts that were written for this project: the examples (``bench/data/triage_examples.jsonl``), our other
reactions under ``bench/data``, the two French sets beside the checkout, and sentences of newspapers' prose that have no label. No public set is learned from. scikit-learn
trains; what is shipped needs nothing but Python. Some four minutes on one core, nearly all of it the encoder's.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.reactions import FRENCH, OWN, PARTS, TRAINING, Reaction, prose, read
from smeditor.insight.meaning.loading import UNIVERSAL, load
from smeditor.insight.meaning.packing import pack
from smeditor.insight.triage import triage
from smeditor.insight.triage.features import BUCKETS, features
from smeditor.insight.triage.semantic import (
    EXAMPLE,
    RULES_COUNT,
    SHIPPED,
    Example,
    LabelModel,
    SemanticClassifier,
    dump,
)

VERSION = "2026.1"
USUAL = {
    "question": 0.30,
    "correction": 0.07,
    "tip": 0.05,
    "testimony": 0.22,
    "criticism": 0.08,
    "suggestion": 0.05,
    "thanks": 0.04,
    "spam": 0.03,
    "abuse": 0.05,
}
"""How often readers do what, roughly: the examples hold more of what is rare. Probabilities are those of such a stream."""
FLOORS = {
    "question": 0.65,
    "correction": 0.4,
    "tip": 0.45,
    "testimony": 0.6,
    "criticism": 0.4,
    "suggestion": 0.25,
    "thanks": 0.35,
    "spam": 0.5,
    "abuse": 0.6,
}
"""The probability from which a label is raised. Set on the reactions to articles, each by models of the other parts, so that
what is raised there is right as often as an editor wants it (.9 of questions and abuse, .8 of corrections, tips, testimony,
suggestions and thanks, .7 of criticism)."""
VECTOR_COST, FORM_COST = 5.0, 20.0
"""Inverse strength of regularisation (``C``) of the two models, chosen on the French set a."""
HONEST = frozenset({OWN, "reactions_fresh", "reactions_other_hand", *(f"articles {part}" for part in range(PARTS))})
Vectors = Callable[[list[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Texts as the models read them, with the set each stands in.

    ``rules``: scores by label. ``honest``: probabilities are fitted to this text, by models of the other sets.
    """

    reactions: list[Reaction]
    vectors: np.ndarray
    forms: csr_matrix
    rules: list[dict[str, float]]
    honest: np.ndarray
    sources: np.ndarray


def prepare(reactions: Sequence[Reaction], vectors: Vectors, honest: frozenset[str]) -> TrainingSet:
    """Return ``reactions`` as the models read them. ``honest``: sources by which rules were not, or hardly, tuned."""
    texts = [reaction.text for reaction in reactions]
    bags = [features(text) for text in texts]
    ends = np.cumsum([0, *map(len, bags)])
    places = np.fromiter((place for bag in bags for place in bag), dtype=np.int32)
    values = np.fromiter((value for bag in bags for value in bag.values()), dtype=np.float64)
    return TrainingSet(
        list(reactions),
        vectors(texts),
        csr_matrix((values, places, ends), shape=(len(texts), BUCKETS)),
        [triage(reaction.text, reaction.lang).scores for reaction in reactions],
        np.array([reaction.source in honest for reaction in reactions]),
        np.array([reaction.source for reaction in reactions]),
    )


def train(data: TrainingSet, encoder: str, examples: Sequence[Reaction], vectors: Vectors) -> SemanticClassifier:
    """Return the classifier of ``data``, with ``examples`` to be shown. ``encoder``: the version that made the vectors."""
    models = {label: _model(label, data) for label in USUAL}
    shown = [row for row in examples if any(label in USUAL for label in row.labels)]
    packed = [array("b", pack(vector.tolist())) for vector in vectors([row.text for row in shown])]
    return SemanticClassifier(
        VERSION,
        encoder,
        models,
        tuple(
            Example(EXAMPLE + row.id, row.text, tuple(row.labels), vector)
            for row, vector in zip(shown, packed, strict=True)
        ),
    )


def _model(label: str, data: TrainingSet) -> LabelModel:
    wanted = np.array([label in row.labels for row in data.reactions])
    judged = np.array([label in row.labels or label not in row.optional for row in data.reactions])
    unknown = np.zeros(len(wanted))
    places = np.flatnonzero(judged)
    for source in np.unique(data.sources):
        rows = places[data.sources[places] == source]
        vector, form = _fit(data, places[data.sources[places] != source], wanted)
        unknown[rows] = (vector.decision_function(data.vectors[rows]) + form.decision_function(data.forms[rows])) / 2
    total = unknown + RULES_COUNT * np.array([scores.get(label, 0.0) for scores in data.rules])
    fair = judged & data.honest
    slope, offset = _calibrated(label, total[fair], wanted[fair])
    vector, form = _fit(data, places, wanted)
    weights = form.coef_[0]
    scale = float(np.abs(weights).max()) / 127
    return LabelModel(
        array("f", vector.coef_[0].tolist()),
        array("b", np.round(weights / scale).astype(int).tolist()),
        scale,
        float(vector.intercept_[0] + form.intercept_[0]),
        slope,
        offset,
        FLOORS[label],
    )


def _fit(data: TrainingSet, rows: np.ndarray, wanted: np.ndarray) -> tuple[Any, Any]:
    vector = LogisticRegression(C=VECTOR_COST, max_iter=1000).fit(data.vectors[rows], wanted[rows])
    form = LogisticRegression(C=FORM_COST, max_iter=1000).fit(data.forms[rows], wanted[rows])
    return vector, form


def _calibrated(label: str, total: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Return slope and offset of the probability that ``label`` holds, given numbers of texts that no model has seen.

    (Platt, 1999.) Weighted so that the label is as frequent as in ``USUAL``.
    """
    share, usual = wanted.mean(), USUAL[label]
    weight = np.where(wanted, usual / share, (1 - usual) / (1 - share))
    fitted = LogisticRegression(C=100.0).fit(total[:, None], wanted, sample_weight=weight)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def encode() -> tuple[str, Vectors]:
    """Return the version of the extra's encoder, and a function from texts to its vectors, each text encoded once."""
    encoder, known = load(UNIVERSAL), {}

    def vectors(texts: list[str]) -> np.ndarray:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for at in range(0, len(missing), 16):
            part = missing[at : at + 16]
            found = encoder.vectors(part)
            if found is None:
                raise RuntimeError(f"The encoder failed: {encoder.failure}.")
            known.update(zip(part, found, strict=True))
        return np.array([known[text] for text in texts])

    return encoder.version, vectors


def main() -> int:
    """Train from all that there is and write the file; return 1 where a French set is missing."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    reactions = [*(row for name in (*TRAINING, *FRENCH) for row in read(name)), *prose(*FRENCH)]
    if not all(read(name) for name in FRENCH):
        print("data/french is missing: SMEDITOR_SHARED names where it lies.", file=sys.stderr)
        return 1
    version, vectors = encode()
    data = prepare(reactions, vectors, honest=HONEST | frozenset(FRENCH))
    SHIPPED.write_bytes(dump(train(data, version, read(OWN), vectors)))
    print(f"{SHIPPED}: {len(reactions)} texts, {SHIPPED.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
