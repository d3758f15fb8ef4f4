"""What was seen beneath each of our posts, as JSON that the desk keeps and hands back.

LinkedIn has no list of what is new: of a post the counts are asked for, and its comments and reactions read when they moved,
or when they were read long ago, for an edit moves no count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

MAX_THREADS = 300
MAX_ITEMS = 500
REREAD_AFTER = timedelta(hours=6)


@dataclass
class Thread:
    """One of our posts. ``comments`` and ``reactions``: what was seen, by native id, with a stamp that an edit changes."""

    count: int = 0
    summary: dict[str, int] = field(default_factory=dict)
    read_at: datetime | None = None
    comments: dict[str, str] = field(default_factory=dict)
    reactions: dict[str, str] = field(default_factory=dict)

    def is_old(self, now: datetime) -> bool:
        """Whether it was never read to its end, or long ago."""
        return self.read_at is None or not timedelta() <= now - self.read_at < REREAD_AFTER


@dataclass
class Cursor:
    """The threads by the URN of our post, the newest last."""

    threads: dict[str, Thread] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        threads = data.get("threads")
        found = threads.items() if isinstance(threads, Mapping) else ()
        return cls({str(urn): _thread(value) for urn, value in found if isinstance(value, Mapping)})

    def as_json(self) -> dict[str, Any]:
        """Write the cursor as :meth:`read` takes it; the oldest threads and items are dropped where there are too many."""
        return {
            "threads": {
                urn: {
                    "n": thread.count,
                    "r": thread.summary,
                    "at": thread.read_at.isoformat() if thread.read_at else "",
                    "c": dict(list(thread.comments.items())[-MAX_ITEMS:]),
                    "l": dict(list(thread.reactions.items())[-MAX_ITEMS:]),
                }
                for urn, thread in list(self.threads.items())[-MAX_THREADS:]
            }
        }

    def thread(self, urn: str) -> Thread:
        """The thread of our post ``urn``, moved to the newest end."""
        found = self.threads.pop(urn, None) or Thread()
        self.threads[urn] = found
        return found


def _thread(data: Mapping[str, Any]) -> Thread:
    count, summary = data.get("n"), data.get("r")
    numbers = summary.items() if isinstance(summary, Mapping) else ()
    return Thread(
        count=count if is_count(count) else 0,
        summary={str(kind): number for kind, number in numbers if is_count(number)},
        read_at=_moment(data.get("at")),
        comments=_texts(data.get("c")),
        reactions=_texts(data.get("l")),
    )


def is_count(value: Any) -> TypeGuard[int]:
    """Whether ``value`` is a number of things."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12


def _texts(data: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, Mapping) else {}


def _moment(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
