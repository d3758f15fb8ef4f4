"""Until when a request may go on: said by whoever sends or reads, kept by the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
"""``time.monotonic()`` at which the request under way is given up, however lively its server drips."""


@contextmanager
def not_after(moment: float) -> Iterator[None]:
    """Let no request in this block write or read anything after ``moment`` (``time.monotonic()``).

    A process that was stopped between its decision to send and the sending must not carry it out hours later.
    """
    running = DEADLINE.set(moment)
    try:
        yield
    finally:
        DEADLINE.reset(running)
