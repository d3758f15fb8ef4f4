"""Carrying a new version of the rules over to history, a batch at a time, with what it takes to take it back.

``rerun`` says what changes and writes; here is kept what each reaction carried before: labels and places, never a word.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import Refused
from smeditor.insight.labels.intake import BATCH, MACHINE
from smeditor.insight.labels.rerun import older_than, rerun
from smeditor.insight.triage import mask, shipped
from smeditor.insight.triage.stages import MASK
from smeditor.leases import lease
from smeditor.models import Reaction, ReactionLabel, Rerun, RerunChange

By = ReactionLabel.By
AT_ONCE = 1000
"""Reactions gone through while the editor waits; the worker does the rest."""
LEASE_SECONDS = 300
LABEL_FIELDS = ("label", "present", "by", "score", "evidence")
BEFORE = ("triage_version", "queue", "queue_reason")


def begin(user: Any, now: datetime | None = None) -> Rerun:
    """Start carrying the rules in force over to history. Raises Refused when nothing is older, or one is in work."""
    version = shipped().version
    with transaction.atomic():
        if Rerun.objects.select_for_update().filter(finished_at__isnull=True, undone_at__isnull=True).exists():
            raise Refused(_("The rules are being applied already: the worker is at it."))
        if not older_than(version).exists():
            raise Refused(_("Nothing was labelled by older rules."))
        row = Rerun.objects.create(version=version, user=user, at=now or timezone.now())
        log(instance=row, action="smeditor.rules_replayed", user=user)
    return proceed(row, AT_ONCE)


def run_due(now: datetime) -> int:
    """Go on with what was begun; returns how many reactions were gone through."""
    row = Rerun.objects.filter(finished_at__isnull=True, undone_at__isnull=True).first()
    if row is None:
        return 0
    with lease("insight.replay", now, LEASE_SECONDS) as mine:
        if not mine:
            return 0
        before = row.read
        return proceed(row, AT_ONCE).read - before


def proceed(row: Rerun, most: int) -> Rerun:
    """Go through at most ``most`` further reactions, the newest first, and mark the end when none is left."""
    if row.version != shipped().version:  # newer rules came meanwhile: what is left is theirs
        Rerun.objects.filter(pk=row.pk).update(finished_at=timezone.now())
        return Rerun.objects.get(pk=row.pk)
    for _step in range(0, most, BATCH):
        if not _batch(row):
            Rerun.objects.filter(pk=row.pk).update(finished_at=timezone.now())
            break
    return Rerun.objects.get(pk=row.pk)


@transaction.atomic
def _batch(row: Rerun) -> int:
    rows = older_than(row.version).select_related("content").prefetch_related("labels")
    snapshots = {reaction.pk: _snapshot(reaction) for reaction in rows[:BATCH]}
    if not snapshots:
        return 0
    rerun(apply=True, limit=len(snapshots), now=row.at)
    after = Reaction.objects.filter(pk__in=snapshots, triaged_at=row.at).select_related("content")
    changes = []
    for reaction in after.prefetch_related("labels"):
        labels, before = snapshots[reaction.pk]
        now_labels, now_before = _snapshot(reaction)
        same = {**before, "triage_version": row.version} == now_before
        if not same or _label_values(labels) != _label_values(now_labels):
            kept = {**before, "moved_to": reaction.queue}
            changes.append(RerunChange(rerun=row, reaction=reaction, labels=labels, before=kept))
    RerunChange.objects.bulk_create(changes)
    Rerun.objects.filter(pk=row.pk).update(read=F("read") + len(snapshots), changed=F("changed") + len(changes))
    return len(snapshots)


def _snapshot(reaction: Reaction) -> tuple[list[dict], dict]:
    labels = [
        {name: getattr(label, name) for name in LABEL_FIELDS} for label in reaction.labels.all() if label.by in MACHINE
    ]
    before = {name: getattr(reaction, name) for name in BEFORE}
    return labels, {**before, "mask": _hidden(reaction.content.masked)}


def _label_values(labels: list[dict]) -> set[tuple[str, bool]]:
    return {(label["label"], label["present"]) for label in labels}


def _hidden(masked: str) -> list[list[int]]:
    """[[start, end]] of what ``masked`` hides: places, so that no word is kept twice."""
    places = [at for at, char in enumerate(masked) if char == MASK]
    runs = (list(run) for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0]))
    return [[run[0][1], run[-1][1] + 1] for run in runs]


@transaction.atomic
def undo(row: Rerun, user: Any, now: datetime | None = None) -> int:
    """Put labels and queues back as they were, but for what was read again or moved by somebody since.

    Returns how many reactions went back. Raises Refused when it was undone before.
    """
    row = Rerun.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.undone_at:
        raise Refused(_("This was undone already."))
    row.undone_at = now or timezone.now()
    row.save(update_fields=["undone_at"])
    back = 0
    changes = row.changes.filter(reaction__triaged_at=row.at, reaction__triage_version=row.version)
    for change in changes.select_related("reaction__content").iterator(chunk_size=BATCH):
        _restore(change)
        back += 1
    log(instance=row, action="smeditor.rerun_undone", user=user)
    return back


def _restore(change: RerunChange) -> None:
    reaction, before = change.reaction, change.before
    reaction.triage_version = before["triage_version"]
    if reaction.queue == before["moved_to"]:
        reaction.queue, reaction.queue_reason = before["queue"], before["queue_reason"]
    reaction.save(update_fields=["triage_version", "queue", "queue_reason"])
    content = getattr(reaction, "content", None)
    if content is not None:
        content.masked = mask(content.text, [(start, end) for start, end in before["mask"]]) if before["mask"] else ""
        content.save(update_fields=["masked"])
    reaction.labels.filter(by__in=MACHINE).delete()
    rows = [ReactionLabel(reaction=reaction, **label) for label in change.labels]
    ReactionLabel.objects.bulk_create(rows, ignore_conflicts=True)
