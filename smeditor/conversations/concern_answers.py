"""Closing the loop: whoever raised a concern learns that it was answered, once each, where they raised it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from smeditor.conversations.answers import ON_A_NETWORK, draft_reply
from smeditor.listening.quotable import quotable
from smeditor.models import Concern, Label, Post, Reaction
from smeditor.networks.base import Presence
from smeditor.permissions import scope


@dataclass
class Waiting:
    """Who waits for an answer: reactions that can be answered on a network, ones by mail, and why others cannot."""

    on_networks: list[Reaction] = field(default_factory=list)
    by_mail: list[Reaction] = field(default_factory=list)
    unreachable: list[tuple[Reaction, str]] = field(default_factory=list)


def waiting(concern: Concern) -> Waiting:
    """List everyone who raised ``concern``: one reaction for each person and thread, the newest.

    Who is to be answered is looked for on their network first.
    """
    found = Waiting()
    answered_people: set[int | str] = set(
        Post.objects.filter(concern=concern, kind=Post.Kind.REPLY, in_reply_to__reader__isnull=False).values_list(
            "in_reply_to__reader_id", flat=True
        )
    )
    reactions = (
        Reaction.objects.filter(concern_member__concern=concern)
        .select_related("content", "reader", "account", "conversation")
        .prefetch_related("labels")
        .order_by("-published_at", "-pk")
    )
    still_there = quotable(reactions.filter(content__isnull=False).values_list("pk", flat=True))
    for reaction in reactions:
        person = reaction.reader_id or f"reaction:{reaction.pk}"
        if person in answered_people:
            continue
        answered_people.add(person)
        reason = _unreachable(reaction) or ("" if reaction.pk in still_there else "unseen")
        if reason:
            found.unreachable.append((reaction, reason))
        elif reaction.kind in ON_A_NETWORK:
            found.on_networks.append(reaction)
        else:
            found.by_mail.append(reaction)
    return found


def reachable_by(user: Any, reactions: Iterable[Reaction]) -> list[Reaction]:
    """Those of ``reactions`` that ``user`` may answer in their own thread on a network."""
    return [
        reaction
        for reaction in reactions
        if reaction.kind in ON_A_NETWORK and not _unreachable(reaction) and scope.acts_for(user, reaction.account)
    ]


def _unreachable(reaction: Reaction) -> str:
    """Why a reader cannot be told: a code that the interface translates; "" when they can."""
    if any(label.label == Label.TIP and label.present for label in reaction.labels.all()):
        return "tip"
    if reaction.presence in {Presence.DELETED, Presence.PROTECTED} or not hasattr(reaction, "content"):
        return "deleted"
    if reaction.reader and reaction.reader.opted_out:
        return "opted_out"
    if reaction.reader and (reaction.reader.is_staff or reaction.reader.is_bot):
        return "not_a_reader"
    if reaction.kind in ON_A_NETWORK:
        return "" if reaction.account and reaction.account.sends else "no_account"
    return "" if reaction.content.contact else "no_address"


@transaction.atomic
def prepare(concern: Concern, user: Any, text: str, url: str = "", to: list[Reaction] | None = None) -> list[Post]:
    """Mark a concern as answered and draft one reply to each reader who raised it. The drafts wait for approval.

    ``to``: the reactions to answer, all that wait on networks when None.
    ``text`` is the answer, ``url`` where it can be read; each draft is cut to its network's length with the link kept.
    """
    concern.answer, concern.answer_url = text, url
    concern.answered_by, concern.answered_at = user, timezone.now()
    concern.state = Concern.State.ANSWERED
    concern.save(update_fields=["answer", "answer_url", "answered_by", "answered_at", "state"])
    log(instance=concern, action="smeditor.concern_answered", user=user)
    reactions = waiting(concern).on_networks if to is None else to
    return [draft_reply(reaction, text, url, user, concern) for reaction in reactions]
