"""Proposals that concerns of two languages are the same one. Found by what both name; an editor accepts or rejects."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from smeditor.insight.clustering.cross_language import is_enough
from smeditor.insight.clustering.tokens import terms
from smeditor.insight.concerns.grouper_memory import Memory
from smeditor.insight.concerns.titles import nameable
from smeditor.models import Concern, ConcernMatch, ReactionText
from smeditor.text.addressing import without_addressees

EVERY = timedelta(minutes=10)
"""Time between two searches for proposals: each goes through all concerns in memory."""
LEAST_PEOPLE = 2
NEWEST = 200
"""Texts of a concern in which the terms of a proposal are looked for."""
AT_ONCE = 100
"""Concerns whose texts are read in one statement, which names each text."""
State = ConcernMatch.State


@transaction.atomic
def propose(memory: Memory, now: datetime) -> int:
    """Keep the proposals that ``memory`` sees and nobody has seen before; at most every ``EVERY``. Returns how many."""
    if memory.bridged_at is not None and now - memory.bridged_at < EVERY:
        return 0
    memory.bridged_at = now
    found = _unproposed(memory)
    there = _terms_there({pk for pair in found for pk in pair})
    new = []
    for (first, second), evidence in found.items():
        shared = [term for term in evidence if term in there[first] and term in there[second]]
        if is_enough(shared):
            new.append(ConcernMatch(first_id=first, second_id=second, evidence=shared))
    ConcernMatch.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _unproposed(memory: Memory) -> dict[tuple[int, int], tuple[str, ...]]:
    """The terms by which ``memory`` finds pairs of living concerns alike that were never proposed."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for match in memory.grouper.cross_language_matches():
        rows = sorted(memory.row_of[group] for group in (match.first, match.second) if group in memory.row_of)
        if len(rows) == 2 and rows[0] != rows[1]:
            found.setdefault((rows[0], rows[1]), match.evidence)
    proposed = set(ConcernMatch.objects.filter(first__in={pair[0] for pair in found}).values_list("first", "second"))
    living = set(
        Concern.objects.filter(pk__in={pk for pair in found for pk in pair}, people__gte=LEAST_PEOPLE)
        .filter(merged_into__isnull=True)
        .exclude(state=Concern.State.DECLINED)
        .values_list("pk", flat=True)
    )
    return {pair: shared for pair, shared in found.items() if pair not in proposed and living.issuperset(pair)}


def _terms_there(concerns: Collection[int]) -> dict[int, set[str]]:
    """The terms of the newest texts of concerns, by their ids, as they are now: a memory knows words that were erased.

    The texts are held until the end of the transaction, so that none is erased while its terms are written.
    """
    there: dict[int, set[str]] = {pk: set() for pk in concerns}
    place = Window(RowNumber(), partition_by="reaction__concern_member__concern", order_by="-reaction")
    keys = sorted(concerns)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        newest = nameable().filter(reaction__concern_member__concern__in=part).annotate(place=place)
        concern_of = dict(newest.filter(place__lte=NEWEST).values_list("pk", "reaction__concern_member__concern"))
        texts = ReactionText.objects.filter(pk__in=concern_of).select_for_update(no_key=True, of=("self",))
        for pk, text, language in texts.order_by("pk").values_list("pk", "text", "reaction__language"):
            there[concern_of[pk]].update(terms(without_addressees(text), language or None))
    return there


def open_ones(concern: Concern | None = None) -> QuerySet[ConcernMatch]:
    """The proposals that wait for an editor, of one concern or of all; both sides must still stand."""
    rows = ConcernMatch.objects.filter(
        state=State.OPEN, first__merged_into__isnull=True, second__merged_into__isnull=True
    ).select_related("first", "second")
    return rows.filter(Q(first=concern) | Q(second=concern)) if concern else rows
