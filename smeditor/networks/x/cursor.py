"""Where the collection of an account's reactions stands, as JSON that the desk keeps and hands back.

Mentions are read from the newest down to ``since``; what did not fit into one collection goes on from ``token`` in the
next, and ``newest`` becomes ``since`` once it came to its end. Of each thread the newest counts are kept, for X charges for
every reaction that it shows: a post that nobody touched is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smeditor.networks.x.parse import id_or_nothing

MAX_THREADS = 300
LONGEST_TOKEN = 500
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass
class Thread:
    """One of our posts: its counts when it was read last, and the newest reply and quote that were read."""

    likes: int = 0
    reposts: int = 0
    replies: int = 0
    quotes: int = 0
    reply: str = ""
    quote: str = ""


@dataclass
class Cursor:
    """How far an account's mentions and threads were read. ``start``: since when, where there is no ``since`` yet."""

    since: str = ""
    start: str = ""
    newest: str = ""
    token: str = ""
    threads: dict[str, Thread] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        threads, token, start = data.get("threads"), data.get("token"), data.get("start")
        return cls(
            since=id_or_nothing(data.get("since")),
            start=start if isinstance(start, str) and STAMP.fullmatch(start) else "",
            newest=id_or_nothing(data.get("newest")),
            token=token if isinstance(token, str) and token.isprintable() and len(token) <= LONGEST_TOKEN else "",
            threads={
                key: _thread(value)
                for key, value in (threads.items() if isinstance(threads, Mapping) else ())
                if id_or_nothing(key) and isinstance(value, Mapping)
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Write the cursor as :meth:`read` takes it; the threads read longest ago are dropped where there are too many."""
        newest = list(self.threads.items())[-MAX_THREADS:]
        return {
            "since": self.since,
            "start": self.start,
            "newest": self.newest,
            "token": self.token,
            "threads": {
                key: {
                    "n": [thread.likes, thread.reposts, thread.replies, thread.quotes],
                    "reply": thread.reply,
                    "quote": thread.quote,
                }
                for key, thread in newest
            },
        }

    def thread(self, post_id: str) -> Thread:
        """The thread of ``post_id``, moved to the newest end."""
        found = self.threads.pop(post_id, None) or Thread()
        self.threads[post_id] = found
        return found


def _thread(data: Mapping[str, Any]) -> Thread:
    counts = data.get("n")
    numbers = [n if _is_count(n) else 0 for n in counts] if isinstance(counts, list) else []
    likes, reposts, replies, quotes = [*numbers, 0, 0, 0, 0][:4]
    return Thread(likes, reposts, replies, quotes, id_or_nothing(data.get("reply")), id_or_nothing(data.get("quote")))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
