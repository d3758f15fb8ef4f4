"""Moving reactions between trays, one or many, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.log_actions import log

from smeditor.insight.concerns.membership import refresh
from smeditor.insight.labels.intake import relabel
from smeditor.models import Concern, Conversation, Label, Reaction
from smeditor.permissions import scope
from smeditor.permissions.visibility import reactions_visible_to

Queue = Reaction.Queue
SESSION = "smeditor_last_move"
CLOSING = {Queue.DONE, Queue.SPAM}


@transaction.atomic
def move(reactions: Iterable[Reaction], queue: str, user: Any) -> dict[str, str]:
    """Move reactions to ``tray`` by an editor's word. Returns the tray of each before, by id as text.

    What was said to be spam, or not to be, is also kept as a label: the rules may not say otherwise again.
    """
    before: dict[str, str] = {}
    for reaction in reactions:
        if reaction.queue == queue:
            continue
        before[str(reaction.pk)] = reaction.queue
        if queue == Queue.SPAM or reaction.queue == Queue.SPAM:
            relabel(reaction, Label.SPAM, queue == Queue.SPAM, user)
        log(instance=reaction, action="smeditor.reaction_moved", user=user, data={"from": reaction.queue, "to": queue})
    _put(before, queue, user)
    return before


def _put(before: dict[str, str], queue: str, user: Any) -> None:
    reason = gettext("An editor moved it: %(who)s.") % {"who": user.get_full_name() or user.get_username()}
    rows = Reaction.objects.filter(pk__in=list(before))
    rows.update(queue=queue, queue_reason=reason)
    threads = Conversation.objects.filter(reactions__in=rows)
    if Queue.PROTECTED in {queue, *before.values()}:  # no concern is named by what is aimed at a journalist
        concerned = Concern.objects.filter(members__reaction__in=list(before))
        refresh(Concern.objects.filter(pk__in=list(concerned.values_list("pk", flat=True))))
    if queue in CLOSING:
        still_open = Reaction.objects.filter(queue=Queue.INBOX, conversation__isnull=False).values("conversation")
        closed = threads.filter(state=Conversation.State.OPEN).exclude(pk__in=still_open)
        Conversation.objects.filter(pk__in=list(closed.values_list("pk", flat=True))).update(
            state=Conversation.State.CLOSED, version=F("version") + 1
        )
    elif queue == Queue.INBOX:
        reopened = list(threads.filter(state=Conversation.State.CLOSED).values_list("pk", flat=True))
        Conversation.objects.filter(pk__in=reopened).update(state=Conversation.State.OPEN, version=F("version") + 1)


def remember(request: HttpRequest, before: dict[str, str]) -> None:
    """Keep the last move of this session, so that one click takes it back."""
    if before:
        request.session[SESSION] = before


def last(request: HttpRequest) -> int:
    """How many reactions the last move of this session moved; 0 when there is none to take back."""
    return len(request.session.get(SESSION, {}))


def undo(request: HttpRequest) -> int:
    """Take the last move of this session back, but for what was moved again meanwhile. Returns how many went back."""
    before: dict[str, str] = request.session.pop(SESSION, {})
    gone_back = 0
    for queue in set(before.values()):
        ids = [int(pk) for pk, was in before.items() if was == queue]
        rows, _others = scope.split(request.user, reactions_visible_to(request.user).filter(pk__in=ids))
        gone_back += len(move(rows, queue, request.user))
    return gone_back
