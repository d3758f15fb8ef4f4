"""Leases by name: one worker at a time does a thing, and a dead one does not block it for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from smeditor.models import Heartbeat

FREE = datetime(2000, 1, 1, tzinfo=UTC)


@contextmanager
def lease(name: str, now: datetime, seconds: int) -> Iterator[bool]:
    """Yield whether the lease was had. It ends with the block, or ``seconds`` after ``now`` when its holder died."""
    row, _ = Heartbeat.objects.get_or_create(name=f"lease:{name}", defaults={"kind": "lease", "seen_at": FREE})
    until = now + timedelta(seconds=seconds)
    taken = Heartbeat.objects.filter(pk=row.pk, seen_at__lte=now).update(seen_at=until) == 1
    try:
        yield taken
    finally:
        if taken:
            Heartbeat.objects.filter(pk=row.pk, seen_at=until).update(seen_at=FREE)
