"""Heartbeats: when beats and workers last looked at the queue."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from smeditor.models import Heartbeat

EVERY = timedelta(seconds=5)
STALE_AFTER = timedelta(seconds=60)
"""From then on the admin shows red: nobody looks at the queue."""
_last: dict[str, datetime] = {}
_guard = threading.Lock()


def beat(kind: str, name: str, now: datetime) -> None:
    """Record that ``name`` looked at the queue; at most every five seconds for each process, to spare the disk."""
    process = name.rsplit(":", 1)[0]
    key = f"{kind}:{process}"[:150]
    with _guard:
        last_beat = _last.get(key)
        if last_beat is not None and timedelta() <= now - last_beat < EVERY:
            return
        _last[key] = now
    Heartbeat.objects.update_or_create(name=key, defaults={"kind": kind, "seen_at": now})


def age(now: datetime, kind: str = "worker") -> timedelta | None:
    """How long ago anybody looked at the queue; None when nobody ever did."""
    last_beat = Heartbeat.objects.filter(kind=kind).order_by("-seen_at").values_list("seen_at", flat=True).first()
    return None if last_beat is None else max(now - last_beat, timedelta())


def is_stale(now: datetime) -> bool:
    """Whether nobody has looked at the queue for a minute."""
    quiet = age(now)
    return quiet is None or quiet > STALE_AFTER


def forget() -> None:
    """Forget when this process wrote last: after a fork, or between tests."""
    with _guard:
        _last.clear()
