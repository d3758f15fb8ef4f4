"""Train the weights that ship: ``python -m bench.same_concern.training`` writes what stands in ``smeditor/insight/same_concern``.

Three things, one above the other: whether a reaction raises anything at all (logistic regression), what of its meaning
tells concerns apart (discriminant analysis), and from both whether two raise the same (logistic regression). The last one
sees the first two only as they are for articles that they were not fitted on. No weight of the pairs is below zero: more
likeness never speaks against it. What the sets cannot teach has a stated weight instead.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bench.same_concern.annotated import FOREIGN, TRAINED_ON, Annotated, is_there, model, of_sets, part_of, same
from smeditor.insight.same_concern import evidence, probability, projection
from smeditor.insight.same_concern.probability import LEXICAL, OTHER_ENCODER, SEMANTIC, PairWeights
from smeditor.insight.same_concern.raises import SIGNS, RaisesWeights, signs

FOLDS = 6
RAISES_C, PAIRS_PENALTY = 1.0, 5.0
STATED = {"repeated": 6.0, "thread": 0.8, "contested": 1.5}
"""Weights that the sets cannot teach: they vary their wording on purpose and have no threads. Real readers repeat each
other's words, and a copy is the same concern beyond doubt."""
SMALLER = (6, 15)
"""Reactions that an article has when it is compared for the first times."""
SHRINKAGE, FLOOR = 5.0, 0.3
"""How much of the mean variance within concerns is added in every direction, and what a direction that tells nothing still
counts: the best of a grid, each set scored by a map of the others."""


@dataclass(frozen=True)
class Trained:
    """What was trained for one kind of weights. ``projection``: an array, None for kinds without one."""

    kind: str
    raises: RaisesWeights
    pairs: PairWeights
    projection: Any = None

    @property
    def as_json(self) -> dict[str, Any]:
        """What is stored in ``weights.json``."""
        raising: dict[str, Any] = {"intercept": self.raises.intercept, "signs": dict(self.raises.signs)}
        if self.raises.vector:
            raising["vector"] = list(self.raises.vector)
        weights = dict(zip(self.pairs.names, self.pairs.weights, strict=True))
        return {
            "raises": raising,
            "pairs": {
                "intercept": self.pairs.intercept,
                "weights": weights,
                "means": dict(self.pairs.means),
                "spreads": dict(self.pairs.spreads),
            },
        }


def _rows_of_signs(article: Annotated, kind: str) -> list[list[float]]:
    near = probability.likeness(article.article)
    found = []
    for place, text in enumerate(article.article.texts):
        row = list(signs(text, near[place][:place] + near[place][place + 1 :]).values())
        found.append(row + (list(text.vector or ()) if kind == SEMANTIC else []))
    return found


def raising(articles: Sequence[Annotated], kind: str) -> RaisesWeights:
    """Train by which signs it is told that a reaction raises something."""
    x = np.array([row for article in articles for row in _rows_of_signs(article, kind)])
    y = np.array([concern is not None for article in articles for concern in article.concerns])
    fitted = LogisticRegression(C=RAISES_C, max_iter=5000).fit(x, y)
    values = [round(float(value), 4) for value in fitted.coef_[0]]
    return RaisesWeights(
        round(float(fitted.intercept_[0]), 4), dict(zip(SIGNS, values, strict=False)), tuple(values[len(SIGNS) :])
    )


def discriminant(articles: Sequence[Annotated]) -> Any:
    """Train what of the meaning tells concerns of one article apart; return the map as an array of two dimensions."""
    within, between = [], []
    for each in articles:
        own = np.array(evidence.deviations([text.vector or () for text in each.article.texts]))
        places: dict[str, list[int]] = defaultdict(list)
        for place, concern in enumerate(each.concerns):
            if concern is not None:
                places[concern].append(place)
        means = np.array([own[found].mean(0) for found in places.values()])
        between.append(means - means.mean(0))
        for found in places.values():
            if len(found) > 1:
                within.append((own[found] - own[found].mean(0)) * math.sqrt(len(found) / (len(found) - 1)))
    inside, apart = np.vstack(within), np.vstack(between)
    inside, apart = inside.T @ inside / len(inside), apart.T @ apart / len(apart)
    size = len(inside)
    values, directions = eigh(apart, inside + SHRINKAGE * np.trace(inside) / size * np.eye(size))
    values = np.maximum(values, 0)
    return (directions * (values / values.max() + FLOOR)).astype("f4")


