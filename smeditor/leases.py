"""Leases by name: one worker at a time does a thing, and a dead one does not block it for long."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from smeditor.models import Heartbeat

FREE = datetime(2000, 1, 1, tzinfo=UTC)


@contextmanager
def lease(name: str, now: datetime, seconds: int, stay: int = 0) -> Iterator[bool]:
    """Yield whether the lease was had. It ends with the block, or ``seconds`` after ``now`` when its holder died.

    ``stay``: seconds after the block for which only the same process has it again: one that has in memory what another
    would first have to read.
    """
    row, _ = Heartbeat.objects.get_or_create(name=f"lease:{name}", defaults={"kind": "lease", "seen_at": FREE})
    until, me = now + timedelta(seconds=seconds), f"{socket.gethostname()}:{os.getpid()}"
    free = Q(seen_at__lte=now) | Q(detail={"stays": me})
    taken = Heartbeat.objects.filter(free, pk=row.pk).update(seen_at=until, detail={}) == 1
    try:
        yield taken
    finally:
        if taken:
            left = {"seen_at": now + timedelta(seconds=stay), "detail": {"stays": me}} if stay else {"seen_at": FREE}
            Heartbeat.objects.filter(pk=row.pk, seen_at=until).update(**left)
