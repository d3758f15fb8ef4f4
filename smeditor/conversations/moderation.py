"""What an editor does with messages: into which queue they go, which article they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name
from wagtail.log_actions import log
from wagtail.models import AbstractPage

from smeditor import bylines
from smeditor.models import AttachedBy, Conversation, Reaction

Queue = Reaction.Queue
CLOSING = {Queue.DONE, Queue.SPAM}
"""Queues in which nothing waits for an answer any more."""


@transaction.atomic
def move_to_queue(reactions: Iterable[Reaction], queue: str, user: Any) -> dict[int, str]:
    """Move ``reactions`` to ``queue`` as ``user`` decided, and return the queue in which each was before, by id.

    What lies there already is left alone. A thread of which nothing is left in the inbox is closed; one that comes back
    waits again. Each move is logged.
    """
    before: dict[int, str] = {}
    for reaction in reactions:
        if reaction.queue == queue:
            continue
        before[reaction.pk] = reaction.queue
        log(instance=reaction, action="smeditor.reaction_moved", user=user, data={"from": reaction.queue, "to": queue})
    reason = gettext("An editor moved it: %(who)s.") % {"who": get_user_display_name(user)}
    rows = Reaction.objects.filter(pk__in=list(before))
    rows.update(queue=queue, queue_reason=reason[:300])
    _close_or_reopen(Conversation.objects.filter(reactions__in=rows), queue)
    return before


def _close_or_reopen(threads: Any, queue: str) -> None:
    if queue in CLOSING:
        still_open = Reaction.objects.filter(queue=Queue.INBOX, conversation__isnull=False).values("conversation")
        changed = threads.filter(state=Conversation.State.OPEN).exclude(pk__in=still_open)
        state = Conversation.State.CLOSED
    elif queue == Queue.INBOX:
        changed, state = threads.filter(state=Conversation.State.CLOSED), Conversation.State.OPEN
    else:
        return
    ids = list(changed.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=ids).update(state=state, version=F("version") + 1)


def attach_article(reaction: Reaction, page: AbstractPage) -> None:
    """Say by hand that ``reaction`` is about ``page``: no rule says otherwise again, and it waits in the inbox from now on."""
    reaction.article, reaction.attached_by = page, AttachedBy.EDITOR
    changed = ["article", "attached_by"]
    if reaction.queue == Queue.UNATTACHED:
        reaction.queue, reaction.queue_reason = Queue.INBOX, ""
        changed += ["queue", "queue_reason"]
    reaction.save(update_fields=changed)
    bylines.keep_missing([page.pk])
