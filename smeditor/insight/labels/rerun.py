"""Re-runs: what the rules in force would say of reactions that older rules have labelled.

``rerun`` shows the difference and writes nothing; with ``apply`` it writes it, a batch at a time, so that a long history
can be gone through in several calls. What an editor or the reader has said stays in either case.
"""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from smeditor.insight.labels import intake
from smeditor.insight.labels.intake import READ_WITH, Read
from smeditor.insight.triage import LABELS, RuleBook, shipped
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Reaction, ReactionLabel

LIMIT = 5000
EXAMPLES = 20


@dataclass(slots=True)
class LabelDifference:
    """How one label changes: how many reactions gain and lose it, and the ids of the newest of them."""

    raised: int = 0
    lowered: int = 0
    raised_examples: list[int] = field(default_factory=list)
    lowered_examples: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Rerun:
    """What a new version of the rules changes in what is stored.

    ``version``: of the rules that were run again. ``older``: how many reactions each older version had labelled, among
    those read. ``read``: reactions read; ``changed``: those of them in which a label, a queue or the masking changes.
    ``labels``: by label, in the order of ``LABELS``, those that change. ``queue_changes``: (queue before, queue after) → how many. ``masked``: masking
    changes in so many. ``applied``: whether it was written. Only ids, never a reader's text: whoever shows an example
    checks first whether its viewer may see it.
    """

    version: str
    applied: bool
    read: int = 0
    changed: int = 0
    masked: int = 0
    older: Counter[str] = field(default_factory=Counter)
    labels: dict[str, LabelDifference] = field(default_factory=dict)
    queue_changes: Counter[tuple[str, str]] = field(default_factory=Counter)


def older_than(version: str) -> QuerySet[Reaction]:
    """Return the triaged reactions with words whose labels come from another version of the rules, newest first."""
    # Two ranges of an index, of which there is nothing once all was read by the rules in force.
    other = Q(triage_version__lt=version) | Q(triage_version__gt=version)
    rows = Reaction.objects.filter(other, triaged_at__isnull=False, content__isnull=False)
    return rows.exclude(kept_only_by_hold()).order_by("-pk")


def rerun(
    *, book: RuleBook | None = None, apply: bool = False, limit: int = LIMIT, now: datetime | None = None
) -> Rerun:
    """Read history again, newest first, by ``book`` (the rules in force if None), and return what changes.

    At most ``limit`` reactions are read in one call. With ``apply`` the new labels, queues and masked words are
    stored, with ``now`` (aware; the present time if None) as the time of triage, and the next call goes on with what
    :func:`older_than` still finds. Raises ValueError for a ``limit`` below 1, and for ``apply`` with other rules than those in force:
    the next reaction would be read by different ones.
    """
    if limit < 1:
        raise ValueError("The limit must be at least 1.")
    rules = book or shipped()
    if apply and rules.version != shipped().version:
        raise ValueError("Only the rules in force can be applied; others can be looked at.")
    result = Rerun(rules.version, apply)
    moment = now or timezone.now()
    left, below = limit, None
    while left > 0:
        with transaction.atomic() if apply else nullcontext():
            reactions = _next(rules.version, below, min(intake.BATCH, left), lock=apply)
            before = {
                reaction.pk: (reaction.queue, reaction.content.masked, reaction.triage_version)
                for reaction in reactions
            }
            read = intake.read_all(reactions, rules)
            for item in read:
                _compare(result, item, *before[item.reaction.pk])
            if apply:
                intake.keep(read, moment)
        if not reactions:
            break
        left, below = left - len(reactions), reactions[-1].pk
    result.labels = {label: result.labels[label] for label in LABELS if label in result.labels}
    return result


def _next(version: str, below: int | None, size: int, *, lock: bool) -> list[Reaction]:
    """Return the next batch of history, with the labels that rules gave it."""
    rows = older_than(version) if below is None else older_than(version).filter(pk__lt=below)
    if lock and intake.locks():
        rows = rows.select_for_update(of=("self",))
    taken_back = Q(by=ReactionLabel.By.MODEL, present=False)  # by a trained model: the rules had said it
    by_rules = ReactionLabel.objects.filter(
        Q(by__in=[ReactionLabel.By.RULES, ReactionLabel.By.MEANING], present=True) | taken_back
    )
    rows = rows.select_related(*READ_WITH).prefetch_related(Prefetch("labels", by_rules, to_attr="by_rules"))
    return list(rows[:size])


def _compare(result: Rerun, item: Read, queue: str, masked: str, version: str) -> None:
    result.read += 1
    result.older[version] += 1
    old = {row.label for row in item.reaction.by_rules}  # type: ignore[attr-defined]  # prefetched by ``_batches``
    new = set(item.labels)
    for label in new - old:
        difference = result.labels.setdefault(label, LabelDifference())
        difference.raised += 1
        _example(difference.raised_examples, item)
    for label in old - new - item.decided:
        difference = result.labels.setdefault(label, LabelDifference())
        difference.lowered += 1
        _example(difference.lowered_examples, item)
    hidden = (item.result.masked or "") != masked
    result.masked += hidden
    moved = item.queue[0] != queue
    if moved:
        result.queue_changes[queue, item.queue[0]] += 1
    result.changed += bool(hidden or moved or new ^ (old - item.decided))


def _example(examples: list[int], item: Read) -> None:
    if len(examples) < EXAMPLES:
        examples.append(item.reaction.pk)
