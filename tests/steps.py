"""Work that is counted, not timed: the lines and calls of Python that a function takes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps(function: Callable[[str], Any], text: str) -> int:
    """Return how many lines and calls of Python ``function`` takes for ``text``, those of pure-Python libraries included."""
    taken = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal taken
        taken += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(text)
    finally:
        sys.settrace(before)
    return taken
