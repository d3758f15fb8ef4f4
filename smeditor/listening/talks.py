"""The conversations of one batch: joined, begun, and merged into one another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from smeditor.models import Conversation, Post, Reaction
from smeditor.networks.base import Kind, Presence

TALK = {Kind.REPLY.value, Kind.MENTION.value, Kind.QUOTE.value, Kind.FORM.value}
"""What the desk can answer, wherever it came from; a comment only where it came by an account of ours."""
THERE = (Presence.ALIVE.value, Presence.EDITED.value, Presence.UNKNOWN.value)
"""Presences of a reaction that may wait for an answer."""


def is_talk(row: Reaction) -> bool:
    """Whether ``row`` is something that the desk can answer, and not a comment on somebody else's page."""
    return row.kind in TALK or (row.kind == Kind.COMMENT and row.account_id is not None)


class Talks:
    """Which conversation each reaction of a batch goes to; ``went_on`` as of :class:`smeditor.listening.threads.Placement`."""

    def __init__(self, went_on: Mapping[int, int]) -> None:
        self.went_on = went_on
        self.continued = Conversation.objects.in_bulk(set(went_on.values())) if went_on else {}
        self.begun: dict[int, Conversation] = {}
        """The new conversation of a reaction, by the ``id()`` of its row."""
        self.rows: dict[int, list[Reaction]] = {}
        """The reactions of a new conversation, the oldest first, by its ``id()``."""
        self.merged: dict[int, Conversation] = {}

    def join(self, row: Reaction, parent: Reaction | None) -> None:
        """Let ``row`` join the conversation of its parent, or of our answer, or begin one."""
        if not is_talk(row):
            return
        joined = self._of(parent) if parent else None
        continued = self.continued.get(self.went_on.get(id(row), 0))
        joined = joined or (self._standing(continued) if continued else None)
        self.follow(row)
        if joined is None and row.conversation_id is None:
            joined = Conversation(account_id=row.account_id, article_id=row.article_id)
        if joined is None:
            return
        before = row.conversation_id
        if before and joined.pk != before and merge_conversations(before, joined):
            self.merged[before] = joined
        if joined.pk is None:
            self.begun[id(row)] = joined
            self.rows.setdefault(id(joined), []).append(row)
        else:
            row.conversation = joined

    def save(self) -> set[int]:
        """Store the conversations that were begun, and return the ids of those that hold reactions of the batch alone."""
        conversations = {id(conversation): conversation for conversation in self.begun.values()}
        new = [conversation for conversation in conversations.values() if conversation.pk is None]
        for conversation in new:
            _open(conversation, self.rows[id(conversation)])
        Conversation.objects.bulk_create(new)
        for number, conversation in conversations.items():
            for row in self.rows[number]:
                row.conversation = conversation
        return {conversation.pk for conversation in new}

    def follow(self, row: Reaction) -> None:
        """Let ``row``, unsaved, be in the conversation into which its own was merged."""
        if row.conversation_id in self.merged:
            row.conversation = self._standing(self.merged[row.conversation_id])

    def _of(self, row: Reaction) -> Conversation | None:
        if id(row) in self.begun:
            return self.begun[id(row)]
        self.follow(row)
        return row.conversation

    def _standing(self, conversation: Conversation) -> Conversation:
        while conversation.pk in self.merged:
            conversation = self.merged[conversation.pk]
        return conversation


def _open(conversation: Conversation, rows: Sequence[Reaction]) -> None:
    """Let a new conversation of ``rows`` be about their article, and wait as long as they do."""
    articles = (row.article_id for row in rows if row.article_id)
    conversation.article_id = conversation.article_id or next(articles, None)
    waits = [row.published_at for row in rows if row.presence in THERE and not _is_passed_over(row)]
    conversation.state, conversation.waiting_since = state_of(conversation, waits), min(waits, default=None)


def _is_passed_over(row: Reaction) -> bool:
    return row.reader is not None and (row.reader.is_staff or row.reader.is_bot)


def state_of(conversation: Conversation, waits: Collection[datetime]) -> str:
    """The state that follows for a conversation from the times since when readers wait in it."""
    if waits:
        return Conversation.State.OPEN
    return Conversation.State.ANSWERED if conversation.answered_at else Conversation.State.CLOSED


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
