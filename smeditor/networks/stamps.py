"""How far an account's reactions were read on a network whose lists have no times to go on from, as JSON that the desk keeps.

Posts that name the account are read newest first, down to those that were returned before; of each conversation it is
kept what every reply was like, so that an edit, a hiding or a disappearance is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smeditor.networks.containers import AN_ID

MAX_THREADS = 300
MAX_ITEMS = 500
MAX_KNOWN = 300


@dataclass
class Cursor:
    """``mentions``: ids of the newest mentions that were returned. ``threads``: by post, the stamp of each reply."""

    mentions: list[str] = field(default_factory=list)
    threads: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        known, threads = data.get("mentions"), data.get("threads")
        return cls(
            [item for item in known if _is_id(item)][:MAX_KNOWN] if isinstance(known, list) else [],
            {
                key: {reply: str(stamp)[:80] for reply, stamp in value.items() if _is_id(reply)}
                for key, value in (threads.items() if isinstance(threads, Mapping) else ())
                if _is_id(key) and isinstance(value, Mapping)
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Write the cursor as :meth:`read` takes it; the oldest threads and replies are dropped where there are too many."""
        newest = list(self.threads.items())[-MAX_THREADS:]
        return {
            "mentions": self.mentions[:MAX_KNOWN],
            "threads": {key: dict(list(replies.items())[-MAX_ITEMS:]) for key, replies in newest},
        }

    def thread(self, post_id: str) -> dict[str, str]:
        """What is known of the replies to ``post_id``; it is moved to the newest end."""
        found = self.threads.pop(post_id, {})
        self.threads[post_id] = found
        return found


def _is_id(value: object) -> bool:
    return isinstance(value, str) and AN_ID.fullmatch(value) is not None
