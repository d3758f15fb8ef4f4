"""Proposals that concerns of two languages are the same one. Found by what both name; an editor accepts or rejects."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from smeditor.insight.concerns.grouper_memory import Memory
from smeditor.models import Concern, ConcernMatch

EVERY = timedelta(minutes=10)
"""Time between two searches for proposals: each goes through all concerns in memory."""
LEAST_PEOPLE = 2
State = ConcernMatch.State


def propose(memory: Memory, now: datetime) -> int:
    """Keep the proposals that ``memory`` sees and nobody has seen before; at most every ``EVERY``. Returns how many."""
    if memory.bridged_at is not None and now - memory.bridged_at < EVERY:
        return 0
    memory.bridged_at = now
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for match in memory.grouper.cross_language_matches():
        rows = sorted(memory.row_of[group] for group in (match.first, match.second) if group in memory.row_of)
        if len(rows) == 2 and rows[0] != rows[1]:
            found.setdefault((rows[0], rows[1]), match.evidence)
    living = set(
        Concern.objects.filter(pk__in={pk for pair in found for pk in pair}, people__gte=LEAST_PEOPLE)
        .filter(merged_into__isnull=True)
        .exclude(state=Concern.State.DECLINED)
        .values_list("pk", flat=True)
    )
    new = [
        ConcernMatch(first_id=first, second_id=second, evidence=list(evidence))
        for (first, second), evidence in found.items()
        if first in living and second in living
    ]
    before = ConcernMatch.objects.count()
    ConcernMatch.objects.bulk_create(new, ignore_conflicts=True)
    return ConcernMatch.objects.count() - before


def open_ones(concern: Concern | None = None) -> QuerySet[ConcernMatch]:
    """The proposals that wait for an editor, of one concern or of all; both sides must still stand."""
    rows = ConcernMatch.objects.filter(
        state=State.OPEN, first__merged_into__isnull=True, second__merged_into__isnull=True
    ).select_related("first", "second")
    return rows.filter(Q(first=concern) | Q(second=concern)) if concern else rows
