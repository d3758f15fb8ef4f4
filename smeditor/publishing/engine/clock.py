"""The time as a tick sees it: it starts where the caller says and runs on by the monotonic clock."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Clock:
    """``clock()`` is the aware time ``start`` plus what has passed since; a step of the system's clock cannot move it."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self._from = time.monotonic()

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._from
