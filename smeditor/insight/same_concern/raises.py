"""How likely a reaction raises something that others may raise as well: a worry, a question, a gap; not thanks or a joke."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import mul

from smeditor.insight.same_concern.evidence import Matrix, Text
from smeditor.insight.triage.result import LABELS

NEAREST = 3
SIGNS = (*LABELS, "question_mark", "exclamation", "length", "answers_somebody", "company")
"""What is looked at besides the meaning. ``company``: how near the nearest others are, as cosine."""
LONGEST = 400
"""Characters from which a longer text says nothing more about whether it raises something."""


@dataclass(frozen=True, slots=True)
class RaisesWeights:
    """Weights of a logistic regression: of the signs by name, of the vector's dimensions (none without a model)."""

    intercept: float
    signs: Mapping[str, float]
    vector: Sequence[float] = ()


def signs(text: Text, near: Sequence[float]) -> dict[str, float]:
    """Return the signs of one text by name. ``near``: its likeness to each other text under the article."""
    best = nlargest(NEAREST, near)
    return {
        **{label: float(label in text.labels) for label in LABELS},
        "question_mark": float("?" in text.text),
        "exclamation": float("!" in text.text),
        "length": math.log1p(min(len(text.text), LONGEST)) / math.log1p(LONGEST),
        "answers_somebody": float(text.text.lstrip().startswith("@")),
        "company": sum(best) / len(best) if best else 0.0,
    }


def raises(texts: Sequence[Text], near: Matrix, weights: RaisesWeights) -> list[float]:
    """Return for each text the log-odds that it raises something. ``near``: the likeness of each two, rows of cosines."""
    found = []
    for place, text in enumerate(texts):
        row = near[place][:place] + near[place][place + 1 :]
        value = weights.intercept + sum(
            weights.signs.get(name, 0.0) * number for name, number in signs(text, row).items()
        )
        if weights.vector and text.vector is not None:
            value += sum(map(mul, weights.vector, text.vector))
        found.append(value)
    return found
