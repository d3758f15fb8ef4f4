"""One life of a worker: forked from a process that has loaded everything, it looks at the queue until it is killed."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from django.db import Error, connections

from smeditor.publishing.engine import clock, points
from tests.faults.settings import SPEED

EPOCH = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def laboratory_time(started: float) -> datetime:
    """The laboratory's time: it runs ``SPEED`` times as fast as ours, from the instant ``started`` (time.time()) on."""
    return EPOCH + timedelta(seconds=(time.time() - started) * SPEED)


def speed_up() -> None:
    """Let a tick's own clock run at the laboratory's speed."""
    clock.Clock.elapsed = lambda self: (time.monotonic() - self._from) * SPEED  # type: ignore[method-assign]


def deadly_points(log: str, share: float, seed: int) -> None:
    """Die by SIGKILL at a share of the points, after writing down in the file ``log`` which one it was."""
    dice = random.Random(seed)

    def reach(name: str) -> None:
        if dice.random() < share:
            with open(log, "a") as file:
                file.write(f"{name}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    points.reach = reach


def break_fence() -> None:
    """The deliberately broken engine: nobody asks for the fence, and a dead worker's sending is simply due again."""
    from smeditor.models import Attempt, Delivery
    from smeditor.publishing.engine import claim, reap

    claim.owned = lambda delivery: Delivery.objects.filter(pk=delivery.pk)

    def due_again(now: datetime, limit: int = 100) -> int:
        dead = Delivery.objects.filter(claim.free(now), state=Delivery.State.SENDING)
        Attempt.objects.filter(delivery__in=dead, state="sending").update(state="not_sent")
        return dead.update(state=Delivery.State.SCHEDULED, lease_until=None)

    reap.reap = due_again


def live(started: float, log: str, share: float, seed: int, until: float) -> None:
    """Work in this forked process until killed or until ``until`` (time.time()). Never returns."""
    from smeditor.publishing.engine import tick

    speed_up()
    deadly_points(log, share, seed)
    connections.close_all()
    while time.time() < until:
        try:
            tick(laboratory_time(started), f"lab:{os.getpid()}:1")
        except Error:
            connections.close_all()  # the driver cut the connection: open another
        time.sleep(0.05)
    sys.stdout.flush()
    os._exit(0)
