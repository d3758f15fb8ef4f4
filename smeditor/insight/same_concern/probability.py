"""One calibrated probability that two reactions to an article raise the same concern, and the reasons for it.

A logistic regression over the evidence, each kind measured against what is usual under the article. What ships is a
cautious prior (``weights.json``, trained from reactions that were written for this project); what a newsroom's editors
join and part moves it, and never more than the number of their answers warrants (:func:`moved`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any, NamedTuple

from smeditor.insight.same_concern import evidence
from smeditor.insight.same_concern import projection as projections
from smeditor.insight.same_concern.evidence import Article, Matrix
from smeditor.insight.same_concern.questions import Candidate, probability
from smeditor.insight.same_concern.raises import RaisesWeights, raises

FILE = Path(__file__).with_name("weights.json")
SEMANTIC, OTHER_ENCODER, LEXICAL = "semantic", "other_encoder", "lexical"
"""With the encoder that the weights were trained with; with another one; without any."""
USUAL_PAIRS = 50
"""Pairs of other articles that count beside an article's own when its usual likeness is told."""
LEAST_PAIRS = 45
"""Pairs under an article (ten texts) from which what is usual can be told for an encoder of which nothing is known."""
BOTH = ("less_raised", "both_raised")
"""Log-odds that each raises something: of the one that does less, and of both together."""
STIFFNESS = 12.0
"""Precision of the prior over a weight: as if a dozen answers had spoken for it."""
LOOSE = 1.0
"""The same for how common it is that two reactions raise the same: that differs most between newsrooms."""
MOST = 3.0
"""Spreads from what is usual beyond which more of it says no more."""
STEPS = 25


class Scored(NamedTuple):
    """Two texts by their places, the log-odds that they raise the same, and the values that these are made of."""

    first: int
    second: int
    log_odds: float
    values: tuple[float, ...]

    @property
    def candidate(self) -> Candidate:
        """What questions and groups are made from."""
        return Candidate(self.first, self.second, self.log_odds)


@dataclass(frozen=True, slots=True)
class PairWeights:
    """Weights of the evidence by name (``names`` gives the order), and what is usual of each elsewhere."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    means: Mapping[str, float]
    spreads: Mapping[str, float]

    def log_odds(self, values: Sequence[float]) -> float:
        """Return the log-odds for values in the order of ``names``."""
        return self.intercept + sum(weight * value for weight, value in zip(self.weights, values, strict=True))


class Example(NamedTuple):
    """What an editor said about two reactions: the values that stood then, and whether they raise the same."""

    values: tuple[float, ...]
    same: bool


@cache
def shipped() -> dict[str, Any]:
    """Read the weights that ship."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def kind_of(article: Article, encoder: str = "") -> str:
    """Return which weights fit: ``encoder`` is the version of what made the vectors, "" where there are none."""
    if not article.has_meaning:
        return LEXICAL
    if encoder == shipped()["encoder"]:
        return SEMANTIC
    texts = len(article.texts)
    return OTHER_ENCODER if texts * (texts - 1) // 2 >= LEAST_PAIRS else LEXICAL


@cache
def raises_weights(kind: str) -> RaisesWeights:
    """Return the weights by which it is told whether a reaction raises anything. ``kind``: as of :func:`kind_of`."""
    found = shipped()[kind]["raises"]
    return RaisesWeights(found["intercept"], found["signs"], tuple(found.get("vector", ())))


@cache
def pair_weights(kind: str) -> PairWeights:
    """Return the weights of the evidence that ship. ``kind``: as of :func:`kind_of`."""
    found = shipped()[kind]["pairs"]
    return PairWeights(
        tuple(found["weights"]), tuple(found["weights"].values()), found["intercept"], found["means"], found["spreads"]
    )


EVIDENCE = {
    SEMANTIC: evidence.PROJECTED_EVIDENCE,
    OTHER_ENCODER: evidence.SEMANTIC_EVIDENCE,
    LEXICAL: evidence.LEXICAL_EVIDENCE,
}


def names(kind: str) -> tuple[str, ...]:
    """Return the names of the values of a pair, in order."""
    return (*EVIDENCE[kind], *BOTH)


def prepared(article: Article, kind: str, projection: Any = None) -> Article:
    """Return the article with what its kind of weights compares. ``projection``: instead of the one that ships."""
    if kind == SEMANTIC:
        return replace(article, projection=projections.shipped() if projection is None else projection)
    if kind == LEXICAL and article.has_meaning:
        return replace(article, texts=[replace(text, vector=None) for text in article.texts])
    return article


