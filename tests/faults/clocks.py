"""The fault harness's time: it runs fast, and the clocks of its machines jump while the networks' clocks are right."""

from __future__ import annotations

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SPEED = int(os.environ.get("FAULTS_SPEED", "20"))
"""Seconds of the newsroom that pass in one second of ours: a lease of a minute is three seconds here."""
JUMPS = (-7200.0, -600.0, -90.0, 90.0, 600.0, 7200.0)
"""By how many seconds a machine's clock may be wrong."""
TWO = struct.Struct("dd")


def harness_time(started: float, at: float | None = None) -> datetime:
    """The fault harness's time ``at`` (``time.time()``), which runs ``SPEED`` times as fast as ours from ``started`` on."""
    return EPOCH + timedelta(seconds=((time.time() if at is None else at) - started) * SPEED)


class HarnessClock:
    """One time for everybody in all processes, and this process's machine's idea of it.

    Two numbers lie in a file that all processes share: how much time was let pass at once, and by how much the clock of
    the desk's one machine is wrong. ``own`` (seconds) is the error of this process alone: another machine's.
    """

    def __init__(self, started: float, path: str) -> None:
        self.started = started
        self.own = 0.0
        handle = os.open(path, os.O_RDWR | os.O_CREAT)
        if os.fstat(handle).st_size < TWO.size:
            os.write(handle, TWO.pack(0.0, 0.0))
        self._shared = mmap.mmap(handle, TWO.size)
        os.close(handle)

    def _read(self) -> tuple[float, float]:
        return TWO.unpack_from(self._shared)

    def true(self, at: float | None = None) -> datetime:
        """The time as the networks and the database know it."""
        return harness_time(self.started, at) + timedelta(seconds=self._read()[0])

    def machine(self) -> datetime:
        """The time as this process's machine believes it to be."""
        return self.true() + timedelta(seconds=self._read()[1] + self.own)

    def let_pass(self, seconds: float) -> None:
        passed, wrong = self._read()
        TWO.pack_into(self._shared, 0, passed + seconds, wrong)

    def set_machine(self, wrong: float) -> None:
        """From now on the clock of the desk's one machine is ``wrong`` by so many seconds."""
        TWO.pack_into(self._shared, 0, self._read()[0], wrong)
