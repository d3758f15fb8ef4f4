"""When what is read next: threads by the age of their post, accounts by their newest one, failures ever more rarely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from smeditor import conf
from smeditor.models import Account, Delivery, Part
from smeditor.networks.base import Ref

THREADS = 40
"""Threads that are walked in one look: a server's patience ends sooner than a newsroom's memory."""
FIRST_RETRY = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(days=1)


def every(age: timedelta) -> timedelta | None:
    """How often a thread is read when its post is ``age`` old; None when it is not read any more."""
    for until, minutes in conf.get("POLL_PLAN"):
        if age <= timedelta(minutes=until):
            return timedelta(minutes=minutes)
    return None


def idle() -> timedelta:
    """How often an account is read under whose posts nothing is expected: readers may mention it at any time."""
    plan = conf.get("POLL_PLAN")
    return timedelta(minutes=plan[min(1, len(plan) - 1)][1])


def oldest() -> timedelta:
    """The age from which on a thread is not read any more."""
    return timedelta(minutes=conf.get("POLL_PLAN")[-1][0])


def after_failure(failures: int) -> timedelta:
    """The pause after so many failures in a row: 2, 4, 8 … minutes, a day at most."""
    return min(FIRST_RETRY * 2 ** min(max(failures - 1, 0), 20), LONGEST_PAUSE)


@dataclass(frozen=True)
class Threads:
    """The threads of an account that are due now, and when the next one will be."""

    delivery_ids: tuple[int, ...]
    refs: tuple[Ref, ...]
    next_at: datetime


def threads_due(account: Account, now: datetime) -> Threads:
    """Choose which of our sent messages are walked in this look, the longest overdue first."""
    due: list[tuple[datetime, int]] = []
    next_at = now + idle()
    sent = Delivery.objects.filter(
        account=account,
        state=Delivery.State.SENT,
        act=Delivery.Act.PUBLISH,
        sent_at__gt=now - oldest(),
    )
    for pk, sent_at, polled_at in sent.values_list("pk", "sent_at", "polled_at"):
        pause = every(now - sent_at)
        if pause is None:
            continue
        at = polled_at + pause if polled_at else sent_at
        if at <= now:
            due.append((at, pk))
            at = now + pause
        next_at = min(next_at, at)
    due.sort()
    chosen = [pk for _at, pk in due[:THREADS]]
    if len(due) > THREADS:
        next_at = now
    return Threads(tuple(chosen), tuple(_refs(chosen)), next_at)


def _refs(delivery_ids: Iterable[int]) -> list[Ref]:
    parts = Part.objects.filter(delivery__in=list(delivery_ids)).exclude(remote_id="").order_by("delivery", "position")
    return [Ref(part.remote_id, part.remote_url, part.remote_cid) for part in parts]
