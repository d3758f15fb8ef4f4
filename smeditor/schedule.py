"""When which task runs: the host's Celery beat schedule for the desk."""

from __future__ import annotations

from typing import Any

from smeditor import conf
from smeditor.wakeup import in_process

LISTENING = "smeditor.listening"
"""The queue of what waits for networks and other people's sites: workers of its own may take it."""
READING = ("listen", "recheck", "results", "mentions", "check")
ROUNDS = {
    "write": 1,
    "listen": 2,
    "recheck": 1,
    "results": 1,
    "mentions": 1,
    "check": 1,
    "understand": 1,
    "watch": 1,
    "digests": 1,
    "accounts": 1,
}
"""The kinds of work beside sending, and of how many rounds of each a process has at a time.

Of listening one round begins what is due, and another may still wait for the last that it began.
"""


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The entries of the schedule, by the tasks' names. Intervals in seconds; a late wake-up expires instead of piling up."""
    tick = conf.get("TICK") or (2 if in_process() else 1)
    # What a minute's wait does not hurt is not asked every few seconds: an idle newsroom should cost nearly nothing.
    intervals = {"send": tick, "write": 2 * tick, "listen": 5 * tick, "understand": 5 * tick, "mentions": 5 * tick}
    intervals["check"] = 5 * tick
    intervals |= dict.fromkeys(("recheck", "results", "watch", "digests", "accounts"), 60)
    return {
        f"smeditor.{name}": {
            "task": f"smeditor.{name}",
            "schedule": float(seconds),
            "options": {"expires": max(10.0, 2.0 * seconds)} | ({"queue": LISTENING} if name in READING else {}),
        }
        for name, seconds in intervals.items()
    }
