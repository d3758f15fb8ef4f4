"""Keeping true what is stored: is it still there, was it edited, is its time over?

Checked again 1 h, 6 h, a day, 3, 7 and 30 days after it came, and always before it is quoted in a digest, a decision or
an answer. A failure is never a deletion: two checks, at least ten minutes apart, must both find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from smeditor.listening import erase
from smeditor.listening.accountcheck import check_account
from smeditor.listening.batch import FORM, WEB
from smeditor.listening.content import expiry
from smeditor.listening.notes import note, put_off
from smeditor.listening.web_presence import check_on_web
from smeditor.models import Account, Reaction, ReactionText
from smeditor.networks.base import Presence

ROUND = 400
IN_WORK = timedelta(minutes=15)
"""A check is due again after so long if the worker that began it died."""
FRESH = timedelta(minutes=10)
"""What was checked so recently is shown without a further check."""
TRUSTED = timedelta(hours=24)
"""What could not be checked is shown if it was seen alive within this time."""
SHOWN = 200
THERE = {Presence.ALIVE.value, Presence.EDITED.value}


def run_due(now: datetime) -> int:
    """Check again what is due, erase what is gone, forget the text whose time is over; return how many of both."""
    return recheck(now) + end_holds(now) + retain(now)


def recheck(now: datetime) -> int:
    """Check again the reactions that are due at ``now``; return how many were erased."""
    due = Reaction.objects.filter(next_check_at__lte=now).exclude(presence=Presence.DELETED)
    rows = list(due.select_related("account", "source").order_by("next_check_at", "pk")[:ROUND])
    Reaction.objects.filter(pk__in=[row.pk for row in rows]).update(next_check_at=now + IN_WORK)
    return check(rows, now)


def check(rows: Sequence[Reaction], now: datetime) -> int:
    """Ask the networks about ``rows``, note what they say, and erase what is gone; return how many were erased."""
    erased = 0
    by_place: dict[object, list[Reaction]] = {}
    for row in rows:
        by_place.setdefault(row.account if row.network != WEB else WEB, []).append(row)
    for place, some in by_place.items():
        if place == WEB:
            erased += _check_on_web(some, now)
        elif isinstance(place, Account):
            erased += check_account(place, some, now)
        else:
            Reaction.objects.filter(pk__in=[row.pk for row in some]).update(next_check_at=None)
    return erased


def _check_on_web(rows: Sequence[Reaction], now: datetime) -> int:
    result = check_on_web(rows, now)
    for at in set(result.later.values()):
        put_off((row for row in rows if result.later.get(row.pk) == at), at)
    return note([row for row in rows if row.pk in result.presence], result.presence, now)


def before_display(reaction_ids: Iterable[int], now: datetime | None = None) -> set[int]:
    """Return which of at most 200 reactions may be shown now in a digest, a decision or an answer.

    Each is checked on its network unless that was done in the last ten minutes. What is gone, or missing since the
    last check, is not shown; what cannot be checked is shown only if it was seen within a day.
    """
    now = now or timezone.now()
    ids = list(dict.fromkeys(reaction_ids))[:SHOWN]
    living = Reaction.objects.filter(pk__in=ids, content__isnull=False).exclude(presence=Presence.DELETED)
    rows = list(living.select_related("account", "source"))
    stale = [row for row in rows if row.network != FORM and not (row.checked_at and now - row.checked_at < FRESH)]
    check(stale, now)
    return {
        row.pk
        for row in there(ids).only("pk", "network", "checked_at", "collected_at")
        if row.network == FORM or now - (row.checked_at or row.collected_at) <= TRUSTED
    }


def there(reaction_ids: Iterable[int]) -> QuerySet[Reaction]:
    """Those of the reactions that have words and that the last check did not miss."""
    return Reaction.objects.filter(
        pk__in=list(reaction_ids), content__isnull=False, presence__in=THERE, missing_since=None
    )


def end_holds(now: datetime) -> int:
    """Erase what its author deleted while a legal hold kept it, once the hold is over."""
    over = Reaction.objects.filter(presence=Presence.DELETED, legal_hold_until__lte=now)
    return erase.erase_all(list(over[:ROUND]), now)


def retain(now: datetime) -> int:
    """Forget the words whose time is over (``SMEDITOR["RETENTION"]``); return of how many reactions.

    How long text is kept depends on what became of them since: it is looked up when the shortest time is over.
    """
    over = ReactionText.objects.filter(expires_at__lte=now).select_related("reaction__concern_member")
    ended, extended = [], []
    for content in over.order_by("expires_at")[:ROUND]:
        until = _kept_until(content.reaction, now)
        if until > now:
            content.expires_at = until
            extended.append(content)
        else:
            ended.append(content.reaction)
    ReactionText.objects.bulk_update(extended, ["expires_at"])
    return erase.forget_texts(ended)


def _kept_until(row: Reaction, now: datetime) -> datetime:
    level = "concern" if hasattr(row, "concern_member") else "triaged" if row.triaged_at else "untriaged"
    return max(expiry(row.collected_at, level), row.legal_hold_until or now)
