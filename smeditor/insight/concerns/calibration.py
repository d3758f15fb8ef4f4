"""The weights that say whether two reactions raise the same, as this newsroom's editors have moved them."""

from __future__ import annotations

from django.db.models import Count, Max, QuerySet

from smeditor.insight.same_concern.probability import Example, PairWeights, moved, names, pair_weights
from smeditor.models import ConcernQuestion

Answer = ConcernQuestion.Answer
LATEST = 1_000
"""Answers that count, the newest: what a newsroom's readers write changes."""

_kept: dict[str, tuple[object, PairWeights]] = {}


def weights_for(kind: str) -> PairWeights:
    """Return the weights of one kind, moved by what editors have answered so far."""
    rows = answers(kind)
    state = rows.order_by().aggregate(last=Max("answered_at"), number=Count("pk"))
    if kind not in _kept or _kept[kind][0] != state:
        size = len(names(kind))
        latest = rows.values_list("evidence", "answer")[:LATEST]
        examples = [Example(tuple(values), answer == Answer.SAME) for values, answer in latest if len(values) == size]
        _kept[kind] = state, moved(pair_weights(kind), examples)
    return _kept[kind][1]


def answers(kind: str) -> QuerySet[ConcernQuestion]:
    """Return what editors have answered about pairs that weights of this kind had judged, the newest first."""
    rows = ConcernQuestion.objects.filter(kind=kind, answer__in=[Answer.SAME, Answer.DIFFERENT])
    return rows.order_by("-answered_at")


def forget() -> None:
    """Drop what this process remembers."""
    _kept.clear()
