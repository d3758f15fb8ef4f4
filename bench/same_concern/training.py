"""Learn the weights that ship: ``python -m bench.same_concern.training`` writes ``same_concern/weights.json`` anew.

Two logistic regressions, one above the other: whether a reaction raises anything at all, then whether two raise the
same. The second one sees the first one's answers for articles that the first one was not fitted on. No weight of the
pairs is below zero: more likeness never speaks against it. What the sets cannot teach has a stated weight instead.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.same_concern.annotated import FOREIGN, TRAINED_ON, Annotated, is_there, model, of_sets, same
from smeditor.insight.same_concern import evidence, probability
from smeditor.insight.same_concern.probability import LEXICAL, OTHER_ENCODER, SEMANTIC, PairWeights
from smeditor.insight.same_concern.raises import RaisesWeights, signs

FOLDS = 8
RAISES_C, PAIRS_PENALTY = 1.0, 5.0
STATED = {"repeated": 6.0, "thread": 0.8, "contested": 1.5}
"""Weights that the sets cannot teach: they vary their wording on purpose and have no threads. Real readers repeat each
other's words, and a copy is the same concern beyond doubt."""

Trained = dict[str, Any]


def _signs(article: Annotated, kind: str) -> list[list[float]]:
    near = probability.likeness(article.article)
    found = []
    for place, text in enumerate(article.article.texts):
        row = list(signs(text, near[place][:place] + near[place][place + 1 :]).values())
        found.append(row + (list(text.vector or ()) if kind == SEMANTIC else []))
    return found


def _usual(articles: Sequence[Annotated], kind: str) -> tuple[dict[str, float], dict[str, float]]:
    names = evidence.names(meaning=kind != LEXICAL)
    values = np.array([pair.values for article in articles for pair in evidence.pairs(article.article)])
    used = [place for place, name in enumerate(names) if name not in evidence.CIRCUMSTANCES]
    if kind == OTHER_ENCODER:  # of a model that is not known nothing is usual; of words it is
        used = [place for place in used if names[place] in ("tokens", "characters")]
    means = {names[place]: round(float(values[:, place].mean()), 5) for place in used}
    return means, {names[place]: round(float(values[:, place].std()), 5) for place in used}


def _raising(articles: Sequence[Annotated], kind: str) -> tuple[list[RaisesWeights], RaisesWeights]:
    """Return for each article the weights that were trained without it, and those of all."""
    rows = [_signs(article, kind) for article in articles]
    x = np.array([row for part in rows for row in part])
    y = np.array([concern is not None for article in articles for concern in article.concerns])
    groups = np.repeat(np.arange(len(articles)), [len(part) for part in rows])
    left_out = []
    for train, test in GroupKFold(FOLDS).split(x, y, groups):
        fitted = _as_weights(LogisticRegression(C=RAISES_C, max_iter=5000).fit(x[train], y[train]))
        left_out += [(int(group), fitted) for group in set(groups[test])]
    by_group = dict(left_out)
    whole = _as_weights(LogisticRegression(C=RAISES_C, max_iter=5000).fit(x, y))
    return [by_group[group] for group in range(len(articles))], whole


def _as_weights(fitted: LogisticRegression) -> RaisesWeights:
    from smeditor.insight.same_concern.raises import SIGNS

    values = [round(float(value), 4) for value in fitted.coef_[0]]
    return RaisesWeights(
        round(float(fitted.intercept_[0]), 4), dict(zip(SIGNS, values, strict=False)), tuple(values[len(SIGNS) :])
    )


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


def trained(articles: Sequence[Annotated], kind: str) -> Trained:
    """Return the weights of one kind, trained from articles, in the form of ``weights.json``."""
    means, spreads = _usual(articles, kind)
    left_out, whole = _raising(articles, kind)
    x, y = [], []
    for article, raising in zip(articles, left_out, strict=True):
        for first, second, values in probability.compared(article.article, kind, raising, means, spreads):
            x.append(values)
            y.append(same(article.rows[first], article.rows[second]))
    names = probability.names(kind)
    intercept, weights = _bounded(np.array(x), np.array(y, dtype=float), [STATED.get(name) for name in names])
    found: Trained = {
        "raises": {"intercept": whole.intercept, "signs": dict(whole.signs)},
        "pairs": {
            "intercept": round(intercept, 4),
            "weights": {name: round(weight, 4) for name, weight in zip(names, weights, strict=True)},
            "means": means,
            "spreads": spreads,
        },
    }
    if whole.vector:
        found["raises"]["vector"] = list(whole.vector)
    return found


def from_sets(names: Sequence[str], kinds: Sequence[str] = (SEMANTIC, OTHER_ENCODER, LEXICAL)) -> Mapping[str, Trained]:
    """Return the weights of each kind, trained from the named sets."""
    return {kind: trained(of_sets(names, meaning=kind != LEXICAL), kind) for kind in kinds}


def as_pair_weights(found: Trained) -> PairWeights:
    """Return trained weights as they are used."""
    return PairWeights(
        tuple(found["pairs"]["weights"]),
        tuple(found["pairs"]["weights"].values()),
        found["pairs"]["intercept"],
        found["pairs"]["means"],
        found["pairs"]["spreads"],
    )


def as_raises_weights(found: Trained) -> RaisesWeights:
    """Return trained weights as they are used."""
    return RaisesWeights(
        found["raises"]["intercept"], found["raises"]["signs"], tuple(found["raises"].get("vector", ()))
    )


def main() -> int:
    """Write the weights that ship, trained from every set that is there."""
    names = [name for name in (*FOREIGN, *TRAINED_ON) if is_there(name)]
    weights = {"encoder": model().version, "learned_from": names, **from_sets(names)}
    probability.FILE.write_text(json.dumps(weights, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Trained from {', '.join(names)}: {probability.FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
