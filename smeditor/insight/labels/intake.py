"""Triage of what came in: labels with their reasons, queues, and the claimed errors put before an editor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from smeditor.articles import article_adapter
from smeditor.exceptions import DATABASE_TROUBLE
from smeditor.insight.corrections.requests import open_requests
from smeditor.insight.labels import trained_models
from smeditor.insight.labels.comparison import classifier_in_force, stored_vectors
from smeditor.insight.meaning.encoder import Vector
from smeditor.insight.triage import AIMED_AT_JOURNALIST, LABELS, Context, RuleBook, Triage, triage
from smeditor.insight.triage.semantic import SemanticClassifier
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Concern, ConcernMember, Label, Reaction, ReactionLabel
from smeditor.models.bulk import update_rows
from smeditor.models.reactions import OLDEST_FIRST
from smeditor.text.addressing import addressed_to

logger = logging.getLogger("smeditor.insight")

BATCH = 200
READ_WITH = ("content", "account", "article", "concern_member__concern")
"""What ``read_all`` reads of a reaction, to be selected with it."""
By = ReactionLabel.By
MACHINE = (By.RULES, By.MEANING, By.MODEL)
"""Who sets labels that the next triage may change."""
Queue = Reaction.Queue


def run_due(now: datetime, limit: int = 2000) -> int:
    """Triage the reactions with words that have not been, oldest first; at most ``limit``. Returns how many."""
    done = 0
    while done < limit:
        batch = _triage_batch(now, min(BATCH, limit - done))
        done += batch
        if batch < BATCH:
            break
    return done


def locks() -> bool:
    """Tell whether the database can lock single rows and pass over those that somebody else has locked."""
    return connection.features.has_select_for_update_skip_locked


def _waiting() -> QuerySet[Reaction]:
    """The few whose index is ``smeditor_reaction_to_label``; what they are is found without reading the others."""
    rows = Reaction.objects.filter(triaged_at__isnull=True, kind__in=Reaction.KINDS_WITH_TEXT, content__isnull=False)
    queryset = rows.exclude(kept_only_by_hold()).order_by(OLDEST_FIRST)
    if locks():
        return queryset.select_for_update(skip_locked=True, of=("self",))
    return queryset


@transaction.atomic
def _triage_batch(now: datetime, size: int) -> int:
    # First which they are: asked for with all that is read beside them, PostgreSQL read every reaction to find none.
    keys = list(_waiting().values_list("pk", flat=True)[:size])
    rows = Reaction.objects.filter(pk__in=keys, content__isnull=False).select_related(*READ_WITH)
    reactions = list(rows.order_by(OLDEST_FIRST))
    keep(read_all(reactions), now)
    return len(reactions)


def compare_due(now: datetime, limit: int = 2000) -> int:
    """Read labels again of which the vector came later, at most ``limit``. Returns how many. ``now``: aware.

    Nothing is done where no classifier was trained for the vectors in force.
    """
    done = 0
    while done < limit and classifier_in_force() is not None:
        batch = _compare_batch(now, min(BATCH, limit - done))
        done += batch
        if batch < BATCH:
            break
    return done


def _to_relabel() -> QuerySet[Reaction]:
    """The few whose index is ``smeditor_reaction_relabel``, in any order: by the key a database would read all of them."""
    rows = Reaction.objects.filter(embedded_at__gt=F("triaged_at")).order_by()
    return rows.select_for_update(skip_locked=True, of=("self",)) if locks() else rows


@transaction.atomic
def _compare_batch(now: datetime, size: int) -> int:
    keys = list(_to_relabel().values_list("pk", flat=True)[:size])
    reactions = list(Reaction.objects.filter(pk__in=keys, content__isnull=False).select_related(*READ_WITH))
    # What was read is no longer due, whatever the clocks of two workers say.
    times = Reaction.objects.filter(pk__in=keys, embedded_at__isnull=False).values_list("embedded_at", flat=True)
    moment = max([now, *(at + timedelta(microseconds=1) for at in times if at)])
    keep(read_all(reactions), moment)
    Reaction.objects.filter(pk__in=keys, content__isnull=True).update(triaged_at=moment)
    return len(keys)


@dataclass(frozen=True, slots=True)
class Read:
    """One stored reaction, what triage says of it, and the labels on which an editor or the reader has spoken.

    ``by_rules``: what the rules alone say; ``result`` is that, or what a comparison with examples made of it.
    """

    reaction: Reaction
    result: Triage
    by_rules: Triage
    decided: frozenset[str]

    @property
    def queue(self) -> tuple[str, str]:
        """The queue in which it belongs, with the reason; where an editor put it, it stays."""
        if placed_by_machine(self.reaction):
            return _queue(self.result, self.by_rules, self.decided)
        return self.reaction.queue, self.reaction.queue_reason

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that triage raises and on which nobody else has spoken."""
        return tuple(label for label in self.result.labels if label not in self.decided)


