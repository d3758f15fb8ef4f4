"""Threads: which reaction answers which, which conversation they form, and whether it waits for the desk.

A parent may come after its answers, and both by several routes. Everything here is computed from what is stored, so
that it comes out the same in whatever order a thread was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from smeditor import bylines
from smeditor.listening.attach import RANK
from smeditor.listening.batch import Item, Origin
from smeditor.listening.identity import message_key
from smeditor.models import AttachedBy, Conversation, Delivery, Post, Reaction, ReactionKey
from smeditor.models.bulk import update_rows
from smeditor.networks.base import Kind, Presence

TALK = {Kind.REPLY.value, Kind.MENTION.value, Kind.QUOTE.value, Kind.FORM.value}
"""What the desk can answer."""
DEPTH = 50
"""Levels of a thread to which an article is handed down in one go."""
LATELY = timedelta(days=2)
"""How far back an answer of ours is looked for that did not close its conversation."""
ANSWER = "answer"
"""Kind of the key by which an answer of ours leads to the reaction it answers, and so into its conversation."""
PLACED = [
    "parent_id",
    "conversation_id",
    "article_id",
    "attached_by",
    "delivery_id",
    "queue",
    "queue_reason",
    "proposed_article_id",
]


def place(
    rows: Sequence[Reaction], fresh: set[int], went_on: Mapping[int, int], ours: Iterable[Item], origin: Origin
) -> int:
    """Put saved reactions into their threads, and return how many messages of ours answered one.

    ``fresh``: ids of those that are new. ``went_on``: conversation by reaction, where an answer of ours led to it.
    ``ours``: what we said in these threads.
    """
    answers = _answers(ours, origin)
    orphans = _orphans(rows, [key for _item, _reaction, key in answers])
    # A parent is older than its answer. Holding on to that makes a circle impossible, however a server lies.
    family = sorted({row.pk: row for row in (*orphans, *rows)}.values(), key=_age)
    parents = _parents(family)
    here = {row.pk: row for row in family}
    talks = Talks(went_on)
    before = {row.pk: _placing(row) for row in family}
    for row in family:
        parent = parents.get(row.parent_key)
        if parent and row.parent_id is None and _age(parent) < _age(row):
            row.parent = here.get(parent.pk, parent)
        above = (here.get(row.parent_id) or row.parent) if row.parent_id else None
        if above:
            inherit(row, above)
        talks.join(row, above)
    talks.save()
    moved = [row for row in family if _placing(row) != before[row.pk]]
    update_rows(moved, PLACED)
    _hand_down(family)
    bylines.keep_missing(row.article_id for row in family)
    touched: set[int] = {row.conversation_id for row in family if row.conversation_id}
    _name_articles(touched)
    answered: dict[int, datetime] = {}
    for item, reaction, _key in answers:
        conversation_id = reaction.conversation_id or getattr(here.get(reaction.pk), "conversation_id", None)
        if conversation_id:
            answered[conversation_id] = item.inbound.published_at
    for conversation_id, at in answered.items():
        _answered_at(conversation_id, at)
    update_waiting(touched | answered.keys(), reopened={row.conversation_id for row in rows if row.pk in fresh})
    return len(answers)


def _placing(row: Reaction) -> tuple:
    return tuple(getattr(row, name) for name in PLACED)


def begin(row: Reaction) -> Conversation:
    """Open the conversation of a message that answers nothing, and return it."""
    conversation = Conversation.objects.create(
        key=f"{row.network}:{row.pk}", account=row.account, article_id=row.article_id, waiting_since=row.published_at
    )
    row.conversation = conversation
    row.save(update_fields=["conversation"])
    return conversation


def inherit(row: Reaction, parent: Reaction) -> bool:
    """Give ``row`` the article of the message that it answers; return whether that changed anything."""
    if not parent.article_id or RANK[row.attached_by] < RANK[AttachedBy.THREAD.value]:
        return False
    if (row.attached_by, row.article_id) == (AttachedBy.THREAD.value, parent.article_id):
        return False
    row.article_id, row.attached_by = parent.article_id, AttachedBy.THREAD.value
    row.delivery_id = row.delivery_id or parent.delivery_id
    row.proposed_article_id = None
    bring_in(row)
    return True


def bring_in(row: Reaction) -> None:
    """Take a reaction whose article is found now out of the queue of those without one."""
    if row.queue == Reaction.Queue.UNATTACHED:
        row.queue, row.queue_reason = Reaction.Queue.INBOX, ""


def _answers(ours: Iterable[Item], origin: Origin) -> list[tuple[Item, Reaction, str]]:
    """(our message, the reaction it answers, its key), the oldest first; the keys are stored as further identities."""
    messages = sorted((item for item in ours if item.parent_key), key=lambda item: item.inbound.published_at)
    found = ReactionKey.objects.filter(key__in={item.parent_key for item in messages}).select_related("reaction")
    known = {key.key: key.reaction for key in found}
    answers = []
    for item in messages:
        reaction = known.get(item.parent_key)
        if reaction and reaction.kind in TALK:
            key = message_key(item.inbound.native_id, origin.scope).key
            known[key] = reaction  # our next message may go on from this one
            answers.append((item, reaction, key))
    ReactionKey.objects.bulk_create(
        [ReactionKey(reaction=reaction, key=key, kind=ANSWER) for _item, reaction, key in answers],
        ignore_conflicts=True,
    )
    return answers


def close_answered(now: datetime) -> int:
    """Close the waiting of conversations that a post of the desk answered lately; return how many. ``now`` is aware.

    Only the answers of the last days are looked at, so that it costs what they cost and not what all of the past does:
    the sending itself closes a conversation, and this one mends what was read in between.
    """
    answered = (
        Delivery.objects.filter(
            state=Delivery.State.SENT, operation=Delivery.Operation.PUBLISH, sent_at__gt=now - LATELY
        )
        .exclude(post__conversation=None)
        .order_by()
    )
    ids = set(answered.values_list("post__conversation", flat=True))
    if not ids:
        return 0
    sent = answered.filter(post__conversation=OuterRef("pk"), sent_at__gte=OuterRef("waiting_since"))
    waiting = Conversation.objects.filter(Exists(sent), pk__in=ids, state=Conversation.State.OPEN)
    done = dict(waiting.annotate(last=Max("posts__deliveries__sent_at")).values_list("pk", "last"))
    for conversation_id, at in done.items():
        _answered_at(conversation_id, at)
    update_waiting(done)
    return len(done)


def update_waiting(conversation_ids: Iterable[int], reopened: Iterable[int | None] = ()) -> None:
    """Compute anew whether conversations wait and since when. ``reopened``: a reader has just written in these.

    A conversation that a person closed without an answer stays closed until a reader writes again.
    """
    conversations = list(Conversation.objects.filter(pk__in=set(conversation_ids)))
    reopened = set(reopened)
    times: dict[int, list[datetime]] = {}
    there = Reaction.objects.filter(
        conversation__in=conversations, presence__in=[Presence.ALIVE, Presence.EDITED, Presence.UNKNOWN]
    ).exclude(Q(reader__is_staff=True) | Q(reader__is_bot=True))
    for conversation_id, at in there.values_list("conversation", "published_at"):
        times.setdefault(conversation_id, []).append(at)
    changed = []
    for conversation in conversations:
        if conversation.state == Conversation.State.CLOSED and conversation.pk not in reopened:
            continue
        waits = [
            at
            for at in times.get(conversation.pk, ())
            if conversation.answered_at is None or at > conversation.answered_at
        ]
        state = _state(conversation, waits)
        since = min(waits, default=None)
        if (conversation.state, conversation.waiting_since) != (state, since):
            conversation.state, conversation.waiting_since = state, since
            conversation.version += 1
            changed.append(conversation)
    update_rows(changed, ["state", "waiting_since", "version"])


def _state(conversation: Conversation, waits: list[datetime]) -> str:
    if waits:
        return Conversation.State.OPEN
    return Conversation.State.ANSWERED if conversation.answered_at else Conversation.State.CLOSED


def _answered_at(conversation_id: int, at: datetime) -> None:
    Conversation.objects.filter(pk=conversation_id).filter(Q(answered_at__isnull=True) | Q(answered_at__lt=at)).update(
        answered_at=at, version=F("version") + 1
    )


def _age(row: Reaction) -> tuple[datetime, str, int]:
    return row.published_at, row.native_id, row.pk


def _parents(rows: Iterable[Reaction]) -> dict[str, Reaction]:
    wanted = {row.parent_key for row in rows if row.parent_key}
    keys = ReactionKey.objects.filter(key__in=wanted).select_related("reaction__conversation")
    return {key.key: key.reaction for key in keys}


def _orphans(rows: Iterable[Reaction], further: Sequence[str]) -> list[Reaction]:
    """Stored reactions that wait for one of ``rows``, or for an answer of ours with one of the keys ``further``."""
    ids = {row.pk for row in rows}
    keys = [*ReactionKey.objects.filter(reaction__in=ids).values_list("key", flat=True), *further]
    waiting = Reaction.objects.filter(parent__isnull=True, parent_key__in=keys).select_related(
        "conversation", "account"
    )
    return [row for row in waiting if row.pk not in ids]


class Talks:
    """The conversations of one batch: joined, begun, and folded into one another."""

    def __init__(self, went_on: Mapping[int, int]) -> None:
        self.went_on = went_on
        self.continued = Conversation.objects.in_bulk(set(went_on.values())) if went_on else {}
        self.begun: dict[int, Conversation] = {}
        """The new conversation of a reaction, by its id."""
        self.rows: dict[int, Reaction] = {}
        self.merged: dict[int, Conversation] = {}

    def join(self, row: Reaction, parent: Reaction | None) -> None:
        """Let ``row`` join the conversation of its parent, or of our answer, or begin one."""
        if row.kind not in TALK:
            return
        joined = self._of(parent) if parent else None
        joined = joined or self.continued.get(self.went_on.get(row.pk, 0))
        if joined is None and row.conversation_id is None:
            joined = Conversation(key=f"{row.network}:{row.pk}", account=row.account, article_id=row.article_id)
        if joined is None:
            return
        before = row.conversation_id
        if before and joined.pk != before and merge_conversations(before, joined):
            self.merged[before] = joined
        self.rows[row.pk] = row
        if joined.pk is None:
            self.begun[row.pk] = joined
        else:
            row.conversation = joined

    def save(self) -> None:
        """Store the conversations that were begun."""
        Conversation.objects.bulk_create(
            {id(conversation): conversation for conversation in self.begun.values() if conversation.pk is None}.values()
        )
        for pk, conversation in self.begun.items():
            self.rows[pk].conversation = conversation

    def _of(self, row: Reaction) -> Conversation | None:
        if row.pk in self.begun:
            return self.begun[row.pk]
        return self.merged.get(row.conversation_id, row.conversation) if row.conversation_id else None


def merge_conversations(other_id: int, into: Conversation) -> bool:
    """Merge a conversation into one that turned out to be the same; False when it is not there any more."""
    other = Conversation.objects.filter(pk=other_id).first()
    if other is None:
        return False
    into.assigned_to_id = into.assigned_to_id or other.assigned_to_id
    if other.answered_at and (into.answered_at is None or into.answered_at < other.answered_at):
        into.answered_at, into.answered_by_id = other.answered_at, other.answered_by_id
    into.save()
    Reaction.objects.filter(conversation=other).update(conversation=into)
    Post.objects.filter(conversation=other).update(conversation=into)
    other.delete()
    return True


def _name_articles(conversation_ids: Iterable[int]) -> None:
    """Give a conversation that has none the article of its first reaction that has one."""
    first = Reaction.objects.filter(conversation=OuterRef("pk"), article__isnull=False).order_by("published_at", "pk")
    Conversation.objects.filter(pk__in=set(conversation_ids), article__isnull=True).update(
        article=Subquery(first.values("article")[:1])
    )


def _hand_down(rows: Sequence[Reaction]) -> None:
    """Give the articles of ``rows`` to the answers below them, level by level."""
    level = list(rows)
    for _level in range(DEPTH):
        by_id = {row.pk: row for row in level if row.article_id}
        children = Reaction.objects.filter(parent__in=by_id)
        below = [child for child in children if child.parent_id and inherit(child, by_id[child.parent_id])]
        if not below:
            return
        update_rows(below, PLACED)
        level = below
