"""When what is read next: threads by the age of their post, accounts by their newest one, failures ever more rarely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from smeditor import conf
from smeditor.models import Account, Delivery, Part, Source
from smeditor.networks.base import Ref

THREADS = 40
"""Threads that are walked in one poll: a server's patience ends sooner than a newsroom's memory."""
FIRST_RETRY = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(days=1)
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


def marks(now: datetime, at: datetime) -> dict[str, datetime]:
    """What a source that was read at ``now`` notes of when it is read again, ``at``, and from when on that is late.

    One that has more to tell at once lets others in between.
    """
    pause = at - now if at > now else idle()
    return {"polled_at": now, "next_poll_at": at, "poll_by": at + pause / 2}


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
class Walk:
    """One of our sent messages, or thread of messages, whose answers are read."""

    delivery_id: int
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Threads:
    """The threads of an account that are due now, the longest overdue first, and when the account is read again."""

    walks: tuple[Walk, ...]
    next_at: datetime


def threads_due(account: Account, now: datetime) -> Threads:
    """Choose which of our sent messages are walked in this poll. What is not due is not loaded."""
    due: list[tuple[datetime, int]] = []
    pauses = [idle()]
    for pause, band in _bands(account, now):
        # Walked in the future: the clock went back since.
        open_ = band.filter(Q(polled_at__isnull=True) | Q(polled_at__lte=now - pause) | Q(polled_at__gt=now))
        rows = open_.order_by(F("polled_at").asc(nulls_first=True), "pk").values_list("pk", "sent_at", "polled_at")
        due += [
            (polled_at + pause if polled_at else sent_at or now, pk) for pk, sent_at, polled_at in rows[: THREADS + 1]
        ]
        if pause < pauses[-1] and band.exists():
            pauses.append(pause)
    due.sort()
    next_at = now if len(due) > THREADS else now + pauses[-1]
    return Threads(_walks([pk for _at, pk in due[:THREADS]]), next_at)


def _bands(account: Account, now: datetime) -> Iterator[tuple[timedelta, QuerySet[Delivery]]]:
    """For each line of the plan its pause, and the account's sent posts of that age."""
    rows = Delivery.objects.filter(
        account=account, state=Delivery.State.SENT, operation=Delivery.Operation.PUBLISH, sent_at__gt=now - oldest()
    )
    for until, minutes in conf.get("POLL_PLAN"):
        since = now - timedelta(minutes=until)
        yield timedelta(minutes=minutes), rows.filter(sent_at__gt=since)
        rows = rows.filter(sent_at__lte=since)


def _walks(delivery_ids: list[int]) -> tuple[Walk, ...]:
    """The deliveries in the order that is given, each with its messages on the network."""
    refs: dict[int, list[Ref]] = {pk: [] for pk in delivery_ids}
    parts = Part.objects.filter(delivery__in=delivery_ids).exclude(remote_id="").order_by("delivery", "position")
    for part in parts:
        refs[part.delivery_id].append(Ref(part.remote_id, part.remote_url, part.remote_cid))
    return tuple(Walk(pk, tuple(found)) for pk, found in refs.items())


def hasten(now: datetime) -> int:
    """Let accounts that posted just now be read as often as a young post asks; return how many that is new for."""
    soon = now + (every(timedelta()) or idle())
    lately = Delivery.objects.filter(
        state=Delivery.State.SENT, operation=Delivery.Operation.PUBLISH, sent_at__gt=now - (soon - now)
    )
    accounts = set(lately.order_by().values_list("account", flat=True).distinct())
    if not accounts:
        return 0
    # Where something is the matter, the pause is the network's own or that of a failure.
    well = Source.objects.filter(account__in=accounts, next_poll_at__gt=soon, problem="")
    return well.update(next_poll_at=soon, poll_by=soon + (soon - now) / 2)
