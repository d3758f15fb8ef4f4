"""Carrying a new version of the rules over to history, a batch at a time, with what it takes to take it back.

`replay` says what changes and writes; here is kept what each reaction carried before: labels and places, never a word.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import Refused
from smeditor.insight.intake import BATCH
from smeditor.insight.replay import older_than, replay
from smeditor.insight.triage import mask, shipped
from smeditor.insight.triage.stages import MASK
from smeditor.leases import lease
from smeditor.models import Reaction, ReactionFlag, Replay, ReplayChange

By = ReactionFlag.By
MACHINE = [By.RULES, By.MODEL]
AT_ONCE = 1000
"""Reactions gone through while the editor waits; the worker does the rest."""
LEASE_SECONDS = 300
FLAG = ("flag", "present", "by", "score", "because")
BEFORE = ("triage_version", "tip_score", "tray", "tray_reason")


def begin(user, now: datetime | None = None) -> Replay:
    """Start carrying the rules in force over to history. Raises Refused when nothing is older, or one is in work."""
    version = shipped().version
    with transaction.atomic():
        if Replay.objects.select_for_update().filter(finished_at__isnull=True, undone_at__isnull=True).exists():
            raise Refused(_("The rules are being applied already: the worker is at it."))
        if not older_than(version).exists():
            raise Refused(_("Nothing was labelled by older rules."))
        row = Replay.objects.create(version=version, user=user, at=now or timezone.now())
        log(instance=row, action="smeditor.rules_replayed", user=user)
    return proceed(row, AT_ONCE)


def run_due(now: datetime) -> int:
    """Go on with what was begun; returns how many reactions were gone through."""
    row = Replay.objects.filter(finished_at__isnull=True, undone_at__isnull=True).first()
    if row is None:
        return 0
    with lease("insight.replay", now, LEASE_SECONDS) as mine:
        if not mine:
            return 0
        before = row.read
        return proceed(row, AT_ONCE).read - before


def proceed(row: Replay, most: int) -> Replay:
    """Go through at most ``most`` further reactions, the newest first, and mark the end when none is left."""
    if row.version != shipped().version:  # newer rules came meanwhile: what is left is theirs
        Replay.objects.filter(pk=row.pk).update(finished_at=timezone.now())
        return Replay.objects.get(pk=row.pk)
    for _step in range(0, most, BATCH):
        if not _batch(row):
            Replay.objects.filter(pk=row.pk).update(finished_at=timezone.now())
            break
    return Replay.objects.get(pk=row.pk)


@transaction.atomic
def _batch(row: Replay) -> int:
    rows = older_than(row.version).select_related("words").prefetch_related("flags")
    snapshots = {one.pk: _snapshot(one) for one in rows[:BATCH]}
    if not snapshots:
        return 0
    replay(apply=True, limit=len(snapshots), now=row.at)
    after = Reaction.objects.filter(pk__in=snapshots, triaged_at=row.at).select_related("words")
    changes = []
    for one in after.prefetch_related("flags"):
        flags, before = snapshots[one.pk]
        now_flags, now_before = _snapshot(one)
        same = {**before, "triage_version": row.version, "tip_score": now_before["tip_score"]} == now_before
        if not same or _said(flags) != _said(now_flags):
            kept = {**before, "moved_to": one.tray}
            changes.append(ReplayChange(replay=row, reaction=one, flags=flags, before=kept))
    ReplayChange.objects.bulk_create(changes)
    Replay.objects.filter(pk=row.pk).update(read=F("read") + len(snapshots), changed=F("changed") + len(changes))
    return len(snapshots)


def _snapshot(reaction: Reaction) -> tuple[list[dict], dict]:
    flags = [{name: getattr(flag, name) for name in FLAG} for flag in reaction.flags.all() if flag.by in MACHINE]
    before = {name: getattr(reaction, name) for name in BEFORE}
    return flags, {**before, "mask": _hidden(reaction.words.masked)}


def _said(flags: list[dict]) -> set[tuple[str, bool]]:
    return {(flag["flag"], flag["present"]) for flag in flags}


def _hidden(masked: str) -> list[list[int]]:
    """[[start, end]] of what ``masked`` hides: places, so that no word is kept twice."""
    places = [at for at, char in enumerate(masked) if char == MASK]
    runs = (list(run) for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0]))
    return [[run[0][1], run[-1][1] + 1] for run in runs]


@transaction.atomic
def undo(row: Replay, user, now: datetime | None = None) -> int:
    """Put labels and trays back as they were, but for what was read again or moved by somebody since.

    Returns how many reactions went back. Raises Refused when it was undone before.
    """
    row = Replay.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.undone_at:
        raise Refused(_("This was undone already."))
    row.undone_at = now or timezone.now()
    row.save(update_fields=["undone_at"])
    back = 0
    changes = row.changes.filter(reaction__triaged_at=row.at, reaction__triage_version=row.version)
    for change in changes.select_related("reaction__words").iterator(chunk_size=BATCH):
        _restore(change)
        back += 1
    log(instance=row, action="smeditor.replay_undone", user=user)
    return back


def _restore(change: ReplayChange) -> None:
    reaction, before = change.reaction, change.before
    reaction.triage_version, reaction.tip_score = before["triage_version"], before["tip_score"]
    if reaction.tray == before["moved_to"]:
        reaction.tray, reaction.tray_reason = before["tray"], before["tray_reason"]
    reaction.save(update_fields=["triage_version", "tip_score", "tray", "tray_reason"])
    words = getattr(reaction, "words", None)
    if words is not None:
        words.masked = mask(words.text, [(start, end) for start, end in before["mask"]]) if before["mask"] else ""
        words.save(update_fields=["masked"])
    reaction.flags.filter(by__in=MACHINE).delete()
    rows = [ReactionFlag(reaction=reaction, **flag) for flag in change.flags]
    ReactionFlag.objects.bulk_create(rows, ignore_conflicts=True)
