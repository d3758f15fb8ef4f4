"""The models of a newsroom: trained from its editors' labels, compared with the rules, promoted, demoted, unlearned.

A promoted model has the last word on its label beside the rules: it adds what they miss and takes back what they should
not have said, but for the labels in ``NEVER_TAKEN_BACK``. It never moves a reaction out of the inbox.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import Refused
from smeditor.insight.labels.classifier import LabelClassifier, LabelledText, rebuild, trial
from smeditor.insight.triage import triage
from smeditor.leases import lease
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Label, Reaction, ReactionLabel, ReactionText, TrainedModel
from smeditor.permissions.visibility import any_of
from smeditor.text.addressing import addressed_to

By = ReactionLabel.By
State = TrainedModel.State
LEASE_SECONDS = 600
TRAINED = "learned"
"""What stands in place of a rule's id where a word's weight spoke."""
TOKENS_SHOWN = 5
NEVER_TAKEN_BACK = frozenset({Label.TIP, Label.ABUSE, Label.CALL_FOR_HELP})
"""What a model may raise and never lower: a tip that is not shown or a cry for help that is not heard is worse than one
label too many."""
PENDING_LEAST, PENDING_SHARE = 20, 0.1
"""New labels after which a model is rebuilt by itself: so many, or that share of those it has."""
AT_ONCE = 1000
"""Labels up to which a model is rebuilt while the editor waits; more are left to the worker."""
EXPORTED = 50
"""Labels that are read at once for an export."""


def own_text(reaction: Reaction) -> str:
    """What a reader says to us, without our own handle in front of it: what models read and learn from."""
    return _without_our_handle(reaction, reaction.content.text)


def shown_text(reaction: Reaction) -> str:
    """The same as people may see it: with what the desk masks masked."""
    return _without_our_handle(reaction, reaction.content.masked or reaction.content.text)


def _without_our_handle(reaction: Reaction, text: str) -> str:
    return text[addressed_to(text, reaction.account.handle) :] if reaction.account else text


def labelled(label: str) -> QuerySet[ReactionLabel]:
    """What editors said of one label, of reactions whose words are still there; the oldest first."""
    rows = ReactionLabel.objects.filter(label=label, by=By.EDITOR, reaction__content__isnull=False)
    rows = rows.exclude(reaction__content__text="").exclude(kept_only_by_hold(to="reaction__"))
    return rows.order_by("at", "pk")


def labels_of(label: str) -> list[LabelledText]:
    """The labels to train a model of ``label`` with, beside what the rules of today say of the same words."""
    rows = labelled(label).select_related("reaction__content", "reaction__account")
    return [_label(row.label, row.reaction, row.present) for row in rows.iterator(chunk_size=500)]


def _label(label: str, reaction: Reaction, value: bool) -> LabelledText:
    text = own_text(reaction)
    score = triage(text, reaction.language or None).scores.get(label, 0.0)
    return LabelledText(str(reaction.pk), text, value, score)


def note_label(label: str) -> None:
    """An editor has set or taken off a label: there is something new to learn from."""
    if not TrainedModel.objects.filter(label=label).update(pending_labels=F("pending_labels") + 1):
        TrainedModel.objects.get_or_create(label=label, defaults={"pending_labels": 1})


def run_due(now: datetime) -> int:
    """Rebuild the models that somebody asked for, that must forget, or that have enough to learn. Returns how many."""
    enough = Q(asked=True) | Q(pending_labels__gte=PENDING_LEAST) & Q(pending_labels__gte=F("labels") * PENDING_SHARE)
    if not TrainedModel.objects.filter(enough).exists():
        return 0
    with lease("insight.learning", now, LEASE_SECONDS) as mine:
        due = list(TrainedModel.objects.filter(enough).values_list("label", flat=True)) if mine else []
        for label in due:
            retrain(label, now)
        return len(due)


def retrain(label: str, now: datetime | None = None) -> TrainedModel:
    """Rebuild the model of ``label`` from all labels that are still there, and measure it.

    A promoted model that no longer meets the conditions goes back into the shadow.
    """
    row = TrainedModel.objects.get_or_create(label=label)[0]
    pending_labels, known = row.pending_labels, labels_of(label)
    result = trial(label, known)
    weights = rebuild(label, known).to_json() if known else ""
    with transaction.atomic():
        row = TrainedModel.objects.select_for_update().get(pk=row.pk)
        row.weights = weights if _all_there(known) else ""
        row.asked = not row.weights and bool(known)
        row.labels, row.positives, row.missing = result.labels, result.positives, list(result.missing)
        row.model_ap, row.rules_ap = result.model_ap, result.rules_ap
        row.precision, row.recall = result.precision, result.recall
        row.pending_labels, row.trained_at = max(0, row.pending_labels - pending_labels), now or timezone.now()
        row.save()
        if row.state == State.PROMOTED and not result.ready:
            _demote(row, None)
    return row


def _all_there(known: Iterable[LabelledText]) -> bool:
    """Whether no reader took words back while a model was made of them."""
    ids = [int(label.id) for label in known]
    there = sum(ReactionText.objects.filter(reaction__in=ids[at : at + 500]).count() for at in range(0, len(ids), 500))
    return there == len(ids)


def ask(label: str) -> bool:
    """Rebuild a model: at once where that is quick, else at the worker's next look. Returns whether it is done."""
    if labelled(label).count() <= AT_ONCE:
        retrain(label)
        return True
    TrainedModel.objects.update_or_create(label=label, defaults={"asked": True})
    return False


