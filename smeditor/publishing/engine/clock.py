"""Whose time counts: the database's for when something is due, the monotonic clock for what has passed since."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """The time that all workers share, aware.

    On PostgreSQL it is the database's: workers may run on machines whose clocks are minutes apart, and a lease that one
    of them wrote must not be over for another. SQLite is one machine, whose clock is everybody's.
    """
    return of_the_database() if connection.vendor == "postgresql" else timezone.now()


def of_the_database() -> datetime:
    """The database's own time, aware: one clock for all workers (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class Clock:
    """The time as a tick sees it: it starts where the caller says and runs on by the monotonic clock.

    ``clock()`` is the aware time ``start`` plus what has passed since; a step of the system's clock cannot move it.
    """

    def __init__(self, start: datetime) -> None:
        self.start = start
        self._from = time.monotonic()

    def __call__(self) -> datetime:
        """Return the aware time now."""
        return self.start + timedelta(seconds=self.elapsed())

    def monotonic(self, moment: datetime) -> float:
        """``time.monotonic()`` at the aware ``moment`` of this clock."""
        return self._from + (moment - self.start).total_seconds()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._from
