"""A small classifier over an encoder's vectors, beside the rules: it hears what no rule words, and doubts what one misread.

For each label one linear model of the text's vector and one of its form (``features``); their mean and what the rules say
make one number, and that a probability. It judges French and English, which it was trained on, and only vectors of the
encoder that it was trained with. The training texts were written for this project (``bench/triage_training.py`` repeats
the training); of those that a text comes nearest to, two are its reason.

The rules keep the last word on what hides or masks: the classifier raises no spam where no offer and no way to get in touch
were found, no abuse where the rules found an insult that was negated, quoted or spoken against, masks nothing, and takes back
neither a tip nor abuse.
"""

from __future__ import annotations

import json
import lzma
import math
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import Any

from smeditor.insight.triage import language, stages
from smeditor.insight.triage.features import BUCKETS, features
from smeditor.insight.triage.normal import MAX_CHARS, Reading
from smeditor.insight.triage.result import LABELS, Span, Triage
from smeditor.insight.triage.rules import shipped

SHIPPED = Path(__file__).resolve().parent / "semantic.xz"
FORMAT = 1
LANGUAGES = frozenset({"fr", "en"})
RULES_COUNT = 4.0
"""What the score of the rules, 0 to 1, counts beside the mean of the two models (log-odds). It is set, not trained: on texts
that rules were written for, rules look better than they are."""
NEVER_TAKEN_BACK = frozenset({"tip", "abuse", "call_for_help"})
"""A tip that is not shown or a cry for help that is not heard is worse than one label too many."""
REASONS_TO_ANSWER = frozenset({"question", "correction", "tip", "testimony", "criticism", "suggestion"})
EXAMPLE = "example-"
"""How the id of an example begins where otherwise a rule's id stands."""
EXAMPLES_SHOWN = 2
SURE = 0.85
"""From this probability on it is abuse though the rules know no word in it for an insult."""
LEAST = 0.05
"""A probability below is not worth telling."""


@dataclass(frozen=True, slots=True)
class Example:
    """A training text that may be shown as a reason. ``vector``: its direction, a signed byte for each dimension."""

    id: str
    text: str
    labels: tuple[str, ...]
    vector: array[int]


@dataclass(frozen=True, slots=True)
class LabelModel:
    """The models of one label.

    ``of_vector`` and ``of_form``: weights by dimension and by bucket (``scale``: what a form weight of 1 stands for), with
    the sum of both biases. ``slope`` and ``offset`` make a probability of the log-odds; from ``floor`` on it is raised.
    """

    of_vector: array[float]
    of_form: array[int]
    scale: float
    bias: float
    slope: float
    offset: float
    floor: float


@dataclass(frozen=True, slots=True)
class SemanticClassifier:
    """The models of all labels, for the vectors of the encoder that ``encoder`` names. ``version``: of the training."""

    version: str
    encoder: str
    models: dict[str, LabelModel]
    examples: tuple[Example, ...]

    def probabilities(self, text: str, vector: Sequence[float], scores: dict[str, float]) -> dict[str, float]:
        """Return how likely each label holds, from 0 to 1. ``scores``: what the rules say (``Triage.scores``)."""
        form = features(text)
        return {
            label: self._probability(model, vector, form, scores.get(label, 0.0))
            for label, model in self.models.items()
        }

    @staticmethod
    def _probability(model: LabelModel, vector: Sequence[float], form: dict[int, float], score: float) -> float:
        weight = model.of_form
        meaning = sum(map(mul, model.of_vector, vector))
        wording = model.scale * sum(weight[place] * value for place, value in form.items())
        total = (meaning + wording + model.bias) / 2 + RULES_COUNT * score
        return round(_sigmoid(model.slope * total + model.offset), 4)

    def nearest(self, label: str, vector: Sequence[float], most: int = EXAMPLES_SHOWN) -> list[Example]:
        """Return the examples of a label that ``vector`` comes nearest to, the nearest first."""
        near = [
            (sum(map(mul, example.vector, vector)) / math.sqrt(sum(map(mul, example.vector, example.vector))), example)
            for example in self.examples
            if label in example.labels
        ]
        near.sort(key=lambda pair: (-pair[0], pair[1].id))
        return [example for _, example in near[:most]]

    def example(self, id: str) -> Example | None:
        """Return the example with this id (``EXAMPLE`` and a number), None if there is none."""
        return next((example for example in self.examples if example.id == id), None)

    def revise(self, result: Triage, text: str, vector: Sequence[float]) -> Triage:
        """Return what the rules said of ``text``, ``result``, with what the classifier adds, takes back, and how sure it is.

        ``vector``: of the same text, by the encoder ``self.encoder``, of length 1. Of a text in another language than
        ``LANGUAGES`` nothing is said, and of one whose own words do not show its language, whatever was declared.
        """
        if result.lang not in LANGUAGES or not any(vector):
            return result
        if language.detect(Reading(text).tokens, None, shipped()) != result.lang:
            return result
        likely = self.probabilities(text, vector, result.scores)
        raised = {label for label in LABELS if self._is_raised(label, likely, result, text)}
        if raised == {"spam"}:  # what else the rules heard keeps it in the inbox
            raised |= set(result.labels)
        if "abuse" in raised and raised & REASONS_TO_ANSWER:
            raised.add("call_for_help")
        if "call_for_help" in raised:
            likely["call_for_help"] = likely["abuse"]
        whole = (0, min(len(text), MAX_CHARS))
        evidence: dict[str, list[Span]] = {}
        for label in (label for label in LABELS if label in raised):
            near = () if label in result.labels else self.nearest(label, vector)
            evidence[label] = result.evidence.get(label) or [(*whole, example.id) for example in near]
        if "call_for_help" in raised:
            evidence["call_for_help"] = evidence["call_for_help"] or evidence["abuse"]
        probable = {label: likely[label] for label in LABELS if likely.get(label, 0.0) >= LEAST or label in raised}
        ranks = {label: score for label, score in result.scores.items() if label == "tip"}
        return result._replace(
            labels=tuple(label for label in LABELS if label in raised),
            scores=stages.ranked({**probable, **ranks}, raised, result.tip_score),
            evidence=evidence,
            certainty={label: likely[label] for label in LABELS if label in raised},
        )

    def _is_raised(self, label: str, likely: dict[str, float], result: Triage, text: str) -> bool:
        if label not in self.models:
            return label in result.labels
        likely_enough = likely[label] >= self.models[label].floor
        if label in result.labels:
            return likely_enough or label in NEVER_TAKEN_BACK
        if label == "spam":
            return likely_enough and stages.offers_and_tells_how(text, result.lang)
        if label == "abuse":
            sure = likely[label] >= SURE or (likely_enough and stages.has_insult(text, result.lang))
            return sure and not stages.is_not_the_authors_own(text, result.lang)
        return likely_enough


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))


