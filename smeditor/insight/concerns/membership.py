"""Concerns: new reactions join what others raised before, and an editor sees it once enough people did.

One worker groups as long as it can (a lease that stays with it). Its index lives in memory and is rebuilt from the table
whenever it is cold or an editor merged, split or undid something. The database is written to in short transactions: what
is thought over takes place between them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from smeditor.insight.concerns import asking, comparing, grouper_memory
from smeditor.insight.concerns.comparing import Compared
from smeditor.insight.concerns.counts import count_joined, judge, refresh
from smeditor.insight.concerns.cross_language_matches import propose
from smeditor.insight.concerns.emptied import remove_emptied
from smeditor.insight.concerns.grouper_memory import Memory, Placed
from smeditor.insight.concerns.titles import nameable
from smeditor.insight.meaning.groupable import CANDIDATES, GROUPED, groupable
from smeditor.leases import lease
from smeditor.models import Concern, ConcernMember, Label, Reaction, ReactionText
from smeditor.models.bulk import update_rows
from smeditor.models.reactions import OLDEST_FIRST

logger = logging.getLogger("smeditor.insight")

LEASE_SECONDS = 120
WORK_SECONDS = 30
"""Time after which a run leaves what is left to the next one, well before its lease ends."""
STAY_SECONDS = 30
"""How long the worker that grouped last, whose memory is warm, is waited for."""
BATCH = 200
COMPARED, CARRIED = 1_000, 500
"""Texts that are compared with their neighbours, and changes that are carried out, in one go."""
NAMED = 200
# What only thanks or sells raises nothing that an editor could answer.
RAISE_NOTHING = {(Label.SPAM,), (Label.THANKS,), (Label.ABUSE,)}

_alone = threading.Lock()
"""The memory is that of the process: one of its threads at a time may use it."""


def run_due(now: datetime, limit: int = 2000) -> int:
    """Group the triaged reactions that have not been, oldest first; refresh the concerns touched. Returns how many."""
    if not _alone.acquire(blocking=False):
        return 0
    try:
        with lease("insight.concerns", now, LEASE_SECONDS, stay=STAY_SECONDS) as mine:
            if not mine:
                return 0
            done = _group_all(now, limit)
            refresh(Concern.objects.filter(pk__in=list(_nameless().values_list("pk", flat=True)[:NAMED])))
            return done
    finally:
        _alone.release()


def _group_all(now: datetime, limit: int) -> int:
    done, end = 0, time.monotonic() + WORK_SECONDS
    try:
        while True:
            reactions = _waiting(min(BATCH, limit - done))
            if reactions:
                _group(grouper_memory.current(), reactions, now)
                done += len(reactions)
            if grouper_memory.is_thinking():
                _think_again(grouper_memory.current())
            if len(reactions) < BATCH or done >= limit or time.monotonic() > end:
                break
        _compare_articles(now)
        if done:
            propose(grouper_memory.current(), now)
    except Exception:
        grouper_memory.forget()  # it is ahead of the table now
        raise
    return done


def _waiting(limit: int) -> list[Reaction]:
    """The oldest few that are to be grouped: what lies in the other queues raises no concern.

    First which they may be, in their index alone: with all that is asked of them besides PostgreSQL expects hundreds, and
    begins two more processes to find none.
    """
    rows = Reaction.objects.filter(grouped_at__isnull=True, kind__in=Reaction.KINDS_WITH_TEXT, queue__in=GROUPED)
    keys = list(rows.order_by(OLDEST_FIRST).values_list("pk", flat=True)[:CANDIDATES])
    found = list(_in_order(Reaction.objects.filter(pk__in=keys))[:limit])
    return found if found or len(keys) < CANDIDATES else list(_in_order(rows)[:limit])


def _in_order(rows: QuerySet[Reaction]) -> QuerySet[Reaction]:
    return groupable(rows).select_related("content").prefetch_related("labels").order_by(OLDEST_FIRST)


def _nameless() -> QuerySet[Concern]:
    """Concerns whose label was taken back with a reader's words, and that have others' to be named by."""
    texts = nameable().filter(reaction__concern_member__concern=OuterRef("pk"))
    return Concern.objects.filter(Exists(texts), label="", merged_into__isnull=True)


def _group(memory: Memory, reactions: Sequence[Reaction], now: datetime) -> None:
    """Place reactions in memory, then write where they went."""
    keys = [reaction.pk for reaction in reactions]
    seated = set(ConcernMember.objects.filter(reaction__in=keys).values_list("reaction", flat=True))  # by an editor
    placed = [
        found
        for reaction in reactions
        if reaction.pk not in seated and not raises_nothing(reaction) and (found := memory.place(reaction)) is not None
    ]
    with transaction.atomic():
        joined = _join(memory, _still_there(memory, placed))
        Reaction.objects.filter(pk__in=keys).update(grouped_at=now)
        count_joined(joined)
    memory.read_up_to_now()


def _still_there(memory: Memory, placed: Sequence[Placed]) -> list[Placed]:
    """Those of ``placed`` whose text was not erased meanwhile: it stays until the end of the transaction now."""
    texts = ReactionText.objects.filter(reaction__in=[found.reaction.pk for found in placed]).order_by("pk")
    there = set(texts.select_for_update(no_key=True).values_list("reaction", flat=True))
    for found in placed:
        if found.reaction.pk not in there:
            memory.grouper.forget(found.reaction.pk)
    return [found for found in placed if found.reaction.pk in there]


def _join(memory: Memory, placed: Sequence[Placed]) -> dict[int, list[Reaction]]:
    """Store the members, and return them by the ids of their concerns."""
    memory.found({found.group: found.reaction.language for found in placed})
    joined: dict[int, list[Reaction]] = {}
    members = []
    for found in placed:
        concern = memory.row_of[found.group]
        joined.setdefault(concern, []).append(found.reaction)
        members.append(
            ConcernMember(
                concern_id=concern,
                reaction=found.reaction,
                similarity=found.similarity,
                evidence=list(found.evidence),
            )
        )
    ConcernMember.objects.bulk_create(members, ignore_conflicts=True)
    return joined


def _think_again(memory: Memory) -> None:
    """Go on with the grouper's second thoughts, and carry out those that it came to."""
    memory.compare(COMPARED)
    touched: set[int] = set()
    while changes := memory.next_changes(CARRIED):
        with transaction.atomic():
            moved = _move(memory, changes)
            refresh(Concern.objects.filter(pk__in=moved))
            touched |= moved
    if touched:
        memory.drop(remove_emptied(touched))


