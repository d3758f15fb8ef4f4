"""Concerns: new reactions join what others raised before, and an editor sees it once enough people did.

One worker at a time groups (a lease). Its index lives in memory and is rebuilt from the table, in the order in which the
reactions were grouped, whenever it is cold or an editor merged, split or undid something: same rows, same concerns.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from smeditor import conf
from smeditor.insight.concerns import grouper_memory
from smeditor.insight.concerns.cross_language_matches import propose
from smeditor.insight.concerns.grouper_memory import Memory
from smeditor.insight.concerns.titles import label_of
from smeditor.leases import lease
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Concern, ConcernMember, Label, Reaction
from smeditor.models.reactions import OLDEST_FIRST
from smeditor.permissions.visibility import confided

logger = logging.getLogger("smeditor.insight")

LEASE_SECONDS = 120
State = Concern.State
GROUPED = [Reaction.Queue.INBOX, Reaction.Queue.DONE, Reaction.Queue.UNATTACHED]
# What only thanks or sells raises nothing that an editor could answer.
RAISE_NOTHING = {(Label.SPAM,), (Label.THANKS,), (Label.ABUSE,)}


def run_due(now: datetime, limit: int = 2000) -> int:
    """Group the triaged reactions that have not been, oldest first; refresh the concerns touched. Returns how many."""
    with lease("insight.concerns", now, LEASE_SECONDS) as mine:
        if not mine:
            return 0
        done = _group(now, limit)
        refresh(_nameless())
        return done


def _waiting() -> QuerySet[Reaction]:
    """The few whose index is ``smeditor_reaction_to_group``: what lies in the other queues raises no concern."""
    return (
        Reaction.objects.filter(grouped_at__isnull=True, kind__in=Reaction.KINDS_WITH_TEXT, queue__in=GROUPED)
        .filter(triaged_at__isnull=False, content__isnull=False)
        .exclude(kept_only_by_hold())
        .filter(~Exists(confided()))
        .select_related("content")
        .prefetch_related("labels")
        .order_by(OLDEST_FIRST)
    )


def _nameless() -> QuerySet[Concern]:
    """Concerns whose label was taken back with a reader's words, and that have others' to be named by."""
    members = ConcernMember.objects.filter(concern=OuterRef("pk"), reaction__content__isnull=False)
    return Concern.objects.filter(Exists(members), label="", merged_into__isnull=True)


def _group(now: datetime, limit: int) -> int:
    reactions = list(_waiting()[:limit])
    if not reactions:
        return 0
    memory = grouper_memory.current()
    try:
        with transaction.atomic():
            touched = _place_all(memory, reactions, now) | _recluster(memory)
            refresh(Concern.objects.filter(pk__in=touched))
    except Exception:
        grouper_memory.forget()  # it is ahead of the table now
        raise
    memory.grouped_up_to(reactions[-1].pk)
    propose(memory, now)
    return len(reactions)


def _place_all(memory: Memory, reactions: list[Reaction], now: datetime) -> set[int]:
    touched: set[int] = set()
    members: list[ConcernMember] = []
    for reaction in reactions:
        reaction.grouped_at = now
        if raises_nothing(reaction):
            continue
        member = memory.place(reaction)
        if member is not None:
            members.append(member)
            touched.add(member.concern_id)
    ConcernMember.objects.bulk_create(members, ignore_conflicts=True)
    Reaction.objects.filter(pk__in=[reaction.pk for reaction in reactions]).update(grouped_at=now)
    return touched


def _recluster(memory: Memory) -> set[int]:
    """Carry out the grouper's second thoughts on what no editor has touched. Returns the concerns on both sides."""
    changes = memory.recluster()
    touched: set[int] = set()
    members = ConcernMember.objects.filter(reaction__in=changes, by=ConcernMember.By.MACHINE)
    for member in members:
        touched |= {member.concern_id, changes[member.reaction_id]}
        member.concern_id = changes[member.reaction_id]
    ConcernMember.objects.bulk_update(members, ["concern"], batch_size=500)
    return touched


def raises_nothing(reaction: Reaction) -> bool:
    """Whether a reaction's labels say that there is nothing in it to answer."""
    return tuple(sorted(label.label for label in reaction.labels.all() if label.present)) in RAISE_NOTHING


def refresh(concerns: QuerySet[Concern]) -> None:
    """Recompute people, size, times, article and label of concerns from their members."""
    reader = "members__reaction__reader"
    counted = Q(**{f"{reader}__is_staff": False, f"{reader}__is_bot": False})
    counts = concerns.annotate(
        now_people=Count(reader, distinct=True, filter=counted),
        now_size=Count("members", distinct=True),
        now_first=Min("members__reaction__published_at"),
        now_last=Max("members__reaction__published_at"),
    )
    for concern in counts:
        concern.people, concern.size = concern.now_people, concern.now_size
        concern.first_at, concern.last_at = concern.now_first, concern.now_last
        concern.article_id = _most_common_article(concern)
        if not concern.label_by_editor:
            concern.label = label_of(concern)
        if (concern.state == State.FORMING and concern.people >= conf.get("CONCERN_PEOPLE")) or (
            concern.state == State.ANSWERED and _raised_anew(concern)
        ):
            concern.state = State.OPEN
        concern.save(
            update_fields=["people", "size", "first_at", "last_at", "article", "label", "state"],
        )


def _most_common_article(concern: Concern) -> int | None:
    row = (
        concern.members.filter(reaction__article__isnull=False)
        .values("reaction__article")
        .annotate(n=Count("pk"))
        .order_by("-n", "reaction__article")
        .first()
    )
    return row["reaction__article"] if row else None


def _raised_anew(concern: Concern) -> bool:
    """Whether as many people as make a concern raised it again after it was answered."""
    people = (
        concern.members.filter(reaction__collected_at__gt=concern.answered_at).values("reaction__reader").distinct()
    )
    return people.count() >= conf.get("CONCERN_PEOPLE")
