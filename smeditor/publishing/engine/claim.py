"""Claiming: a worker leases deliveries under a fence. Who has lost the fence may not write any more.

PostgreSQL skips rows that others are claiming; everywhere the conditional UPDATE decides, so SQLite needs no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from smeditor import conf
from smeditor.models import Account, Delivery
from smeditor.publishing import holds
from smeditor.publishing.engine import fault_points

State = Delivery.State
HELD_PAUSE = timedelta(seconds=30)
"""How long a held delivery is left alone before it is looked at again."""
TOPIC_ROUNDS = 8
NEARLY_WHOLE = timedelta(seconds=2)
"""A lease claimed so lately need not be renewed before work on its delivery begins."""


class FenceLost(Exception):
    """Another worker, an editor or a stop has taken the delivery over; this worker drops it without a word."""


def lease_end(now: datetime) -> datetime:
    """When a lease that is taken at ``now`` (aware) ends."""
    return now + timedelta(seconds=conf.get("LEASE"))


def free(now: datetime) -> Q:
    """The condition that nobody holds the delivery at ``now``."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def unfinished() -> QuerySet[Delivery]:
    """The deliveries that the engine has still to do with: the few rows of the index ``smeditor_delivery_due``.

    Its condition word by word: SQLite uses a partial index only where it needs no parameter to prove it.
    """
    column = ".".join(map(connection.ops.quote_name, (Delivery._meta.db_table, "state")))
    condition = f"{column} IN ('scheduled', 'sending', 'unknown')"
    return Delivery.objects.filter(RawSQL(condition, (), output_field=BooleanField()))  # noqa: S611 - no value in it


def due(now: datetime) -> QuerySet[Delivery]:
    """What a worker may take: its time come, nobody's lease on it, its account at work.

    A paused account sends nothing, but what is unknown on it is still read back.
    """
    at_work = Q(account__state=Account.State.ACTIVE) | Q(account__state=Account.State.PAUSED, state=State.UNKNOWN)
    rows = unfinished().filter(free(now), at_work, state__in=[State.SCHEDULED, State.UNKNOWN], due_at__lte=now)
    return rows.exclude(state=State.SCHEDULED, not_before__gt=now)


def claim(now: datetime, worker: str, limit: int) -> list[Delivery]:
    """Lease about ``limit`` due deliveries for ``worker``. Returns them with post and account, the earliest due first."""
    for round_ in range(TOPIC_ROUNDS):
        # What a topic holds is seen only here: look further each time, or it would stand before what is free.
        claimed = _claim_once(now, worker, limit * 2**round_)
        kept = _without_held(claimed, now)
        if kept or not claimed:
            return kept
    return []


def _claim_once(now: datetime, worker: str, limit: int) -> list[Delivery]:
    """Lease and read. What is read beside the rows, their parts, nobody changes without taking the fence."""
    name = f"{worker[:80]}#{uuid4().hex[:12]}"
    with transaction.atomic():
        candidates = due(now).filter(_not_held()).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            candidates = candidates.select_for_update(skip_locked=True, of=("self",))
        keys = list(candidates.values_list("pk", flat=True)[:limit])
        if not keys:
            return []
        Delivery.objects.filter(
            free(now), pk__in=keys, state__in=[State.SCHEDULED, State.UNKNOWN], due_at__lte=now
        ).update(lease_until=lease_end(now), fence=F("fence") + 1, worker=name)
    claimed = Delivery.objects.filter(pk__in=keys, worker=name).select_related("post", "account")
    fault_points.reach("claimed")
    return list(claimed.prefetch_related("parts").order_by("due_at", "pk"))


def _not_held() -> Q:
    """Every hold that SQL can match; what is unknown is read back even under a hold, for reading tells nobody anything."""
    conditions = [condition for condition in map(holds.bound, holds.open_holds()) if condition is not None]
    stopped = Q()
    for condition in conditions:
        stopped |= condition
    return ~(Q(state=State.SCHEDULED) & stopped) if conditions else Q()


def _without_held(claimed: Sequence[Delivery], now: datetime) -> list[Delivery]:
    topics = [hold for hold in holds.open_holds() if holds.bound(hold) is None] if claimed else []
    kept = []
    for delivery in claimed:
        hold = holds.binding(topics, delivery) if delivery.state == State.SCHEDULED else None
        if hold is None:
            kept.append(delivery)
        else:
            release(delivery, due_at=now + HELD_PAUSE, state_reason=holds.reason(hold)[:500])
    return kept


def owned(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery's row as long as this worker's fence is the newest."""
    return Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence)


def write(delivery: Delivery, **changes: Any) -> None:
    """Change the delivery under its fence, in the database and in memory. Raises FenceLost."""
    if not owned(delivery).update(**changes):
        raise FenceLost
    for name, value in changes.items():
        setattr(delivery, name, value)


def renew(delivery: Delivery, now: datetime) -> None:
    """Start on a claimed delivery with a whole lease. Raises FenceLost, also when it was settled meanwhile."""
    row = owned(delivery).filter(state=delivery.state)
    if not row.update(lease_until=lease_end(now)):
        raise FenceLost
    delivery.lease_until = lease_end(now)


def renew_when_worn(delivery: Delivery, now: datetime) -> None:
    """The same where time has passed since the claim. The send check asks for the fence in any case. Raises FenceLost."""
    if delivery.lease_until is None or lease_end(now) - delivery.lease_until > NEARLY_WHOLE:
        renew(delivery, now)


def release(delivery: Delivery, **changes: Any) -> None:
    """Give the delivery back, with ``changes``. Raises FenceLost."""
    write(delivery, lease_until=None, worker="", **changes)


def release_claims(deliveries: Sequence[Delivery]) -> None:
    """Give back what was claimed and not begun, so that another worker takes it at once."""
    for delivery in deliveries:
        owned(delivery).update(lease_until=None, worker="")