def _move(memory: Memory, changes: Mapping[int, int]) -> set[int]:
    """Move what no editor has touched. Returns the concerns on both sides."""
    concerns = memory.grouper.concerns
    memory.found({group: concerns[group].lang if group in concerns else "" for group in changes.values()})
    touched: set[int] = set()
    members = list(ConcernMember.objects.filter(reaction__in=changes, by=ConcernMember.By.MACHINE))
    for member in members:
        concern = memory.row_of[changes[member.reaction_id]]
        touched |= {member.concern_id, concern}
        member.concern_id = concern
    update_rows(members, ["concern"])
    return touched


def _compare_articles(now: datetime) -> None:
    """Compare the reactions to the articles that have new ones, as long as the run may take."""
    end = time.monotonic() + comparing.WORK_SECONDS
    due = comparing.due(now)
    if due:
        asking.drop_stale(now)
    for article in due:
        waiting = comparing.waiting_under(article)
        compared = comparing.compare(article)
        memory = grouper_memory.current()
        with transaction.atomic():
            if compared is not None:
                _carry_out(memory, compared)
                asking.keep(compared, now)
            for start in range(0, len(waiting), BATCH):
                Reaction.objects.filter(pk__in=waiting[start : start + BATCH]).update(compared_at=now)
            judge(waiting, compared)
        if time.monotonic() > end:
            break


def _carry_out(memory: Memory, compared: Compared) -> None:
    """Join what is sure: the members that no editor has placed go to the concern that most of their group are in."""
    groups: dict[int, list[int]] = {}
    for place, group in enumerate(compared.groups):
        groups.setdefault(group, []).append(place)
    touched: set[int] = set()
    for places in groups.values():
        concerns = {compared.member_of[place] for place in places}
        if len(concerns) > 1:
            touched |= concerns
            _merge_groups(memory, compared, places)
    if touched:
        refresh(Concern.objects.filter(pk__in=touched))
        memory.drop(remove_emptied(touched))


def _merge_groups(memory: Memory, compared: Compared, places: Sequence[int]) -> None:
    concerns = {compared.member_of[place] for place in places}
    rows = Concern.objects.in_bulk(concerns)
    chosen = {compared.member_of[place] for place in places if place in compared.pinned} & rows.keys() or rows.keys()
    if not chosen:
        return
    target = max(chosen, key=lambda pk: (rows[pk].size, -pk))
    moving = {
        compared.reactions[place]: place
        for place in places
        if place not in compared.pinned and compared.member_of[place] != target
    }
    members = list(
        ConcernMember.objects.filter(reaction__in=moving, by=ConcernMember.By.MACHINE)
        .filter(concern__in=concerns)
        .order_by("pk")
        .select_for_update()
    )
    for member in members:
        compared.member_of[moving[member.reaction_id]] = member.concern_id = target
        member.similarity, member.evidence = max(member.similarity, memory.grouper.threshold), []
        memory.move(member.reaction_id, target)
    update_rows(members, ["concern", "similarity", "evidence"])


def raises_nothing(reaction: Reaction) -> bool:
    """Whether a reaction's labels say that there is nothing in it to answer."""
    return tuple(sorted(label.label for label in reaction.labels.all() if label.present)) in RAISE_NOTHING
