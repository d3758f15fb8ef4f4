"""What is watched while the workers read: when each source was read and when its plan wanted it, queues, processors."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bench.delivery.worker import processor_seconds

QUEUES = ("celery", "smeditor.listening")


class Times(NamedTuple):
    """What a source notes of a poll. ``poll_by`` lies half of the planned pause after ``next_poll_at``."""

    polled_at: datetime
    next_poll_at: datetime
    poll_by: datetime

    def ratio(self, at: datetime) -> float:
        """The pause that ends at ``at``, in planned pauses; 1.5 is what the plan allows."""
        planned = 2 * (self.poll_by - self.next_poll_at).total_seconds()
        return 1 + (at - self.next_poll_at).total_seconds() / planned


@dataclass
class Observer:
    """Samples the sources, the broker's queues (``redis``: a client, or None) and the processors, once a second.

    ``ratios`` holds by source the pause of each poll, in planned pauses.
    """

    workers: Sequence[int]
    server: int
    redis: Any = None
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    known: dict[int, Times] = field(default_factory=dict)
    ratios: dict[int, list[float]] = field(default_factory=dict)
    pauses: dict[int, list[float]] = field(default_factory=dict)
    first: dict[int, datetime] = field(default_factory=dict)
    due: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    queued: dict[str, int] = field(default_factory=dict)

    def watch(self, seconds: float) -> None:
        """Sample for so many seconds."""
        ends = time.monotonic() + seconds
        before, began = self._processors(), time.monotonic()
        while time.monotonic() < ends:
            self.sample(datetime.now(UTC))
            time.sleep(1)
        elapsed = time.monotonic() - began
        after = self._processors()
        self.cores = {name: round((after[name] - before[name]) / elapsed, 2) for name in after}

    def sample(self, now: datetime) -> None:
        """Read every source's times, and how much waits."""
        from smeditor.models import Source

        due = late = 0
        fields = ("pk", "polled_at", "next_poll_at", "poll_by", "lease_until")
        for pk, polled_at, next_poll_at, poll_by, lease_until in Source.objects.values_list(*fields):
            free = lease_until is None or lease_until < now
            due += free and (next_poll_at is None or next_poll_at <= now)
            late += poll_by is not None and poll_by < now
            if polled_at is not None:
                self._note(pk, Times(polled_at, next_poll_at, poll_by))
        self.due.append(due)
        self.late.append(late)
        for name in QUEUES if self.redis else ():
            self.queued[name] = max(self.queued.get(name, 0), self.redis.llen(name))

    def _note(self, pk: int, times: Times) -> None:
        before = self.known.get(pk)
        self.known[pk] = times
        if before is None:
            self.first[pk] = times.polled_at
        elif before.polled_at != times.polled_at:
            self.ratios.setdefault(pk, []).append(before.ratio(times.polled_at))
            self.pauses.setdefault(pk, []).append((times.polled_at - before.polled_at).total_seconds())

    def close(self) -> None:
        """Count the pauses that are still open: what is overdue at the end was not read by its plan either."""
        now = datetime.now(UTC)
        for pk, times in self.known.items():
            if times.next_poll_at < now:
                self.ratios.setdefault(pk, []).append(times.ratio(now))

    def _processors(self) -> dict[str, float]:
        """Processor seconds so far: of the workers, of the benchmark's own server, of the whole machine."""
        seconds = {"workers": 0.0, "server": 0.0}
        for pid in self.workers:
            with suppress(OSError):
                seconds["workers"] += processor_seconds(pid)
        seconds["server"] = processor_seconds(self.server)
        with open("/proc/stat") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
        idle = fields[3] + fields[4]
        return {**seconds, "machine": (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")}
