"""Timestamp identifiers, the record keys of posts (https://atproto.com/specs/tid).

A TID is a 64-bit number, top bit 0, then 53 bits of microseconds since 1970, then a 10-bit clock identifier, written as
13 characters of an alphabet that sorts like the numbers.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
from datetime import UTC, datetime, timedelta

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
LENGTH = 13
CLOCK_BITS = 10
TIME_BITS = 53
TID = re.compile(rf"[234567abcdefghij][{ALPHABET}]{{{LENGTH - 1}}}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class TidClock:
    """Mints TIDs that only rise. One per process: its clock identifier is drawn at random, as the specification asks."""

    def __init__(self, clock_id: int | None = None) -> None:
        self.clock_id = secrets.randbelow(1 << CLOCK_BITS) if clock_id is None else clock_id
        self._last = -1
        self._lock = threading.Lock()

    def redraw(self) -> None:
        """Draw the identifier anew: after a fork two processes would mint under the same one."""
        self.clock_id, self._lock = secrets.randbelow(1 << CLOCK_BITS), threading.Lock()

    def mint(self, now: datetime) -> str:
        """Return a TID for the aware time ``now``, later than every one minted before even if the clock went back."""
        with self._lock:
            self._last = max(self._last + 1, (now - _EPOCH) // _MICROSECOND)
            return encode(self._last, self.clock_id)


def encode(microseconds: int, clock_id: int) -> str:
    """Write a TID. Raises ValueError where a part does not fit its bits."""
    if not 0 <= microseconds < 1 << TIME_BITS or not 0 <= clock_id < 1 << CLOCK_BITS:
        raise ValueError(f"no TID holds {microseconds} µs with the clock {clock_id}")
    number = microseconds << CLOCK_BITS | clock_id
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def decode(tid: str) -> tuple[datetime, int]:
    """Return the aware UTC time and the clock identifier of a TID. Raises ValueError for anything else."""
    if not TID.fullmatch(tid):
        raise ValueError(f"{tid!r} is not a TID")
    number = 0
    for character in tid:
        number = number << 5 | ALPHABET.index(character)
    try:
        moment = _EPOCH + timedelta(microseconds=number >> CLOCK_BITS)
    except OverflowError as error:
        raise ValueError(f"{tid!r} lies beyond the calendar") from error
    return moment, number & (1 << CLOCK_BITS) - 1


clock = TidClock()
os.register_at_fork(after_in_child=clock.redraw)
