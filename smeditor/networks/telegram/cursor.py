"""Where the polling of a bot's updates stands, as JSON that the desk keeps and hands back.

Asking for what comes after ``offset`` tells Telegram that everything before it was read, and it forgets that: so a page is
asked for in one call and confirmed by the next, when it has been stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from smeditor.networks.telegram.ids import parts_of

MAX_THREADS = 1000
MAX_COUNTED = 500
MAX_KINDS = 80
"""Kinds of reaction beneath one post."""
LARGEST_COUNT = 10**9
FORGOTTEN_AFTER = timedelta(days=2)
"""After a quiet week the numbers of updates begin somewhere else; by then none that was read waits any more."""


@dataclass
class Cursor:
    """``offset``: the update to begin with, 0 for the earliest that waits. ``at``: when an update came last.

    ``threads``: in the discussion group, the message that stands for a post, with the post (both native ids).
    ``counts``: reactions beneath a post, by kind, as they were told last.
    """

    offset: int = 0
    at: datetime | None = None
    threads: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        offset, threads, counts = data.get("offset"), data.get("threads"), data.get("counts")
        known = threads.items() if isinstance(threads, Mapping) else ()
        counted = counts.items() if isinstance(counts, Mapping) else ()
        return cls(
            offset=offset if is_count(offset) else 0,
            at=_moment(data.get("at")),
            threads={str(top): str(post) for top, post in known if parts_of(str(top)) and parts_of(str(post))},
            counts={str(post): _counts(by_kind) for post, by_kind in counted if parts_of(str(post))},
        )

    def as_json(self) -> dict[str, Any]:
        """Write the cursor as :meth:`read` takes it; the oldest threads and counts are dropped where there are too many."""
        return {
            "offset": self.offset,
            "at": self.at.isoformat() if self.at else "",
            "threads": dict(list(self.threads.items())[-MAX_THREADS:]),
            "counts": dict(list(self.counts.items())[-MAX_COUNTED:]),
        }

    def start(self, now: datetime) -> int | None:
        """The offset to ask with; None: with the earliest update that waits."""
        fresh = self.at is not None and now - self.at < FORGOTTEN_AFTER
        return self.offset if self.offset and fresh else None


def is_count(value: Any) -> TypeGuard[int]:
    """Whether ``value`` is a number of things."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT * 10


def _moment(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _counts(data: Any) -> dict[str, int]:
    items = list(data.items())[:MAX_KINDS] if isinstance(data, Mapping) else []
    return {str(kind): count for kind, count in items if is_count(count)}
