"""Threads: which reaction answers which, which conversation they form, and whether it waits for the desk.

A parent may come after its answers, and both by several routes. Everything here is computed from what is stored, so
that it comes out the same in whatever order a thread was read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from smeditor import bylines
from smeditor.listening.attach import RANK
from smeditor.listening.batch import Item, Origin
from smeditor.listening.identity import message_key
from smeditor.listening.talks import THERE, Talks, is_talk, state_of
from smeditor.models import AttachedBy, Conversation, Delivery, Reaction, ReactionKey
from smeditor.models.bulk import update_rows

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


class Placement:
    """The threads of one batch: thought out before its new reactions are stored, so that each is written once."""

    def __init__(
        self,
        rows: Sequence[Reaction],
        keys: Mapping[str, Reaction],
        went_on: Mapping[int, int],
        ours: Iterable[Item],
        origin: Origin,
    ) -> None:
        """Put ``rows`` into their threads and store the conversations that they begin; the rows are the caller's to save.

        ``rows`` may be new or stored; ``keys``: the reactions of the batch by their identities. ``went_on``:
        conversation by ``id()`` of a row, where an answer of ours led to it. ``ours``: what we said in these threads.
        """
        self.fresh = [row for row in rows if row.pk is None]
        self.below: list[tuple[Reaction, Reaction]] = []
        """Rows with the parent that has no number yet."""
        self.answers = _answers(ours, origin, keys)
        stored = [row for row in rows if row.pk is not None]
        orphans = _orphans(rows, stored, keys, [key for _item, _reaction, key in self.answers])
        self.stored = {row.pk: row for row in (*orphans, *stored)}
        self.before = {pk: _placing(row) for pk, row in self.stored.items()}
        # A parent is older than its answer. Holding on to that makes a circle impossible, however a server lies.
        self.family = sorted((*self.stored.values(), *self.fresh), key=_age)
        parents = self._parents(keys)
        self.talks = Talks(went_on)
        for row in self.family:
            above = self._above(row, parents)
            if above:
                inherit(row, above)
            self.talks.join(row, above)
        self.begun = self.talks.save()
        for row in self.family:
            self.talks.follow(row)

    def finish(self) -> int:
        """Write, once all rows are stored, what hangs on their numbers; return how many messages of ours answered one."""
        ReactionKey.objects.bulk_create(
            [ReactionKey(reaction=reaction, key=key, kind=ANSWER) for _item, reaction, key in self.answers],
            ignore_conflicts=True,
        )
        for row, parent in self.below:
            row.parent = parent
        fresh = {id(row) for row in self.fresh}
        update_rows([row for row, _parent in self.below if id(row) in fresh], ["parent_id"])
        update_rows([row for pk, row in self.stored.items() if _placing(row) != self.before[pk]], PLACED)
        _hand_down(list(self.stored.values()))
        bylines.keep_missing(row.article_id for row in self.family)
        self._update_conversations()
        return len(self.answers)

    def _parents(self, keys: Mapping[str, Reaction]) -> dict[str, Reaction]:
        """The reactions that those of the family answer, by their keys: as they are here, where they are here."""
        wanted = {row.parent_key for row in self.family if row.parent_key}
        here = {key: reaction for _item, reaction, key in reversed(self.answers)} | dict(keys)
        parents = {key: here[key] for key in wanted & here.keys()}
        found = ReactionKey.objects.filter(key__in=wanted).select_related("reaction__conversation")
        return parents | {key.key: self.stored.get(key.reaction_id, key.reaction) for key in found}

    def _above(self, row: Reaction, parents: Mapping[str, Reaction]) -> Reaction | None:
        """The message that ``row`` answers, which becomes its parent where it has none."""
        if row.parent_id is not None:
            return self.stored.get(row.parent_id) or row.parent
        parent = parents.get(row.parent_key)
        if parent is None or _age(parent) >= _age(row):
            return None
        if parent.pk is None:
            self.below.append((row, parent))
        else:
            row.parent = parent
        return parent

    def _update_conversations(self) -> None:
        answered: dict[int, datetime] = {}
        for item, reaction, _key in self.answers:
            row = self.stored.get(reaction.pk, reaction)
            self.talks.follow(row)
            if row.conversation_id:
                answered[row.conversation_id] = item.inbound.published_at
        for conversation_id, at in answered.items():
            _answered_at(conversation_id, at)
        touched: set[int] = {row.conversation_id for row in self.family if row.conversation_id} - self.begun
        _name_articles(touched)
        update_waiting(touched | answered.keys(), reopened={row.conversation_id for row in self.fresh})


def _placing(row: Reaction) -> tuple:
    return tuple(getattr(row, name) for name in PLACED)


def begin(row: Reaction) -> Conversation:
    """Open the conversation of a message that answers nothing, and return it."""
    conversation = Conversation.objects.create(
        account_id=row.account_id, article_id=row.article_id, waiting_since=row.published_at
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


def _answers(ours: Iterable[Item], origin: Origin, keys: Mapping[str, Reaction]) -> list[tuple[Item, Reaction, str]]:
    """(our message, the reaction it answers, its key), the oldest first; ``keys`` as of :class:`Placement`."""
    messages = sorted((item for item in ours if item.parent_key), key=lambda item: item.inbound.published_at)
    found = ReactionKey.objects.filter(key__in={item.parent_key for item in messages}).select_related("reaction")
    known = dict(keys) | {key.key: key.reaction for key in found} if messages else {}
    answers = []
    for item in messages:
        reaction = known.get(item.parent_key)
        if reaction and is_talk(reaction):
            key = message_key(item.inbound.native_id, origin.scope).key
            known[key] = reaction  # our next message may go on from this one
            answers.append((item, reaction, key))
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
    there = Reaction.objects.filter(conversation__in=conversations, presence__in=THERE).exclude(
        Q(reader__is_staff=True) | Q(reader__is_bot=True)
    )
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
        state = state_of(conversation, waits)
        since = min(waits, default=None)
        if (conversation.state, conversation.waiting_since) != (state, since):
            conversation.state, conversation.waiting_since = state, since
            conversation.version += 1
            changed.append(conversation)
    update_rows(changed, ["state", "waiting_since", "version"])


def _answered_at(conversation_id: int, at: datetime) -> None:
    Conversation.objects.filter(pk=conversation_id).filter(Q(answered_at__isnull=True) | Q(answered_at__lt=at)).update(
        answered_at=at, version=F("version") + 1
    )


def _age(row: Reaction) -> tuple[datetime, str, float]:
    return row.published_at, row.native_id, math.inf if row.pk is None else row.pk


def _orphans(
    rows: Sequence[Reaction], stored: Sequence[Reaction], keys: Mapping[str, Reaction], further: Iterable[str]
) -> list[Reaction]:
    """Stored reactions that wait for one of ``rows``, or for an answer of ours with one of the keys ``further``.

    ``stored``: those of the rows that may have more identities than the ``keys`` of the batch.
    """
    here = {id(row) for row in rows}
    wanted = {key for key, row in keys.items() if id(row) in here}
    wanted |= set(ReactionKey.objects.filter(reaction__in=stored).values_list("key", flat=True))
    waiting = Reaction.objects.filter(parent__isnull=True, parent_key__in=wanted.union(further))
    return list(waiting.exclude(pk__in=[row.pk for row in stored]).select_related("conversation").order_by())


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
