"""Whether what came through an account is still there, within the share of its limits that listening may use.

Messages are asked for in groups. Likes and reposts stand in lists: a list is read once for all that it holds, and ever
more rarely, since a viral post may have ten thousand.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max, Min, QuerySet

from smeditor.accounts import tokens
from smeditor.accounts.clients import open_for_listening, save_after
from smeditor.exceptions import AuthExpired, RateLimited, SmeditorError
from smeditor.listening import erase
from smeditor.listening.notes import CHUNK, MISSING, SCHEDULE, is_gone, note, put_off, silent
from smeditor.models import Account, Reaction
from smeditor.networks.base import Network, Presence
from smeditor.networks.kinds import WITHOUT_TEXT

logger = logging.getLogger("smeditor.listening")

CHECK = 40
"""Messages in one call of a network."""
BLOCKED = SCHEDULE[1]
"""How long a reaction waits whose account has to be connected again first."""


def check_account(account: Account, rows: Sequence[Reaction], now: datetime) -> int:
    """Ask the network of ``account`` about ``rows``; return how many were erased. Raises nothing."""
    if account.failing_reason or account.state in (Account.State.FAILED, Account.State.DISCONNECTED):
        return put_off(rows, now + BLOCKED)
    try:
        network = open_for_listening(account)
    except SmeditorError as error:
        logger.warning("account %s cannot be asked what is still there: %s", account.pk, error)
        return silent(rows, now)
    try:
        return _AccountCheck(account, network, now).run(rows)
    finally:
        save_after(network, account)
        network.close()


class _AccountCheck:
    def __init__(self, account: Account, network: Network, now: datetime) -> None:
        self.account = account
        self.network = network
        self.now = now
        self.erased = 0
        self.waits_until: datetime | None = None
        """Until when the network wants to be left alone, once it said so."""

    def run(self, rows: Sequence[Reaction]) -> int:
        messages = [row for row in rows if row.kind not in WITHOUT_TEXT]
        asked: list[Reaction] = []
        presences: dict[int, Presence] = {}
        for start in range(0, len(messages), CHECK):
            part = messages[start : start + CHECK]
            by_native_id = self._ask(part)
            if by_native_id is not None:
                asked += part
                presences |= {row.pk: by_native_id.get(row.native_id, Presence.UNKNOWN) for row in part}
        # Noted at once: the database is not asked more often for the many readers of one concern than for a few.
        self.erased += note(asked, presences, self.now)
        lists: dict[tuple[int | None, str], list[Reaction]] = {}
        for row in rows:
            if row.kind in WITHOUT_TEXT:
                lists.setdefault((row.delivery_id, row.kind), []).append(row)
        for (delivery_id, kind), some in lists.items():
            self._list(delivery_id, kind, some)
        return self.erased

    def _ask(self, rows: Sequence[Reaction]) -> dict[str, Presence] | None:
        """What the network tells by native id; None when it told nothing, and ``rows`` were put off."""
        if self.waits_until:
            put_off(rows, self.waits_until)
            return None
        try:
            return self.network.check([row.native_id for row in rows])
        except RateLimited as error:
            self.waits_until = error.again_at(self.now)
            put_off(rows, self.waits_until)
        except AuthExpired as error:
            tokens.expired(self.account, error, self.now)
            self.waits_until = self.now + BLOCKED
            put_off(rows, self.waits_until)
        except SmeditorError as error:
            logger.warning("account %s cannot be asked what is still there: %s", self.account.pk, error)
            silent(rows, self.now)
        except Exception as error:
            logger.error("account %s: checking again failed: %s", self.account.pk, type(error).__qualname__)
            silent(rows, self.now)
        return None

    def _list(self, delivery_id: int | None, kind: str, due: Sequence[Reaction]) -> None:
        """Check the likes, or the reposts, of one post: all of them, since they cost one reading."""
        every = self._listed_reactions(delivery_id, kind, due)
        times = every.aggregate(first=Min("collected_at"), last=Max("checked_at"))
        at = times["last"] and times["last"] + pause(times["first"], times["last"])
        if at and at > self.now:
            every.filter(next_check_at__lte=at).update(next_check_at=at)
            put_off(due, at)
            return
        rows = list(every.only("pk", "native_id", "missing_since", "presence", "kind", "reader_id"))
        result = self._ask(rows)
        if result is not None:
            self._note(rows, result, times["first"])

    def _listed_reactions(self, delivery_id: int | None, kind: str, due: Sequence[Reaction]) -> QuerySet[Reaction]:
        living = Reaction.objects.filter(account=self.account, kind=kind).exclude(presence=Presence.DELETED)
        if delivery_id is None:
            return living.filter(pk__in=[row.pk for row in due])
        return living.filter(delivery=delivery_id)

    def _note(self, rows: Sequence[Reaction], result: dict[str, Presence], first: datetime) -> None:
        """Write down what a list told. Each is checked again with the whole list, or never."""
        over = self.now - first >= SCHEDULE[-1]
        common = {"checked_at": self.now, "next_check_at": None if over else self.now + pause(first, self.now)}
        presence = {row.pk: result.get(row.native_id, Presence.UNKNOWN) for row in rows}
        gone = [row for row in rows if is_gone(row, presence[row.pk], self.now)]
        missing = [row.pk for row in rows if presence[row.pk] in MISSING and row.missing_since is None]
        there = [row.pk for row in rows if presence[row.pk] in {Presence.ALIVE, Presence.EDITED}]
        silent_ones = [row.pk for row in rows if presence[row.pk] is Presence.UNKNOWN]
        # What is missing for the first time is checked once more, however old the post is.
        again = {**common, "next_check_at": self.now + pause(first, self.now), "missing_since": self.now}
        _update(missing, again)
        _update(there, {**common, "missing_since": None, "presence": Presence.ALIVE.value})
        _update(silent_ones, common)
        self.erased += erase.erase_all(list(Reaction.objects.filter(pk__in=[row.pk for row in gone])), self.now)


def pause(first: datetime, at: datetime) -> timedelta:
    """How long a list read at ``at`` is left alone: as long as the oldest in it is known, an hour at least.

    In a month that makes ten readings.
    """
    return max(at - first, SCHEDULE[0])


def _update(ids: Sequence[int], changes: dict) -> None:
    for start in range(0, len(ids), CHUNK):
        Reaction.objects.filter(pk__in=ids[start : start + CHUNK]).update(**changes)
