"""Keeping true what is stored: is it still there, was it edited, is its time over?

Looked at again 1 h, 6 h, a day, 3, 7 and 30 days after it came, and always before it is shown in a letter, a quotation
or an answer. A failure is never a deletion: two looks, at least ten minutes apart, must both find nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from smeditor.accounts import tokens
from smeditor.accounts.clients import open_network, save_after
from smeditor.exceptions import AuthExpired, RateLimited, SmeditorError
from smeditor.listening import erase, plan
from smeditor.listening.batch import FORM, WEB
from smeditor.listening.webcheck import look_on_web
from smeditor.listening.words import expiry
from smeditor.models import Account, Delivery, Reaction, ReactionText
from smeditor.networks.base import Presence

logger = logging.getLogger("smeditor.listening")

SCHEDULE = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))
SECOND_LOOK = timedelta(minutes=10)
"""The least time between the two looks that make a deletion."""
ROUND = 400
CHECK = 40
"""Ids in one call of a network."""
IN_WORK = timedelta(minutes=15)
"""A look is due again after so long if the worker that began it died."""
FRESH = timedelta(minutes=10)
"""What was looked at so recently is shown without a further look."""
TRUSTED = timedelta(hours=24)
"""What could not be looked at is shown if it was seen alive within this time."""
SHOWN = 200
MISSING = {Presence.DELETED, Presence.PROTECTED}
THERE = {Presence.ALIVE.value, Presence.EDITED.value}


def run_due(now: datetime) -> int:
    """Look again at what is due, erase what is gone, forget the words whose time is over; return how many of both."""
    return recheck(now) + end_holds(now) + retain(now)


def recheck(now: datetime) -> int:
    """Look again at the reactions that are due at ``now``; return how many were erased."""
    due = Reaction.objects.filter(next_check_at__lte=now).exclude(presence=Presence.DELETED)
    rows = list(due.select_related("account", "source").order_by("next_check_at", "pk")[:ROUND])
    Reaction.objects.filter(pk__in=[row.pk for row in rows]).update(next_check_at=now + IN_WORK)
    return look(rows, now)


def look(rows: Sequence[Reaction], now: datetime) -> int:
    """Ask the networks about ``rows``, note what they say, and erase what is gone; return how many were erased."""
    erased = 0
    by_place: dict[object, list[Reaction]] = {}
    for row in rows:
        by_place.setdefault(row.account if row.network != WEB else WEB, []).append(row)
    for place, some in by_place.items():
        if place == WEB:
            erased += note(some, look_on_web(some), now)
        elif isinstance(place, Account):
            for start in range(0, len(some), CHECK):
                erased += _look_at_account(place, some[start : start + CHECK], now)
        else:
            Reaction.objects.filter(pk__in=[row.pk for row in some]).update(next_check_at=None)
    return erased


def _look_at_account(account: Account, rows: Sequence[Reaction], now: datetime) -> int:
    if account.failing_reason or account.state == Account.State.FAILED:
        return _later(rows, now + SCHEDULE[1])
    network = None
    try:
        network = open_network(account)
        told = network.check([row.native_id for row in rows])
    except RateLimited as error:
        return _later(rows, error.until)
    except AuthExpired as error:
        tokens.expired(account, error, now)
        return _later(rows, now + SCHEDULE[1])
    except SmeditorError as error:
        logger.warning("account %s cannot be asked what is still there: %s", account.pk, error)
        return _later(rows, now + SCHEDULE[0])
    except Exception as error:
        logger.error("account %s: looking again failed: %s", account.pk, type(error).__qualname__)
        return _later(rows, now + SCHEDULE[0])
    finally:
        if network:
            save_after(network, account)
            network.close()
    return note(rows, {row.pk: told.get(row.native_id, Presence.UNKNOWN) for row in rows}, now)


def _later(rows: Sequence[Reaction], at: datetime) -> int:
    Reaction.objects.filter(pk__in=[row.pk for row in rows]).update(next_check_at=at)
    return 0


def note(rows: Sequence[Reaction], told: dict[int, Presence], now: datetime) -> int:
    """Write down what one look told, by reaction id; erase what two looks did not find, and return how many."""
    gone, kept = [], []
    for row in rows:
        presence = told.get(row.pk, Presence.UNKNOWN)
        if presence in MISSING and row.missing_since and now - row.missing_since >= SECOND_LOOK:
            gone.append(row)
            continue
        _note_one(row, presence, now)
        kept.append(row)
    Reaction.objects.bulk_update(kept, ["presence", "checked_at", "missing_since", "next_check_at"])
    edited = {row.delivery_id for row in kept if row.presence == Presence.EDITED and not row.edited_at}
    # The new words come with the thread: it is read in the next round.
    Delivery.objects.filter(pk__in=edited - {None}, sent_at__gt=now - plan.oldest()).update(polled_at=None)
    return erase.erase_all(gone, now)


def _note_one(row: Reaction, presence: Presence, now: datetime) -> None:
    if presence in MISSING:
        row.missing_since = row.missing_since or now
        row.next_check_at = row.missing_since + SECOND_LOOK
    elif presence == Presence.UNKNOWN:
        row.next_check_at = now + SCHEDULE[0]
    else:
        edited = presence == Presence.EDITED or row.presence == Presence.EDITED
        row.presence = (Presence.EDITED if edited else Presence.ALIVE).value
        row.checked_at, row.missing_since = now, None
        row.next_check_at = next_check(row.collected_at, now)


def next_check(collected_at: datetime, now: datetime) -> datetime | None:
    """The next time of the schedule after ``now``; None when the last one is over."""
    return next((collected_at + step for step in SCHEDULE if collected_at + step > now), None)


def before_display(reaction_ids: Iterable[int], now: datetime | None = None) -> set[int]:
    """Return which of at most 200 reactions may be shown now in a letter, a quotation or an answer.

    Each is looked at on its network unless that was done in the last ten minutes. What is gone, or missing since the
    last look, is not shown; what cannot be looked at is shown only if it was seen within a day.
    """
    now = now or timezone.now()
    ids = list(dict.fromkeys(reaction_ids))[:SHOWN]
    rows = list(Reaction.objects.filter(pk__in=ids, words__isnull=False).select_related("account", "source"))
    stale = [row for row in rows if row.network != FORM and not (row.checked_at and now - row.checked_at < FRESH)]
    look(stale, now)
    shown = Reaction.objects.filter(pk__in=ids, words__isnull=False, presence__in=THERE, missing_since=None)
    return {
        row.pk
        for row in shown.only("pk", "network", "checked_at", "collected_at")
        if row.network == FORM or now - (row.checked_at or row.collected_at) <= TRUSTED
    }


def end_holds(now: datetime) -> int:
    """Erase what its author deleted while a legal hold kept it, once the hold is over."""
    over = Reaction.objects.filter(presence=Presence.DELETED, next_check_at__lte=now, legal_hold_until__lte=now)
    return erase.erase_all(list(over[:ROUND]), now)


def retain(now: datetime) -> int:
    """Forget the words whose time is over (``SMEDITOR["RETENTION"]``); return of how many reactions.

    How long words are kept depends on what became of them since: it is looked up when the shortest time is over.
    """
    over = ReactionText.objects.filter(expires_at__lte=now).select_related("reaction__concern_member")
    ended, extended = [], []
    for words in over.order_by("expires_at")[:ROUND]:
        until = _kept_until(words.reaction, now)
        if until > now:
            words.expires_at = until
            extended.append(words)
        else:
            ended.append(words.reaction)
    ReactionText.objects.bulk_update(extended, ["expires_at"])
    return erase.forget_words(ended)


def _kept_until(row: Reaction, now: datetime) -> datetime:
    level = "concern" if hasattr(row, "concern_member") else "triaged" if row.triaged_at else "untriaged"
    return max(expiry(row.collected_at, level), row.legal_hold_until or now)
