"""Hiding, showing again and liking what readers wrote, there where they wrote it: an editor's decision, never a machine's.

The intent is committed before the network is asked, under a fence like a delivery's. Each operation is harmless to
repeat, so that an unknown outcome is simply done again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor import conf
from smeditor.accounts import clients, tokens
from smeditor.exceptions import (
    AuthExpired,
    ConfigurationError,
    Gone,
    RateLimited,
    Refused,
    SmeditorError,
    UnsupportedFeature,
)
from smeditor.models import Account, Reaction, ReactionOperation
from smeditor.networks.base import Presence, ReaderOperation

logger = logging.getLogger("smeditor.conversations")

State = ReactionOperation.State
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
MOST_TRIES = 12
OPPOSITE = {
    ReaderOperation.HIDE: ReaderOperation.UNHIDE,
    ReaderOperation.UNHIDE: ReaderOperation.HIDE,
    ReaderOperation.LIKE: ReaderOperation.UNLIKE,
    ReaderOperation.UNLIKE: ReaderOperation.LIKE,
}


def offered(reaction: Reaction) -> list[ReaderOperation]:
    """The operations that make sense on ``reaction`` now: what its network does, and what was not just done.

    Empty where its account is not connected, or it has no text (a like is not hidden).
    """
    if reaction.account is None or reaction.kind not in Reaction.KINDS_WITH_TEXT:
        return []
    try:
        able = clients.network_class(reaction.account).capabilities.reader_operations
    except ConfigurationError:
        return []
    possible = []
    if able & {ReaderOperation.HIDE, ReaderOperation.UNHIDE}:
        possible.append(ReaderOperation.UNHIDE if is_hidden(reaction) else ReaderOperation.HIDE)
    if able & {ReaderOperation.LIKE, ReaderOperation.UNLIKE}:
        possible.append(ReaderOperation.UNLIKE if is_liked(reaction) else ReaderOperation.LIKE)
    return [operation for operation in possible if operation in able]


def is_hidden(reaction: Reaction) -> bool:
    """Whether readers there do not see it, or will not as soon as the network was asked."""
    newest = _newest(reaction, ReaderOperation.HIDE)
    if newest is not None and newest.state == State.WAITING:
        return newest.operation == ReaderOperation.HIDE
    return reaction.presence == Presence.HIDDEN


def is_liked(reaction: Reaction) -> bool:
    """Whether the account likes it, as far as the desk has asked for that."""
    newest = _newest(reaction, ReaderOperation.LIKE)
    return newest is not None and newest.state != State.REFUSED and newest.operation == ReaderOperation.LIKE


def _newest(reaction: Reaction, operation: ReaderOperation) -> ReactionOperation | None:
    pair = (operation.value, OPPOSITE[operation].value)
    return reaction.operations.filter(operation__in=pair).order_by("-pk").first()


@transaction.atomic
def request(reaction: Reaction, operation: ReaderOperation, user: Any, now: datetime) -> ReactionOperation:
    """Note that ``user`` wants ``operation`` done to ``reaction``; a worker does it at its next check.

    An opposite one that still waits is taken back. Raises UnsupportedFeature where the network does not do it or it is
    done already.
    """
    locked = Reaction.objects.select_for_update(of=("self",)).select_related("account").get(pk=reaction.pk)
    if operation not in offered(locked):
        raise UnsupportedFeature(_("That is not possible here, or it is done already."))
    waiting = locked.operations.filter(operation=OPPOSITE[operation].value, finished_at__isnull=True)
    waiting.update(
        state=State.REFUSED, finished_at=now, reason=_("Taken back before it was done."), fence=F("fence") + 1
    )
    row = ReactionOperation.objects.create(
        reaction=locked, operation=operation.value, requested_by=user, requested_at=now, due_at=now
    )
    log(instance=locked, action=f"smeditor.reaction_{operation.value}", user=user, data={"operation": row.pk})
    return row


def run_due(now: datetime, limit: int = 20) -> int:
    """Do what waits, the oldest first. ``now`` is aware. Returns how many were tried."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    due = ReactionOperation.objects.filter(free, finished_at__isnull=True, due_at__lte=now)
    tried = 0
    for row in due.select_related("reaction__account").order_by("due_at")[:limit]:
        lease = now + timedelta(seconds=conf.get("LEASE"))
        mine = ReactionOperation.objects.filter(free, pk=row.pk, fence=row.fence, finished_at__isnull=True)
        if mine.update(lease_until=lease, fence=F("fence") + 1):
            row.fence += 1
            tried += 1
            _do(row, now)
    return tried


def _do(row: ReactionOperation, now: datetime) -> None:
    account = row.reaction.account
    if account is None or account.state != Account.State.ACTIVE:
        _again(row, _("The account is not connected at the moment."), now + LONGEST_PAUSE)
        return
    try:
        with clients.connected(account) as network:
            network.operate(row.reaction.native_id, ReaderOperation(row.operation))
    except RateLimited as error:
        _again(row, error.sentence, error.again_at(now))
    except AuthExpired as error:
        _again(row, error.sentence, now + FIRST_PAUSE)
        tokens.expired(account, error, now, tries=row.tries)
    except (Refused, Gone, UnsupportedFeature, ConfigurationError) as error:
        _finish(row, State.REFUSED, error.sentence, now)
    except SmeditorError as error:  # a doubt too: to do it again changes nothing
        _again(row, error.sentence, now + min(FIRST_PAUSE * 2**row.tries, LONGEST_PAUSE))
    except Exception as error:
        logger.error("operation %s raised %s", row.pk, type(error).__qualname__)
        _again(row, _("It failed for a reason that only the log knows."), now + LONGEST_PAUSE)
    else:
        _finish(row, State.DONE, "", now)


def _owned(row: ReactionOperation) -> Any:
    return ReactionOperation.objects.filter(pk=row.pk, fence=row.fence, finished_at__isnull=True)


def _again(row: ReactionOperation, sentence: str, due_at: datetime) -> None:
    if row.tries + 1 >= MOST_TRIES:
        _finish(row, State.REFUSED, sentence or _("The network could not be reached."), due_at)
        return
    _owned(row).update(lease_until=None, due_at=due_at, tries=row.tries + 1, reason=sentence[:500])


def _finish(row: ReactionOperation, state: str, sentence: str, now: datetime) -> None:
    with transaction.atomic():
        if not _owned(row).update(state=state, finished_at=now, lease_until=None, reason=sentence[:500]):
            return
        if state == State.DONE:
            _note_presence(row)
    logger.info("operation %s: %s", row.pk, state)


def _note_presence(row: ReactionOperation) -> None:
    there = Reaction.objects.filter(pk=row.reaction_id)
    if row.operation == ReaderOperation.HIDE:
        there.filter(presence__in=[Presence.ALIVE.value, Presence.EDITED.value]).update(presence=Presence.HIDDEN.value)
    elif row.operation == ReaderOperation.UNHIDE:
        there.filter(presence=Presence.HIDDEN.value).update(presence=Presence.ALIVE.value)