def read_all(reactions: Sequence[Reaction], book: RuleBook | None = None) -> list[Read]:
    """Triage stored reactions that have words (selected with ``READ_WITH``), by ``book`` or the rules in force.

    Writes nothing.
    """
    decided = _decided_by_editors(reactions)
    names = lru_cache(maxsize=256)(_signed_by)
    classifier, vectors = stored_vectors([reaction.pk for reaction in reactions])
    return [
        Read(
            reaction,
            *_read(reaction, names, book, classifier, vectors.get(reaction.pk)),
            frozenset(decided.get(reaction.pk, ())),
        )
        for reaction in reactions
    ]


def keep(read: Sequence[Read], now: datetime) -> None:
    """Store what triage said: labels, queues, masked words, scores and the version. Editors' labels stay.

    The newsroom's promoted models have their word on the labels here.
    """
    reactions = [item.reaction for item in read]
    models = trained_models.promoted()
    labels: list[ReactionLabel] = []
    for item in read:
        rows = _labels(item)
        trained_models.revise(rows, item.reaction, models, item.decided)
        _note(item, frozenset(row.label for row in rows if not row.present), now)
        labels += rows
    ReactionLabel.objects.filter(reaction__in=reactions, by__in=MACHINE).delete()
    ReactionLabel.objects.bulk_create(labels, ignore_conflicts=True)
    update_rows(reactions, ["triage_version", "triaged_at", "language", "queue", "queue_reason"])
    update_rows([reaction.content for reaction in reactions], ["masked"])
    open_requests(row.reaction for row in labels if row.label == Label.CORRECTION and row.present)


def _read(
    reaction: Reaction,
    names: Callable[[Any], tuple[str, ...]],
    book: RuleBook | None,
    classifier: SemanticClassifier | None,
    vector: Vector | None,
) -> tuple[Triage, Triage]:
    """Triage what a reader says to us, without our own handle in front of it; spans are those of the whole text.

    Returns what comes of it, and what the rules alone say.
    """
    text = reaction.content.text
    ahead = addressed_to(text, reaction.account.handle) if reaction.account else 0
    context = _context(reaction)
    by_rules = triage(text[ahead:], reaction.language or None, context, book)
    if (
        Label.ABUSE in by_rules.labels and reaction.article
    ):  # who signs costs several queries, and matters to abuse alone
        context = replace(context, journalists=names(reaction.article))
        by_rules = triage(text[ahead:], reaction.language or None, context, book)
    result = by_rules
    if classifier is not None and vector is not None:
        result = classifier.revise(by_rules, text[ahead:], vector)
    return _of_whole_text(result, text, ahead), _of_whole_text(by_rules, text, ahead)


def _of_whole_text(result: Triage, text: str, ahead: int) -> Triage:
    """Return ``result``, of ``text`` from ``ahead`` on, with the spans of the whole."""
    if not ahead:
        return result
    evidence = {
        label: [(start + ahead, end + ahead, rule) for start, end, rule in spans]
        for label, spans in result.evidence.items()
    }
    return result._replace(evidence=evidence, masked=text[:ahead] + result.masked if result.masked else None)


