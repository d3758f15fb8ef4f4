"""Learn from editors' corrections: one small, explainable linear model for each label and newsroom.

Words and the pieces of words (3 to 5 letters) that they share with others, weighted by how rare they are and how
unevenly the labels share them (Wang and Manning, ACL 2012), in a logistic regression trained by stochastic dual
coordinate ascent (Shalev-Shwartz and Zhang, JMLR 14, 2013; no learning rate to set). Pure Python, the same model from the same labels on every machine. No trained weights are shipped: below about
200 labels a trained model is worse than rules, so it stays in shadow until ``trial`` says otherwise.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Any

MAX_CHARS = 8_000
LABELS_NEEDED = 200
POSITIVES_NEEDED = 50
FORMAT = 1

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_COST = 1.0
_EPOCHS = 10
_FOLDS = 3
_SEED = 20_260_101
_PLATEAU = 0.985

Vector = tuple[list[int], list[float]]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with an editor's decision about one label.

    ``id``: of the reaction, by which it is forgotten; ``value``: the label holds; ``rule_score``: what the rules said
    of the same text, from 0 to 1.
    """

    id: str
    text: str
    value: bool
    rule_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How the model did on the newest fifth of the labels, trained on the four older fifths, beside the rules.

    ``ready``: it may be proposed to an editor; ``missing``: which of the conditions are not met ("labels",
    "positives", "better"). ``precision`` and ``recall`` are at the model's threshold.
    """

    labels: int
    positives: int
    model_ap: float
    rules_ap: float
    precision: float
    recall: float
    missing: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether every condition of promotion is met; the decision is an editor's."""
        return not self.missing


def tokens_of(text: str) -> list[str]:
    """Return the words of the first ``MAX_CHARS`` characters of ``text`` in lower case, in order."""
    return _WORD.findall(text[:MAX_CHARS].lower())


@lru_cache(maxsize=30_000)
def pieces(word: str) -> tuple[str, ...]:
    """Return the features of one word: itself and, marked with "#", its pieces of 3 to 5 characters."""
    framed = f"_{word[:40]}_"
    return (
        word[:40],
        *("#" + framed[at : at + size] for size in (3, 4, 5) for at in range(len(framed) - size + 1)),
    )


def features(text: str) -> list[str]:
    """Return the distinct features of ``text``: its words, their pieces, its marks and its length class."""
    tokens = tokens_of(text)
    found: dict[str, None] = {}
    for word in tokens:
        found.update(dict.fromkeys(pieces(word)))
    found[f"<length {min(6, len(tokens).bit_length())}>"] = None
    for mark in "?!":
        if mark in text:
            found[f"<{mark}>"] = None
    return list(found)


