"""Where the collection of an account's reactions stands, as JSON that the desk keeps and hands back.

Notifications are read forward from ``since``; before that, once, backward from ``before`` to the beginning. Of each
thread the newest counts are kept, so that a post that nobody touched costs no call, and what was seen of its replies,
so that an edit or a disappearance is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_THREADS = 300
MAX_ITEMS = 400


@dataclass
class Thread:
    """One of our messages. ``inbound`` maps the id of a reply or quote to its stamp: edited when, answered how often."""

    likes: int = 0
    reposts: int = 0
    replies: int = 0
    quotes: int = 0
    inbound: dict[str, str] = field(default_factory=dict)


@dataclass
class Cursor:
    """How far an account's notifications were read.

    ``since``: newest notification read. ``before``: the backward reading goes on below it. ``typed``: this server
    understands ``types[]``.
    """

    since: str = ""
    before: str = ""
    typed: bool = True
    threads: dict[str, Thread] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        threads = data.get("threads")
        return cls(
            since=str(data.get("since") or ""),
            before=str(data.get("before") or ""),
            typed=data.get("typed") is not False,
            threads={
                str(key): _thread(value)
                for key, value in (threads.items() if isinstance(threads, Mapping) else ())
                if isinstance(value, Mapping)
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Write the cursor as :meth:`read` takes it; the oldest threads and replies are dropped where there are too many."""
        newest = list(self.threads.items())[-MAX_THREADS:]
        return {
            "since": self.since,
            "before": self.before,
            "typed": self.typed,
            "threads": {
                key: {
                    "n": [thread.likes, thread.reposts, thread.replies, thread.quotes],
                    "seen": dict(list(thread.inbound.items())[-MAX_ITEMS:]),
                }
                for key, thread in newest
            },
        }

    def thread(self, status_id: str) -> Thread:
        """The thread of ``status_id``, moved to the newest end."""
        found = self.threads.pop(status_id, None) or Thread()
        self.threads[status_id] = found
        return found


def _thread(data: Mapping[str, Any]) -> Thread:
    counts, inbound = data.get("n"), data.get("seen")
    numbers = [n if isinstance(n, int) else 0 for n in counts] if isinstance(counts, list) else []
    likes, reposts, replies, quotes = [*numbers, 0, 0, 0, 0][:4]
    known = {str(key): str(value) for key, value in inbound.items()} if isinstance(inbound, Mapping) else {}
    return Thread(likes, reposts, replies, quotes, known)
