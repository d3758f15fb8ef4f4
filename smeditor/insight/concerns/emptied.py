"""Concerns that second thoughts have emptied: where nobody has worked on one or been written to about it, it goes."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import ModelLogEntry

from smeditor.models import Concern, ConcernEdit, ConcernMatch, ConcernMember, Digest, Post

State = Concern.State


@transaction.atomic
def remove_emptied(concerns: Collection[int]) -> set[int]:
    """Delete those of ``concerns`` (ids) that have no reaction and to which nothing leads any more. Returns their ids.

    An editor's work, an answer, a decided proposal and a digest that named it keep a concern.
    """
    gone = set(_untouched(concerns).values_list("pk", flat=True))
    gone -= _in_digests(
        set(Concern.objects.filter(pk__in=gone).exclude(state=State.FORMING).values_list("pk", flat=True))
    )
    Concern.objects.filter(pk__in=gone).delete()
    return gone


def _untouched(concerns: Collection[int]) -> QuerySet[Concern]:
    """Those of ``concerns`` that are empty and as the machine made them."""
    this = OuterRef("pk")
    decided = ConcernMatch.objects.filter(Q(first=this) | Q(second=this)).exclude(state=ConcernMatch.State.OPEN)
    edits = ConcernEdit.objects.filter(Q(concern=this) | Q(other=this))
    machine_made = Concern.objects.filter(
        pk__in=concerns, size=0, state__in=[State.FORMING, State.OPEN], label_by_editor=False,
        assigned_to__isnull=True, answered_at__isnull=True, merged_into__isnull=True, merged__isnull=True,
    )  # fmt: skip
    pointing = (ConcernMember.objects.filter(concern=this), Post.objects.filter(concern=this), edits, decided)
    for rows in pointing:
        machine_made = machine_made.filter(~Exists(rows))
    empty = set(machine_made.values_list("pk", flat=True))
    kind = ContentType.objects.get_for_model(Concern, for_concrete_model=False)
    logged = ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in empty])
    return Concern.objects.filter(pk__in=empty - {int(key) for key in logged.values_list("object_id", flat=True)})


def _in_digests(concerns: set[int]) -> set[int]:
    """Those of ``concerns`` that a digest names. Only what enough people raised ever stood in one."""
    if not concerns:
        return set()
    named = Digest.objects.exclude(state=Digest.State.EMPTY).values_list("items__concerns", flat=True)
    return {pk for ids in named.iterator() for pk in ids or () if pk in concerns}