@transaction.atomic
def promote(label: str, user: Any) -> TrainedModel:
    """Let a model have its word from now on. Raises Refused where it has not shown yet that it is better."""
    row = TrainedModel.objects.select_for_update().filter(label=label).first()
    if row is None or row.missing or not row.weights:
        raise Refused(_("This model has not shown yet that it is better than the rules: it stays in shadow."))
    row.state, row.promoted_by, row.promoted_at = State.PROMOTED, user, timezone.now()
    row.save(update_fields=["state", "promoted_by", "promoted_at"])
    log(instance=row, action="smeditor.model_promoted", user=user)
    return row


@transaction.atomic
def demote(label: str, user: Any) -> None:
    """Put a model back into the shadow and take back what it did: the labels are again what the rules say.

    Raises Refused when it is not promoted.
    """
    row = TrainedModel.objects.select_for_update().filter(label=label, state=State.PROMOTED).first()
    if row is None:
        raise Refused(_("This model is in the shadow already."))
    _demote(row, user)


def _demote(row: TrainedModel, user: Any) -> None:
    row.state, row.promoted_by, row.promoted_at = State.SHADOW, None, None
    row.save(update_fields=["state", "promoted_by", "promoted_at"])
    its_own = ReactionLabel.objects.filter(label=row.label, by=By.MODEL)
    its_own.filter(present=True).delete()
    its_own.filter(present=False).update(present=True, by=By.RULES)
    log(instance=row, action="smeditor.model_demoted", user=user)


@lru_cache(maxsize=2 * len(Label))
def _read(label: str, trained_at: datetime) -> LabelClassifier:
    """The model of one training, read once in a process."""
    return LabelClassifier.from_json(TrainedModel.objects.get(label=label).weights)


def model_of(row: TrainedModel) -> LabelClassifier | None:
    """The model as it was trained last; None where there is none, or it must be rebuilt first."""
    if not row.weights or row.trained_at is None:
        return None
    return _read(row.label, row.trained_at)


def promoted() -> dict[str, LabelClassifier]:
    """The models that have their word, by label."""
    rows = TrainedModel.objects.filter(state=State.PROMOTED).exclude(weights="").defer("weights")
    return {row.label: _read(row.label, row.trained_at) for row in rows if row.trained_at}


def revise(
    rows: list[ReactionLabel], reaction: Reaction, models: dict[str, LabelClassifier], decided: Collection[str]
) -> None:
    """Let promoted models have their word on what the rules said of one reaction: ``rows``, which it changes.

    What a model takes back stays as a row that says so; ``decided``: labels on which a person has spoken.
    """
    if not models:
        return
    text = own_text(reaction)
    ahead = len(reaction.content.text) - len(text)
    by_label = {row.label: row for row in rows}
    for label, model in models.items():
        if label in decided:
            continue
        probability = model.probability(text)
        raises = probability >= model.threshold
        if raises and (label not in by_label or not by_label[label].present):
            evidence = spoken(model, text, ahead)
            score = round(probability, 4)
            if label in by_label:
                rows.remove(by_label[label])
            rows.append(ReactionLabel(reaction=reaction, label=label, by=By.MODEL, score=score, evidence=evidence))
        elif label in by_label and not raises and label not in NEVER_TAKEN_BACK:
            by_label[label].by, by_label[label].present = By.MODEL, False


def spoken(model: LabelClassifier, text: str, ahead: int = 0) -> list[list]:
    """[[start, end, "learned"]] of the words that spoke most for the label, moved by ``ahead`` characters."""
    spans = []
    for word, weight in model.explain(text, TOKENS_SHOWN):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) if weight > 0 else None
        if found:
            spans.append([found.start() + ahead, found.end() + ahead, TRAINED])
    return sorted(spans)


@dataclass(frozen=True, slots=True)
class Difference:
    """One reaction of which the model and the rules think differently."""

    reaction: Reaction
    probability: float
    rules: bool
    tokens: list[tuple[str, float]]


def differences(model: LabelClassifier, reactions: Iterable[Reaction], most: int = 10) -> list[Difference]:
    """The ``reactions`` (with words and labels) on which ``model`` and the rules differ, the surest first.

    What a person has said something about is left out: there nothing is open.
    """
    found = []
    for reaction in reactions:
        row = next((row for row in reaction.labels.all() if row.label == model.label), None)
        if row is not None and row.by in {By.EDITOR, By.READER}:
            continue
        rules = row is not None and (row.by == By.RULES or not row.present)
        text = own_text(reaction)
        probability = model.probability(text)
        if rules != (probability >= model.threshold):
            tokens = model.explain(text, TOKENS_SHOWN)
            found.append(Difference(reaction, round(probability, 2), rules, tokens))
    return sorted(found, key=lambda difference: -abs(difference.probability - model.threshold))[:most]


def export(labels: Iterable[str], reactions: QuerySet[Reaction]) -> Iterator[str]:
    """The editors' labels of ``reactions`` as JSON Lines: {"flag", "value", "by", "at", "lang", "text"}.

    What is masked on the desk is masked here, too.
    """
    for label in labels:
        rows = labelled(label).filter(any_of(reactions.filter(pk=OuterRef("reaction"))))
        for row in _in_batches(rows.select_related("reaction__content", "reaction__account", "user")):
            line = {
                "flag": row.label,
                "value": row.present,
                "by": row.user.get_username() if row.user else "",
                "at": row.at.isoformat(),
                "lang": row.reaction.language,
                "text": shown_text(row.reaction),
            }
            yield json.dumps(line, ensure_ascii=False) + "\n"


def _in_batches(rows: QuerySet[ReactionLabel]) -> Iterator[ReactionLabel]:
    """``rows`` in the order of time, each batch from the index: read as a whole they would all be sorted before the first."""
    batch = list(rows[:EXPORTED])
    while batch:
        yield from batch
        at, pk = batch[-1].at, batch[-1].pk
        batch = list(rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk), at__gte=at)[:EXPORTED])