def _usual(articles: Sequence[Annotated], kind: str, mapping: Any) -> tuple[dict[str, float], dict[str, float]]:
    prepared = [probability.prepared(each.article, kind, mapping) for each in articles]
    values = np.array([pair.values for article in prepared for pair in evidence.pairs(article)])
    names = evidence.names(prepared[0])
    used = [place for place, name in enumerate(names) if name not in evidence.CIRCUMSTANCES]
    if kind == OTHER_ENCODER:  # of a model that is not known nothing is usual; of words it is
        used = [place for place in used if names[place] in ("tokens", "characters")]
    means = {names[place]: round(float(values[:, place].mean()), 5) for place in used}
    return means, {names[place]: round(float(values[:, place].std()), 5) for place in used}


def _bounded(x: Any, y: Any, stated: Sequence[float | None]) -> tuple[float, list[float]]:
    """Fit a logistic regression with a ridge penalty, no weight below zero, those that are ``stated`` as they are."""
    floor = np.array([value or 0.0 for value in stated])

    def loss(at: Any) -> tuple[float, Any]:
        z = at[0] + x @ at[1:]
        value = np.logaddexp(0, z) - y * z
        residual = 1 / (1 + np.exp(-z)) - y
        away = at[1:] - floor
        gradient = np.concatenate([[residual.sum()], x.T @ residual + PAIRS_PENALTY * away])
        return float(value.sum() + PAIRS_PENALTY / 2 * (away @ away)), gradient

    start = np.concatenate([[math.log(y.mean() / (1 - y.mean()))], floor])
    bounds = [(None, None), *[(0.0, None) if value is None else (value, value) for value in stated]]
    at = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(at[0]), [float(value) for value in at[1:]]


def _held_out(
    articles: Sequence[Annotated], kind: str, means: dict[str, float], spreads: dict[str, float]
) -> tuple[Any, Any]:
    """Return the values of all pairs, each by what was trained without its article, and whether they raise the same."""
    x, y = [], []
    for fold in range(FOLDS):
        others = [each for place, each in enumerate(articles) if place % FOLDS != fold]
        weights = raising(others, kind)
        mapping = discriminant(others) if kind == SEMANTIC else None
        for each in with_smaller(articles[fold::FOLDS]):
            article = probability.prepared(each.article, kind, mapping)
            for first, second, values in probability.compared(article, weights, means, spreads):
                x.append(values)
                y.append(same(each.rows[first], each.rows[second]))
    return np.array(x), np.array(y, dtype=float)


def with_smaller(articles: Sequence[Annotated]) -> list[Annotated]:
    """Return articles, and each as it was when it had few reactions: what ships must not be sure too early."""
    return [*articles, *(part_of(each, size, place) for place, each in enumerate(articles) for size in SMALLER)]


def trained(articles: Sequence[Annotated], kind: str) -> Trained:
    """Return what one kind of weights learns from articles."""
    mapping = discriminant(articles) if kind == SEMANTIC else None
    means, spreads = _usual(articles, kind, mapping)
    x, y = _held_out(articles, kind, means, spreads)
    names = probability.names(kind)
    intercept, weights = _bounded(x, y, [STATED.get(name) for name in names])
    pairs = PairWeights(names, tuple(round(w, 4) for w in weights), round(intercept, 4), means, spreads)
    return Trained(kind, raising(articles, kind), pairs, mapping)


def from_sets(names: Sequence[str], kind: str) -> Trained:
    """Return what one kind of weights learns from the named sets."""
    return trained(of_sets(names, meaning=kind != LEXICAL), kind)


def main() -> int:
    """Write the weights that ship, trained on every set that is there."""
    names = [name for name in (*FOREIGN, *TRAINED_ON) if is_there(name)]
    found = {kind: from_sets(names, kind) for kind in (SEMANTIC, OTHER_ENCODER, LEXICAL)}
    stored = {"encoder": model().version, "trained_on": names, **{kind: each.as_json for kind, each in found.items()}}
    probability.FILE.write_text(json.dumps(stored, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    mapping = found[SEMANTIC].projection
    scales = (np.abs(mapping).max(0) / 127).astype("f4")
    np.savez_compressed(projection.FILE, bytes=np.round(mapping / scales).astype("i1"), scales=scales)
    print(f"Trained on {', '.join(names)}: {probability.FILE}, {projection.FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