def scored(article: Article, encoder: str = "", weights: PairWeights | None = None) -> list[Scored]:
    """Return each pair of an article's texts with the log-odds that they raise the same.

    ``encoder``: version of what made the vectors. ``weights``: those that editors' answers have moved; else what ships.
    """
    kind = kind_of(article, encoder)
    weights = weights or pair_weights(kind)
    article = prepared(article, kind)
    values = compared(article, raises_weights(kind), weights.means, weights.spreads)
    return [Scored(i, j, weights.log_odds(found), found) for i, j, found in values]


def compared(
    article: Article,
    of_raising: RaisesWeights,
    means: Mapping[str, float],
    spreads: Mapping[str, float],
) -> list[tuple[int, int, tuple[float, ...]]]:
    """Return each pair of places with its values, in the order of :func:`names`. ``article``: as ``prepared`` gives it.

    ``means`` and ``spreads``: what is usual of each kind of evidence elsewhere; of an encoder that is not known nothing
    is, and the article's own pairs must tell.
    """
    pairs = evidence.pairs(article)
    if not pairs:
        return []
    raised = raises(article.texts, likeness(article), of_raising)
    columns = [
        _against_usual([pair.values[place] for pair in pairs], name, means, spreads)
        for place, name in enumerate(evidence.names(article))
    ]
    found = []
    for pair, *row in zip(pairs, *columns, strict=True):
        a, b = raised[pair.first], raised[pair.second]
        found.append((pair.first, pair.second, (*row, min(a, b), a + b)))
    return found


def likeness(article: Article) -> Matrix:
    """Return how like each two texts of an article are: by their vectors where they have some, else by their words."""
    if article.has_meaning:
        return evidence.cosines([text.vector for text in article.texts if text.vector is not None])
    return evidence.shared_tokens(article.texts)


def _against_usual(
    values: Sequence[float], name: str, means: Mapping[str, float], spreads: Mapping[str, float]
) -> list[float]:
    """Return values as spreads from what is usual, of this article's pairs and of others' (0 or 1 stays what it is)."""
    if name in evidence.CIRCUMSTANCES:
        return list(values)
    here, spread = fmean(values), pstdev(values)
    if name in means:
        total = len(values) + USUAL_PAIRS
        here = (len(values) * here + USUAL_PAIRS * means[name]) / total
        spread = math.sqrt((len(values) * spread**2 + USUAL_PAIRS * spreads[name] ** 2) / total)
    return [max(-MOST, min(MOST, (value - here) / (spread or 1.0))) for value in values]


def moved(prior: PairWeights, examples: Iterable[Example]) -> PairWeights:
    """Return the weights that are likeliest after an editor's answers.

    The mode of the posterior, found by Newton's method: logistic likelihood, and a normal prior around ``prior`` (Bishop,
    "Pattern Recognition and Machine Learning", 4.5). Without examples the prior comes back; a few move it a little.
    """
    rows = [((1.0, *example.values), float(example.same)) for example in examples]
    if not rows:
        return prior
    start = [prior.intercept, *prior.weights]
    stiff = [LOOSE, *[STIFFNESS] * len(prior.weights)]
    at = list(start)
    for _step in range(STEPS):
        gradient = [s * (w - w0) for s, w, w0 in zip(stiff, at, start, strict=True)]
        hessian = [[s if row == column else 0.0 for column in range(len(at))] for row, s in enumerate(stiff)]
        for values, same in rows:
            chance = probability(sum(w * x for w, x in zip(at, values, strict=True)))
            weight = chance * (1 - chance)
            for place, x in enumerate(values):
                gradient[place] += (chance - same) * x
                row = hessian[place]
                for other, y in enumerate(values):
                    row[other] += weight * x * y
        change = _solved(hessian, gradient)
        at = [w - d for w, d in zip(at, change, strict=True)]
        if max(map(abs, change)) < 1e-6:
            break
    return replace(prior, intercept=at[0], weights=tuple(at[1:]))


def _solved(matrix: Matrix, right: Sequence[float]) -> list[float]:
    """Solve a positive definite system of a dozen equations by elimination."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot in range(size):
        for below in range(pivot + 1, size):
            factor = rows[below][pivot] / rows[pivot][pivot]
            for column in range(pivot, size + 1):
                rows[below][column] -= factor * rows[pivot][column]
    found = [0.0] * size
    for pivot in reversed(range(size)):
        known = sum(rows[pivot][column] * found[column] for column in range(pivot + 1, size))
        found[pivot] = (rows[pivot][size] - known) / rows[pivot][pivot]
    return found


REASON = 0.15
"""Log-odds from which a kind of evidence is named as a reason."""


def reasons(weights: PairWeights, values: Sequence[float]) -> list[str]:
    """Return the names of the evidence that speaks for it that two texts raise the same, the strongest first."""
    shares = {name: weight * value for name, weight, value in zip(weights.names, weights.weights, values, strict=True)}
    return sorted((name for name, share in shares.items() if share >= REASON), key=lambda name: -shares[name])