def _signed_by(page: Any) -> tuple[str, ...]:
    try:
        return article_adapter().facts(page).author_names
    except DATABASE_TROUBLE:
        raise  # it passes, and what is stored without it stays
    except Exception:
        logger.exception("the article %s cannot be read", page.pk)
        return ()


def _context(reaction: Reaction) -> Context:
    member = getattr(reaction, "concern_member", None)
    return Context(people_in_concern=member.concern.people if member else 0)


def _decided_by_editors(reactions: Iterable[Reaction]) -> dict[int, set[str]]:
    """The labels on which an editor or the reader has spoken: the machine may not touch them."""
    decided: dict[int, set[str]] = {}
    rows = ReactionLabel.objects.filter(reaction__in=list(reactions), by__in=[By.EDITOR, By.READER]).values_list(
        "reaction_id", "label"
    )
    for reaction_id, label in rows:
        decided.setdefault(reaction_id, set()).add(label)
    return decided


def _labels(read: Read) -> list[ReactionLabel]:
    """The labels that apply; and those that the rules raised and a comparison with examples took back, as not present."""
    taken_back = set(read.by_rules.labels) - set(read.result.labels) - read.decided
    return [
        ReactionLabel(
            reaction=read.reaction,
            label=label,
            present=label not in taken_back,
            by=By.RULES if label in read.by_rules.labels and label not in taken_back else By.MEANING,
            score=read.result.scores.get(label, 0.0 if label in taken_back else 1.0),
            evidence=[list(span) for span in read.result.evidence.get(label, [])],
        )
        for label in LABELS
        if label in read.labels or label in taken_back
    ]


def _note(read: Read, taken_back: Collection[str], now: datetime) -> None:
    reaction, result = read.reaction, read.result
    reaction.triaged_at = now
    reaction.triage_version = result.version
    reaction.language = reaction.language or (result.lang if result.lang != "und" else "")
    reaction.content.masked = result.masked or ""
    queue, reason = read.queue
    if queue == Queue.SPAM and Label.SPAM in taken_back:
        queue, reason = Queue.INBOX, ""
    reaction.queue, reaction.queue_reason = queue, reason


def placed_by_machine(reaction: Reaction) -> bool:
    """Tell whether triage may move ``reaction``: no editor has put it where it lies, and it waits for nothing else."""
    reason = reaction.queue_reason
    if reaction.queue == Queue.INBOX:
        return not reason
    if reaction.queue == Queue.PROTECTED:
        return reason in ("", AIMED_AT_JOURNALIST)
    return reaction.queue == Queue.SPAM


def _queue(result: Triage, by_rules: Triage, decided: Collection[str]) -> tuple[str, str]:
    """Where triage puts a reaction. Abuse alone never moves one out of the inbox, and what an editor decided stays.

    Nothing leaves the inbox that the rules alone would leave there.
    """
    labels = tuple(label for label in result.labels if label not in decided)
    rules = tuple(label for label in by_rules.labels if label not in decided)
    if Label.ABUSE in labels and AIMED_AT_JOURNALIST in result.markers:
        return Queue.PROTECTED, AIMED_AT_JOURNALIST
    if labels == rules == (Label.SPAM,):
        return Queue.SPAM, ", ".join(rule for _, _, rule in result.evidence.get(Label.SPAM, []))[:300]
    return Queue.INBOX, ""


def relabel(reaction: Reaction, label: str, present: bool, user: Any) -> ReactionLabel:
    """Keep an editor's word on one label: it outranks the rules from now on and is a label to learn from."""
    row, _ = ReactionLabel.objects.update_or_create(
        reaction=reaction, label=label, defaults={"present": present, "by": By.EDITOR, "user": user, "score": 1.0}
    )
    trained_models.note_label(label)
    if label == Label.TIP and present:  # its words name no concern from now on
        concerns = list(ConcernMember.objects.filter(reaction=reaction).values_list("concern", flat=True))
        Concern.objects.filter(pk__in=concerns).update(evidence={})
        Concern.objects.filter(pk__in=concerns, label_by_editor=False).update(label="")
    return row
