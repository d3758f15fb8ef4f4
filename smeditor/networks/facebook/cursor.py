"""How far a page was read. Read as if a stranger had written it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smeditor.networks.inbound import InboundItem

MAX_THREADS = 300
MAX_KNOWN = 60
"""Of a list the newest that are known by their text, so that a changed or missing one is noticed."""
LONGEST_CURSOR = 2000
VERSION = 1


@dataclass
class Trail:
    """How far a list that begins with the newest was read.

    ``newest``: everything up to it was read. ``after``: a reading that was broken off goes on there; ``reached`` is then
    the newest that it began with. ``known``: the newest items by id, as :class:`Stamp` writes them.
    """

    newest: datetime | None = None
    after: str = ""
    reached: datetime | None = None
    known: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What :meth:`read` reads back."""
        times = {"newest": self.newest, "reached": self.reached}
        kept = sorted(self.known.items(), key=lambda item: Stamp.read(item[1]).at)[-MAX_KNOWN:]
        rest = {"after": self.after, "known": dict(kept)}
        return {key: value.isoformat() for key, value in times.items() if value} | {
            key: value for key, value in rest.items() if value
        }

    @classmethod
    def read(cls, data: Any) -> Trail:
        """Read a stored trail; what is not understood is forgotten, which costs a second reading."""
        if not isinstance(data, Mapping):
            return cls()
        after = data.get("after")
        usable = isinstance(after, str) and len(after) <= LONGEST_CURSOR and after.isprintable()
        known = data.get("known")
        return cls(
            _time(data.get("newest")),
            str(after) if usable and after else "",
            _time(data.get("reached")),
            {str(key): str(value) for key, value in known.items()} if isinstance(known, Mapping) else {},
        )


@dataclass(frozen=True)
class Stamp:
    """What an item was when it was read: its time (epoch seconds), a digest of its text, whether it was hidden."""

    at: int
    text: str
    hidden: bool = False

    @classmethod
    def of(cls, inbound: InboundItem) -> Stamp:
        """The stamp of an item."""
        digest = hashlib.sha256(inbound.text.encode("utf-8", "replace")).hexdigest()[:12]
        return cls(int(inbound.published_at.timestamp()), digest, inbound.hidden)

    @classmethod
    def read(cls, written: str) -> Stamp:
        """Read a stored stamp; one that is not understood is older and other than everything."""
        at, _, rest = written.partition("|")
        text, _, hidden = rest.partition("|")
        return cls(int(at) if at.isdigit() and len(at) < 15 else 0, text, hidden == "h")

    def __str__(self) -> str:
        return f"{self.at}|{self.text}|{'h' if self.hidden else ''}"


@dataclass
class Thread:
    """What was read of a post: its comments' trail, and how many reactions it had then."""

    comments: Trail = field(default_factory=Trail)
    reactions: int = 0


@dataclass
class Cursor:
    """How far everything was read: ``lists`` by the page's edge, ``threads`` by post."""

    lists: dict[str, Trail] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; one of another version is begun anew."""
        if data.get("v") != VERSION:
            return cls()
        lists, threads = data.get("lists"), data.get("threads")
        return cls(
            {str(key): Trail.read(value) for key, value in lists.items()} if isinstance(lists, Mapping) else {},
            {
                str(key): Thread(Trail.read(value.get("comments")), _count(value.get("reactions")))
                for key, value in (threads.items() if isinstance(threads, Mapping) else ())
                if isinstance(value, Mapping)
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Write it; of too many threads those that were read longest ago are dropped."""
        newest = list(self.threads.items())[-MAX_THREADS:]
        return {
            "v": VERSION,
            "lists": {key: trail.as_json() for key, trail in self.lists.items()},
            "threads": {
                key: {"comments": thread.comments.as_json(), "reactions": thread.reactions} for key, thread in newest
            },
        }

    def thread(self, post_id: str) -> Thread:
        """The thread of a post, moved to the newest end."""
        found = self.threads.pop(post_id, None) or Thread()
        self.threads[post_id] = found
        return found


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo and found.utcoffset() is not None else None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