class LabelClassifier:
    """A linear model of one label. ``threshold``: the probability from which it raises the label."""

    def __init__(
        self, label: str, weights: dict[str, tuple[float, float]], bias: float, threshold: float, labels: int
    ) -> None:
        """Keep ``weights``: feature → (how telling it is, weight). Use ``train`` or ``from_json`` instead."""
        self.label, self.weights, self.bias = label, weights, bias
        self.threshold, self.labels = threshold, labels

    @classmethod
    def train(cls, label: str, labels: Sequence[tuple[str, bool]]) -> LabelClassifier:
        """Return the model of ``labels``, pairs of a text and whether ``label`` holds. Any number will do.

        The threshold is the one with the best F1 on texts that the model did not see (three folds).
        """
        bags = [features(text) for text, _ in labels]
        values = [bool(value) for _, value in labels]
        threshold = _best_threshold(_unseen(bags, values), values)
        weights, bias = _fit(bags, values)
        return cls(label, weights, bias, threshold, len(labels))

    def probability(self, text: str) -> float:
        """Return from 0 to 1 how likely the label holds; .5 from a model without labels."""
        return _sigmoid(_score(features(text), self.weights, self.bias))

    def explain(self, text: str, limit: int = 12) -> list[tuple[str, float]]:
        """Return the words of ``text`` that spoke most for (above 0) or against the label, and how much."""
        known = [self.weights[name][0] for name in features(text) if name in self.weights]
        norm = math.sqrt(sum(map(mul, known, known))) or 1.0
        spoke: dict[str, float] = {}
        for word in dict.fromkeys(tokens_of(text)):
            spoke[word] = self._word_weight(word) / norm
        ranked = sorted(spoke.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return [(word, round(weight, 4)) for word, weight in ranked[:limit] if weight]

    def top_tokens(self, limit: int = 30) -> list[tuple[str, float]]:
        """Return the words with the most weight, for the page on which an editor promotes the model."""
        tokens = [name for name in self.weights if name[0] not in "#<"]
        ranked = sorted(((word, self._word_weight(word)) for word in tokens), key=lambda pair: (-abs(pair[1]), pair[0]))
        return [(word, round(weight, 4)) for word, weight in ranked[:limit]]

    def _word_weight(self, word: str) -> float:
        found = (self.weights.get(name) for name in dict.fromkeys(pieces(word)))
        return sum(rarity * weight for rarity, weight in filter(None, found))

    def to_json(self) -> str:
        """Return the model as JSON, the same text for the same model."""
        weights = {name: [round(value, 5) for value in pair] for name, pair in sorted(self.weights.items())}
        return json.dumps(
            {
                "format": FORMAT,
                "flag": self.label,
                "labels": self.labels,
                "threshold": self.threshold,
                "bias": round(self.bias, 5),
                "weights": weights,
            },
            ensure_ascii=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> LabelClassifier:
        """Return the model that ``to_json`` wrote. Raises ValueError if ``text`` is something else."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']} is not {FORMAT}")
            weights = {str(name): (float(rarity), float(weight)) for name, (rarity, weight) in data["weights"].items()}
            return cls(str(data["flag"]), weights, float(data["bias"]), float(data["threshold"]), int(data["labels"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an exported model: {error}") from error


def rebuild(label: str, examples: Iterable[LabelledText], forget: Iterable[str] = ()) -> LabelClassifier:
    """Return the model of all ``examples`` but those whose id is in ``forget``: unlearned, as if never seen."""
    gone = frozenset(forget)
    return LabelClassifier.train(
        label, [(example.text, example.value) for example in examples if example.id not in gone]
    )


def trial(label: str, examples: Sequence[LabelledText]) -> Trial:
    """Return how a model of ``label`` does against the rules. ``examples``: oldest first.

    Conditions of promotion: ``LABELS_NEEDED`` labels, ``POSITIVES_NEEDED`` of them positive, and a better average
    precision than the rules' on the newest fifth.
    """
    positives = sum(example.value for example in examples)
    split = len(examples) - len(examples) // 5
    older, newest = examples[:split], examples[split:]
    wanted = [example.value for example in newest]
    missing = ["labels"] if len(examples) < LABELS_NEEDED else []
    missing += ["positives"] if positives < POSITIVES_NEEDED else []
    if not any(wanted) or not any(example.value for example in older):
        return Trial(len(examples), positives, 0.0, 0.0, 0.0, 0.0, (*missing, "better"))
    model = LabelClassifier.train(label, [(example.text, example.value) for example in older])
    guesses = [model.probability(example.text) for example in newest]
    model_ap = average_precision(guesses, wanted)
    rules_ap = average_precision([example.rule_score for example in newest], wanted)
    if model_ap <= rules_ap:
        missing.append("better")
    raised = [guess >= model.threshold for guess in guesses]
    hits = sum(a and b for a, b in zip(raised, wanted, strict=True))
    return Trial(
        len(examples),
        positives,
        round(model_ap, 4),
        round(rules_ap, 4),
        round(hits / sum(raised), 4) if any(raised) else 0.0,
        round(hits / sum(wanted), 4),
        tuple(missing),
    )


def average_precision(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """Return the mean precision at each wanted item; items with equal scores share the precision of their group."""
    if not any(wanted):
        return 0.0
    groups: dict[float, list[bool]] = {}
    for score, value in zip(scores, wanted, strict=True):
        groups.setdefault(score, []).append(value)
    ranked = hits = 0
    total = 0.0
    for score in sorted(groups, reverse=True):
        ranked += len(groups[score])
        here = sum(groups[score])
        hits += here
        total += here * hits / ranked
    return total / hits


def _sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


def _score(bag: Iterable[str], weights: dict[str, tuple[float, float]], bias: float) -> float:
    square = total = 0.0
    for name in bag:
        pair = weights.get(name)
        if pair is not None:
            square += pair[0] * pair[0]
            total += pair[0] * pair[1]
    return bias + (total / math.sqrt(square) if square else 0.0)


def _fit(bags: Sequence[list[str]], values: Sequence[bool]) -> tuple[dict[str, tuple[float, float]], float]:
    """Return weights by feature, and the bias, of a logistic regression with balanced classes."""
    positives = sum(values)
    if not 0 < positives < len(values):
        return {}, 0.0 if not values else math.copysign(4.0, positives - 0.5)
    spread = Counter(name for bag in bags for name in bag)
    kept = {name: at for at, name in enumerate(name for name, count in spread.items() if count > 1)}
    held = Counter(name for bag, value in zip(bags, values, strict=True) if value for name in bag)
    telling = [_telling(spread[name], held[name], len(bags), positives) for name in kept]
    vectors = [_vector(bag, kept, telling) for bag in bags]
    share = len(values) / 2
    costs = [share / positives if value else share / (len(values) - positives) for value in values]
    weights, bias = _ascend(vectors, [1.0 if value else -1.0 for value in values], costs, len(kept))
    return {name: (telling[at], weights[at]) for name, at in kept.items()}, bias


def _telling(spread: int, held: int, texts: int, positives: int) -> float:
    """Return how telling a feature is that stands in ``spread`` of the texts, ``held`` of them with the label.

    Its rarity (IDF), the more the further its shares of the two classes lie apart (log of their ratio, smoothed by one).
    """
    with_label = (held + 1) / (positives + 2)
    without = (spread - held + 1) / (texts - positives + 2)
    return (math.log((1 + texts) / (1 + spread)) + 1) * (1 + abs(math.log(with_label / without)))


def _vector(bag: list[str], kept: dict[str, int], telling: list[float]) -> Vector:
    places = [kept[name] for name in bag if name in kept]
    raw = [telling[at] for at in places]
    norm = math.sqrt(sum(map(mul, raw, raw))) or 1.0
    return places, [value / norm for value in raw]


def _ascend(
    vectors: Sequence[Vector], signs: Sequence[float], costs: Sequence[float], size: int
) -> tuple[list[float], float]:
    """Maximise the dual, one example at a time: the step is closed because the loss is smooth."""
    weights, bias = [0.0] * size, 0.0
    duals = [0.0] * len(vectors)
    order = list(range(len(vectors)))
    shuffle = random.Random(_SEED).shuffle  # noqa: S311 - an order to train in, not a secret
    weight_of = weights.__getitem__
    for _ in range(_EPOCHS):
        shuffle(order)
        for at in order:
            places, values = vectors[at]
            sign = signs[at]
            score = bias + sum(map(mul, map(weight_of, places), values))
            wanted = costs[at] * sign * _sigmoid(-sign * score)
            change = (wanted - duals[at]) * 4 / (4 + 2 * costs[at] * _COST)
            duals[at] += change
            step = change * _COST
            bias += step
            for place, value in zip(places, values, strict=True):
                weights[place] += step * value
    return weights, bias


def _unseen(bags: Sequence[list[str]], values: Sequence[bool]) -> list[float]:
    """Return for each example its probability by a model of the other folds."""
    guesses = [0.5] * len(bags)
    order = list(range(len(bags)))
    random.Random(_SEED).shuffle(order)  # noqa: S311 - folds that no order of the labels can line up with
    for fold in range(_FOLDS):
        learn = [at for place, at in enumerate(order) if place % _FOLDS != fold]
        weights, bias = _fit([bags[at] for at in learn], [values[at] for at in learn])
        for at in order[fold::_FOLDS]:
            guesses[at] = _sigmoid(_score(bags[at], weights, bias))
    return guesses


def _best_threshold(guesses: Sequence[float], values: Sequence[bool]) -> float:
    """Return the probability from which raising the label gives the best F1; .5 where there is nothing to choose.

    The best single place is chance where labels are few: it is the middle of all those that are nearly as good.
    """
    positives = sum(values)
    if not positives:
        return 0.5
    hits = 0
    places: list[tuple[float, float]] = []
    ranked = sorted(zip(guesses, values, strict=True), key=lambda pair: -pair[0])
    for raised, (guess, value) in enumerate(ranked, start=1):
        hits += value
        if raised == len(ranked) or ranked[raised][0] < guess:
            below = ranked[raised][0] if raised < len(ranked) else guess
            places.append((2 * hits / (raised + positives), (guess + below) / 2))
    best = max(f1 for f1, _ in places)
    good = [place for f1, place in places if f1 >= best * _PLATEAU]
    return round(sum(good) / len(good), 4)
