"""Two processes that measure in turn, so that whatever else the machine does is done to both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

VARIABLE = "BENCH_DESK_TURN"
"""``read:write``: the pipes by which this process gets its turn and passes it on; where it is not set, no turn is waited for."""


def pipes() -> tuple[tuple[int, int], tuple[int, int]]:
    """The pipes of two processes, (read, write) for each. The first has its turn; when one ends, the other waits no more."""
    (read_first, write_first), (read_second, write_second) = os.pipe(), os.pipe()
    os.write(write_first, b".")
    return (read_first, write_second), (read_second, write_first)


@contextmanager
def turn() -> Iterator[None]:
    """Measure in the block: the other process does nothing meanwhile."""
    read, _, write = os.environ.get(VARIABLE, "").partition(":")
    if read:
        os.read(int(read), 1)
    try:
        yield
    finally:
        if write:
            with suppress(BrokenPipeError):
                os.write(int(write), b".")
