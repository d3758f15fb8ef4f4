"""What waits in the queue, for the admin's first line, the command line and a metrics endpoint."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from smeditor.accounts import health
from smeditor.models import Delivery, Hold, PublishedArticle
from smeditor.publishing import heartbeat, holds

State = Delivery.State
OPEN = (State.SCHEDULED, State.SENDING, State.UNKNOWN, State.HUMAN, State.LATE, State.STOPPED, State.REFUSED)


def state_of_queue(now: datetime) -> dict[str, Any]:
    """Return counts by state, how many are due and since when, the open holds and who looked at the queue last.

    ``held``: scheduled deliveries that an open hold stops. Plain JSON; ``seconds`` are since ``now`` (aware). ``sent`` is not counted: it only grows.
    """
    rows = Delivery.objects.filter(state__in=OPEN).order_by()
    states = dict.fromkeys(OPEN, 0) | dict(rows.values_list("state").annotate(n=Count("pk")))
    due = Delivery.objects.filter(state=State.SCHEDULED, due_at__lte=now).aggregate(n=Count("pk"), since=Min("slot"))
    since_beat = heartbeat.age(now)
    return {
        "at": now.isoformat(),
        "states": {str(state): count for state, count in states.items()},
        "due": due["n"],
        "late_by_seconds": max(0, int((now - due["since"]).total_seconds())) if due["since"] else 0,
        "held": held(),
        "holds": Hold.objects.filter(lifted_at__isnull=True).count(),
        "accounts_failed": health.failing().count(),
        "articles_waiting": PublishedArticle.objects.filter(handled_at__isnull=True).count(),
        "looked_at_seconds_ago": None if since_beat is None else round(since_beat.total_seconds(), 1),
        "stale": heartbeat.is_stale(now),
    }


def held() -> int:
    """How many scheduled deliveries open holds stop, each counted once."""
    found: set[int] = set()
    for hold in holds.open_holds():
        waiting = holds.held(hold)
        if holds.bound(hold) is None:
            found.update(delivery.pk for delivery in waiting if holds.binds(hold, delivery))
        else:
            found.update(waiting.values_list("pk", flat=True))
    return len(found)


def rows(now: datetime, limit: int = 50) -> list[dict[str, Any]]:
    """The deliveries that a person may want to see now: what is due or in doubt, the oldest slot first."""
    waiting = Delivery.objects.filter(state__in=[*OPEN[1:5]]) | Delivery.objects.filter(
        state=State.SCHEDULED, due_at__lte=now
    )
    return [
        {
            "delivery": delivery.pk,
            "account": str(delivery.account),
            "operation": delivery.operation,
            "state": str(delivery.state),
            "slot": delivery.slot.isoformat(),
            "due": delivery.due_at.isoformat(),
            "worker": delivery.worker,
            "reason": delivery.state_reason,
        }
        for delivery in waiting.select_related("account").order_by("slot", "pk")[:limit]
    ]


def counters(now: datetime) -> dict[str, float]:
    """Numbers for a metrics endpoint, by name: gauges of the queue and the totals of what was delivered."""
    queue = state_of_queue(now)
    numbers: dict[str, float] = {f"smeditor_deliveries_{state}": count for state, count in queue["states"].items()}
    numbers["smeditor_deliveries_sent_total"] = Delivery.objects.filter(state=State.SENT).count()
    numbers["smeditor_deliveries_due"] = queue["due"]
    numbers["smeditor_deliveries_held"] = queue["held"]
    numbers["smeditor_queue_late_seconds"] = queue["late_by_seconds"]
    numbers["smeditor_holds_open"] = queue["holds"]
    numbers["smeditor_accounts_failed"] = queue["accounts_failed"]
    numbers["smeditor_articles_waiting"] = queue["articles_waiting"]
    numbers["smeditor_queue_looked_at_seconds_ago"] = (
        -1 if queue["looked_at_seconds_ago"] is None else queue["looked_at_seconds_ago"]
    )
    return numbers
