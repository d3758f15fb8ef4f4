"""When what is read next: threads by the age of their post, accounts by their newest one, failures ever more rarely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from smeditor import conf
from smeditor.models import Account, Delivery, Part, Source
from smeditor.networks.base import Ref

THREADS = 40
"""Threads that are walked in one poll: a server's patience ends sooner than a newsroom's memory."""
FIRST_RETRY = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(days=1)
KEPT_FOR_SENDING = 0.5
"""Share of an account's requests that listening leaves untouched, so that a post never waits for it."""
FIRST_SILENCE = timedelta(hours=1)
LONGEST_SILENCE = timedelta(days=7)
HOSTS = 50
"""Hosts of one source of which a refusal is remembered."""


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


def left_alone(source: Source | None, host: str) -> datetime | None:
    """Until when ``host`` is not asked whether what ``source`` told is still there; None when it may be asked."""
    entry = source.refusals.get(host) if source else None
    return datetime.fromisoformat(entry[1]) if entry else None


def leave_alone(source: Source | None, host: str, now: datetime, least: datetime) -> None:
    """Note that ``host`` would not say: it is asked again in 1, 2, 4 … hours, a week at most, not before ``least``."""
    if source is None:
        return
    failures = min(int(source.refusals.get(host, [0])[0]) + 1, 20)
    until = max(now + min(FIRST_SILENCE * 2 ** (failures - 1), LONGEST_SILENCE), least)
    others = {name: entry for name, entry in source.refusals.items() if name != host}
    kept = sorted(others.items(), key=lambda pair: pair[1][1])[-(HOSTS - 1) :]
    source.refusals = {**dict(kept), host: [failures, until.isoformat()]}
    Source.objects.filter(pk=source.pk).update(refusals=source.refusals)


def welcome(source: Source | None, host: str) -> None:
    """Note that ``host`` answers."""
    if source and source.refusals.pop(host, None):
        Source.objects.filter(pk=source.pk).update(refusals=source.refusals)


def after_silence(last_known: datetime, now: datetime) -> timedelta:
    """The pause after a check that told nothing: as long as nothing was told, from an hour to a week."""
    return min(max(now - last_known, FIRST_SILENCE), LONGEST_SILENCE)


@dataclass(frozen=True)
class Threads:
    """The threads of an account that are due now, and when the next one will be."""

    delivery_ids: tuple[int, ...]
    refs: tuple[Ref, ...]
    next_at: datetime


def threads_due(account: Account, now: datetime) -> Threads:
    """Choose which of our sent messages are walked in this poll, the longest overdue first."""
    due: list[tuple[datetime, int]] = []
    next_at = now + idle()
    sent = Delivery.objects.filter(
        account=account,
        state=Delivery.State.SENT,
        operation=Delivery.Operation.PUBLISH,
        sent_at__gt=now - oldest(),
    )
    for pk, sent_at, polled_at in sent.values_list("pk", "sent_at", "polled_at"):
        pause = every(now - sent_at) if sent_at else None
        if sent_at is None or pause is None:
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
