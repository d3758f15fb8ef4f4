"""Closing the loop: whoever raised a concern learns that it was answered, once each, where they raised it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from smeditor.conversations.answers import draft_reply, is_on_a_network, lets_us_answer
from smeditor.listening.quotable import quotable
from smeditor.models import Concern, Label, Post, Reaction
from smeditor.networks.base import Presence
from smeditor.permissions import scope
from smeditor.permissions.visibility import reactions_visible_to

AT_ONCE = 100
"""People who are answered in one go: each reply is drafted, read and approved. The others follow in the next."""


@dataclass
class Waiting:
    """Who waits for an answer: reactions that can be answered on a network, ones by mail, and why others cannot.

    ``untold``: how many cannot be told, of whom ``unreachable`` names the newest. ``more``: how many people were not looked
    at because ``AT_ONCE`` who can be told were found before.
    """

    on_networks: list[Reaction] = field(default_factory=list)
    by_mail: list[Reaction] = field(default_factory=list)
    unreachable: list[tuple[Reaction, str]] = field(default_factory=list)
    untold: int = 0
    more: int = 0


def waiting(concern: Concern, user: Any) -> Waiting:
    """List who raised ``concern`` in a reaction that ``user`` may see: of each person the newest, the newest first.

    What is stored is believed here; before an answer is prepared, :func:`still_there` asks the networks.
    """
    found, keys = Waiting(), _newest_of_each(concern, user)
    size = AT_ONCE + AT_ONCE // 4  # a few of them cannot be told: mostly nobody is read a second time for that
    for at in range(0, len(keys), size):
        chunk = keys[at : at + size]
        rows = Reaction.objects.select_related("content", "reader", "account", "conversation")
        by_key = rows.prefetch_related("labels").in_bulk(chunk)
        for place, key in enumerate(chunk, at + 1):
            if key in by_key:
                _place(found, by_key[key], user)
            if len(found.on_networks) + len(found.by_mail) == AT_ONCE:
                found.more = len(keys) - place
                return found
    return found


def _newest_of_each(concern: Concern, user: Any) -> list[int]:
    """The ids of the newest reaction of each person who raised ``concern`` and was not answered yet."""
    replies = Post.objects.filter(concern=concern, kind=Post.Kind.REPLY, in_reply_to__reader__isnull=False)
    people: set[int | str] = set(replies.values_list("in_reply_to__reader_id", flat=True))
    rows = reactions_visible_to(user).filter(concern_member__concern=concern).order_by("-published_at", "-pk")
    keys = []
    for key, reader in rows.values_list("pk", "reader_id"):
        person = reader or f"reaction:{key}"
        if person not in people:
            people.add(person)
            keys.append(key)
    return keys


def _place(found: Waiting, reaction: Reaction, user: Any) -> None:
    reason = _unreachable(reaction)
    if not reason and is_on_a_network(reaction) and not scope.acts_for(user, reaction.account):
        reason = "another_desk"
    if reason:
        found.untold += 1
        if found.untold <= AT_ONCE:
            found.unreachable.append((reaction, reason))
    elif is_on_a_network(reaction):
        found.on_networks.append(reaction)
    else:
        found.by_mail.append(reaction)


def still_there(reactions: Sequence[Reaction]) -> list[Reaction]:
    """Those of ``reactions`` that their networks, asked now, still show (DESIGN.md, law 4)."""
    there = quotable(reaction.pk for reaction in reactions)
    return [reaction for reaction in reactions if reaction.pk in there]


def reachable_by(user: Any, reactions: Iterable[Reaction]) -> list[Reaction]:
    """Those of ``reactions`` that ``user`` may answer in their own thread on a network."""
    return [
        reaction
        for reaction in reactions
        if is_on_a_network(reaction) and not _unreachable(reaction) and scope.acts_for(user, reaction.account)
    ]


def _unreachable(reaction: Reaction) -> str:
    """Why a reader cannot be told: a code that the interface translates; "" when they can."""
    if any(label.label == Label.TIP and label.present for label in reaction.labels.all()):
        return "tip"
    if reaction.presence in {Presence.DELETED, Presence.PROTECTED} or not hasattr(reaction, "content"):
        return "deleted"
    if reaction.missing_since:
        return "unseen"
    if reaction.reader and reaction.reader.opted_out:
        return "opted_out"
    if reaction.reader and (reaction.reader.is_staff or reaction.reader.is_bot):
        return "not_a_reader"
    if is_on_a_network(reaction):
        return "" if reaction.account and reaction.account.sends and lets_us_answer(reaction) else "no_account"
    return "" if reaction.content.contact else "no_address"


@transaction.atomic
def prepare(concern: Concern, user: Any, text: str, url: str, to: Iterable[Reaction]) -> list[Post]:
    """Mark a concern as answered and draft one reply to each of the reactions ``to``. The drafts wait for approval.

    ``text`` is the answer, ``url`` where it can be read; each draft is cut to its network's length with the link kept.
    """
    concern.answer, concern.answer_url = text, url
    concern.answered_by, concern.answered_at = user, timezone.now()
    concern.state = Concern.State.ANSWERED
    concern.save(update_fields=["answer", "answer_url", "answered_by", "answered_at", "state"])
    log(instance=concern, action="smeditor.concern_answered", user=user)
    return [draft_reply(reaction, text, url, user, concern) for reaction in to]
