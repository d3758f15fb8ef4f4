"""Where the collection of an account's reactions stands, as JSON that the desk keeps and hands back.

Notifications come newest first: ``until`` is the time down to which they are known; ``page`` and ``high`` are set while
a longer sweep is under way; ``recent`` are stamps of those seen in the time that is read again at each sweep. Of each
of our posts the public counts are kept, so that lists are read only where they grew, and what was seen of its replies
and quotes, so that an edit or a disappearance is noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smeditor.networks.base import InboundItem
from smeditor.networks.bluesky.parse import moment

MAX_THREADS = 300
MAX_ITEMS = 500
"""Replies and quotes that are remembered in all, the latest threads' first: some 70 kB."""
MAX_RECENT = 1000


@dataclass
class Thread:
    """One of our posts. ``inbound`` maps the AT-URI of a reply or quote to its stamp."""

    likes: int = 0
    reposts: int = 0
    quotes: int = 0
    inbound: dict[str, str] = field(default_factory=dict)


@dataclass
class Cursor:
    """See the module. ``recent`` keeps the order in which stamps came."""

    until: datetime | None = None
    page: str = ""
    high: datetime | None = None
    recent: dict[str, None] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        threads, recent = data.get("threads"), data.get("recent")
        return cls(
            until=moment(data.get("until")),
            page=str(data.get("page") or ""),
            high=moment(data.get("high")),
            recent=dict.fromkeys(str(stamp) for stamp in recent) if isinstance(recent, list) else {},
            threads={
                str(uri): _thread(value)
                for uri, value in (threads.items() if isinstance(threads, Mapping) else ())
                if isinstance(value, Mapping)
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Write the cursor; the oldest is dropped where there is too much."""
        threads, left = {}, MAX_ITEMS
        for uri, thread in list(self.threads.items())[: -MAX_THREADS - 1 : -1]:
            inbound = dict(list(thread.inbound.items())[-left:]) if left else {}
            left -= len(inbound)
            threads[uri] = {"counts": [thread.likes, thread.reposts, thread.quotes], "seen": inbound}
        return {
            "until": self.until.isoformat() if self.until else "",
            "page": self.page,
            "high": self.high.isoformat() if self.high else "",
            "recent": list(self.recent)[-MAX_RECENT:],
            "threads": dict(reversed(threads.items())),
        }

    def thread(self, uri: str) -> Thread:
        """The thread of one of our posts, which becomes the latest."""
        thread = self.threads.pop(uri, None) or Thread()
        self.threads[uri] = thread
        return thread


def stamp_of(inbound: InboundItem) -> str:
    """What changes when a reaction is edited: a short hash of its address and content hash."""
    return hashlib.sha256(f"{inbound.native_id} {inbound.cid}".encode()).hexdigest()[:12]


def _thread(value: Mapping[str, Any]) -> Thread:
    counts, inbound = value.get("counts"), value.get("seen")
    whole = [count if isinstance(count, int) else 0 for count in counts] if isinstance(counts, list) else []
    likes, reposts, quotes = [*whole, 0, 0, 0][:3]
    known = {str(uri): str(stamp) for uri, stamp in inbound.items()} if isinstance(inbound, Mapping) else {}
    return Thread(likes, reposts, quotes, known)