def dump(classifier: SemanticClassifier) -> bytes:
    """Return what ``parse`` reads: a line of JSON, then the weights of each label and the examples' vectors, compressed."""
    models = classifier.models
    head = {
        "format": FORMAT,
        "version": classifier.version,
        "encoder": classifier.encoder,
        "dimension": len(next(iter(models.values())).of_vector),
        "labels": {
            label: [model.scale, model.bias, model.slope, model.offset, model.floor] for label, model in models.items()
        },
        "examples": [[example.id, example.text, list(example.labels)] for example in classifier.examples],
    }
    parts = [json.dumps(head, ensure_ascii=True).encode() + b"\n"]
    parts += [_little(model.of_vector).tobytes() for model in models.values()]
    parts += [model.of_form.tobytes() for model in models.values()]
    parts += [example.vector.tobytes() for example in classifier.examples]
    return lzma.compress(b"".join(parts), preset=9)


def parse(packed: bytes) -> SemanticClassifier:
    """Return the classifier that ``dump`` wrote. Raises ValueError if ``packed`` is something else."""
    try:
        line, _, rest = lzma.decompress(packed).partition(b"\n")
        head: dict[str, Any] = json.loads(line)
        if head["format"] != FORMAT:
            raise ValueError(f"format {head['format']} is not {FORMAT}")
        size, place = int(head["dimension"]), 0

        def take(code: str, count: int) -> array[Any]:
            nonlocal place
            values = array(code)
            values.frombytes(rest[place : place + count * values.itemsize])
            if len(values) != count:
                raise ValueError("it ends too early")
            place += count * values.itemsize
            return values

        of_vector = {label: _little(take("f", size)) for label in head["labels"]}
        of_form = {label: take("b", BUCKETS) for label in head["labels"]}
        models = {
            label: LabelModel(of_vector[label], of_form[label], *map(float, numbers))
            for label, numbers in head["labels"].items()
        }
        examples = tuple(Example(id, text, tuple(labels), take("b", size)) for id, text, labels in head["examples"])
        return SemanticClassifier(str(head["version"]), str(head["encoder"]), models, examples)
    except (lzma.LZMAError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a semantic classifier: {error}") from error


def _little(values: array[Any]) -> array[Any]:
    """Return ``values`` in the order of bytes in which they lie in the file."""
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values


@cache
def _shipped() -> SemanticClassifier:
    return parse(SHIPPED.read_bytes())


def shipped_for(encoder: str) -> SemanticClassifier | None:
    """Return the shipped classifier if it was trained with the encoder whose version is ``encoder``; else None."""
    classifier = _shipped()
    return classifier if classifier.encoder == encoder else None
