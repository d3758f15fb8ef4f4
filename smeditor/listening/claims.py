"""Which sources are read now, and by whom: what will be late soonest comes first, no host is asked by many at once.

Who claims is alone while it looks at whom others ask: two workers that choose at once would both find a site left alone.
SQLite lets one write at a time anyway; on PostgreSQL a lease by name sees to it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from smeditor import conf
from smeditor.accounts import health
from smeditor.leases import lease
from smeditor.models import Source

LEASES = 3
"""A source's lease is so many times that of a delivery: one is for asking, the rest for storing what was told."""
SLOW = 3.0
"""Seconds to answer from which on a source is slow: those take at most half of the threads."""
SITE_AT_ONCE, SERVER_AT_ONCE = 1, 4
"""So many of one host are read at the same time: feeds and pages, and accounts of one server."""
CHOICE = 4
"""So many times what is wanted is looked at, since of one host not all may be taken."""
SOON_LATE = timedelta(minutes=1)
"""What is late in less time than this comes before what was never read: a newsroom that adds a thousand feeds at once reads
its accounts by their plan meanwhile."""
CHOOSING = 10
"""Seconds after which a worker that stopped while it chose holds up the others no more."""
TURN, TRIES = 0.05, 20
"""Seconds between two tries to be the one that chooses, and how many: choosing takes some milliseconds."""
SKEW = timedelta(minutes=1)
"""What lies further in the future than this, and was written as the past, was written before the clock went back."""


def lease_length() -> timedelta:
    """How long a source is a worker's own."""
    return timedelta(seconds=LEASES * conf.get("LEASE"))


def seconds_to_ask() -> float:
    """Seconds after which a read asks nobody anything more: what is left of the lease is for storing."""
    return float(conf.get("LEASE"))


def is_slow(seconds: float | None) -> bool:
    """Whether a source that took ``seconds`` to answer is slow; what was never read is not."""
    return seconds is not None and seconds >= SLOW


def due(now: datetime) -> QuerySet[Source]:
    """Sources to be read now, first what is late or will be soonest; what was never read comes after what is ``SOON_LATE``.

    Of what was never read accounts come first: readers there wait for an answer.
    An account that must be reconnected is left alone. What was read in the future was read before the clock went back.
    """
    its_time = Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=now) | Q(polled_at__gt=now + SKEW)
    return (
        Source.objects.filter(its_time, _free(now), active=True)
        .exclude(account__listens=False)
        .exclude(account__in=health.unusable())
        .order_by(
            Coalesce("poll_by", Value(now + SOON_LATE, output_field=DateTimeField())),
            F("account").asc(nulls_last=True),
            "pk",
        )
    )


def claim(now: datetime, limit: int, *, slow: int, without: Collection[int] = ()) -> list[Source]:
    """Lease up to ``limit`` due sources, ``slow`` of them slow ones, and return them; none while another worker chooses.

    ``without``: ids of sources that are left for another round.
    """
    rows = due(now).exclude(pk__in=without)
    if slow <= 0:
        rows = rows.exclude(seconds__gte=SLOW)
    with _turn(now) as is_ours:
        ours = _claimed(rows, now, limit, slow) if is_ours else []
    claimed = Source.objects.select_related("account", "article").in_bulk(ours)
    return [claimed[pk] for pk in ours if pk in claimed]


@contextmanager
def _turn(now: datetime) -> Iterator[bool]:
    """Yield whether this worker is the only one that chooses now; others are waited for, up to a second."""
    if not connection.features.has_select_for_update:
        yield True
        return
    for trial in range(TRIES):
        with lease("claim", now, CHOOSING) as is_ours:
            if is_ours or trial == TRIES - 1:
                yield is_ours
                return
        time.sleep(TURN)


@transaction.atomic
def _claimed(rows: QuerySet[Source], now: datetime, limit: int, slow: int) -> list[int]:
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return [pk for pk in _choose(rows, now, limit, slow) if _take(pk, now)]


def claim_one(source_id: int, now: datetime) -> Source | None:
    """Lease one source, due or not; None when it is off, or another worker has it."""
    if not _take(source_id, now):
        return None
    return Source.objects.select_related("account", "article").get(pk=source_id)


def _take(source_id: int, now: datetime) -> bool:
    rows = Source.objects.filter(_free(now), pk=source_id, active=True)
    return bool(rows.update(lease_until=now + lease_length()))


def _free(now: datetime) -> Q:
    """Nobody's lease, or none that is still good: no lease ends later than one that is taken now."""
    ended = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return ended | Q(lease_until__gt=now + lease_length() + SKEW)


def _choose(rows: QuerySet[Source], now: datetime, limit: int, slow: int) -> list[int]:
    """The ids of the first ``limit`` of ``rows`` whose hosts are not asked by enough others already."""
    under_way = Source.objects.exclude(_free(now)).values_list("kind", "host")
    asked = Counter(map(_place, under_way))
    rows = rows.exclude(_at(host for host in asked if _is_enough(asked, host)))
    chosen: list[int] = []
    for pk, kind, host, seconds in rows.values_list("pk", "kind", "host", "seconds")[: CHOICE * limit]:
        place = _place((kind, host))
        if _is_enough(asked, place) or (is_slow(seconds) and slow <= 0):
            continue
        chosen.append(pk)
        asked[place] += 1
        slow -= is_slow(seconds)
        if len(chosen) == limit:
            break
    return chosen


Place = tuple[bool, str]
"""Whether it is asked as the server of accounts, and its host."""


def _place(row: tuple[str, str]) -> Place:
    kind, host = row
    return kind == Source.Kind.ACCOUNT, host


def _is_enough(asked: Counter[Place], place: Place) -> bool:
    is_server, host = place
    return bool(host) and asked[place] >= (SERVER_AT_ONCE if is_server else SITE_AT_ONCE)


def _at(places: Iterable[Place]) -> Q:
    """The condition of being read from one of ``places``."""
    hosts: dict[bool, list[str]] = {True: [], False: []}
    for is_server, host in places:
        hosts[is_server].append(host)
    account = Source.Kind.ACCOUNT
    return Q(kind=account, host__in=hosts[True]) | (~Q(kind=account) & Q(host__in=hosts[False]))
