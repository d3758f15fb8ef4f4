"""Where the collection of a channel's comments stands, as JSON that the desk keeps and hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smeditor.networks.youtube.parse import an_id, moment

MAX_KNOWN = 2000
"""Comments of which it is remembered what they were; the latest ones."""
MAX_VIDEOS = 300
MAX_WATCHED = 40
LONGEST_STAMP = 40


@dataclass
class Cursor:
    """What is known of the channel's threads and of others' videos.

    ``until``: down to which time the channel's threads are known. ``page`` goes on a walk that is under way, which began
    at ``high``. ``known``: comments by id with the time of their last change. ``counts``: replies of a thread.
    ``videos``: what the descriptions of videos link to. ``watched``: other people's videos that show a link of ours, with
    the time at which they were found. ``searched_at``: when they were looked for last.
    """

    until: datetime | None = None
    high: datetime | None = None
    page: str = ""
    searched_at: datetime | None = None
    known: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    videos: dict[str, list[str]] = field(default_factory=dict)
    watched: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cursor:
        """Read a stored cursor; what is not understood is forgotten, which costs a second reading and loses nothing."""
        page = data.get("page")
        return cls(
            until=moment(data.get("until")),
            high=moment(data.get("high")),
            page=page if isinstance(page, str) and len(page) <= 2000 else "",
            searched_at=moment(data.get("searched_at")),
            known={key: value for key, value in _pairs(data, "known") if isinstance(value, str)},
            counts={key: value for key, value in _pairs(data, "counts") if type(value) is int},
            videos={
                key: [link for link in value if isinstance(link, str)][:20]
                for key, value in _pairs(data, "videos")
                if isinstance(value, list)
            },
            watched={key: value for key, value in _pairs(data, "watched") if moment(value) is not None},
        )

    def as_json(self) -> dict[str, Any]:
        """What :meth:`read` reads back; the newest of everything, bounded."""
        return {
            "until": _written(self.until),
            "high": _written(self.high),
            "page": self.page,
            "searched_at": _written(self.searched_at),
            "known": _last(self.known, MAX_KNOWN),
            "counts": _last(self.counts, MAX_KNOWN),
            "videos": _last(self.videos, MAX_VIDEOS),
            "watched": _last(self.watched, MAX_WATCHED),
        }

    def is_new(self, comment_id: str, stamp: str) -> bool:
        """Whether a comment is new, or was changed since it was met; it is known afterwards."""
        stamp = stamp[:LONGEST_STAMP]
        fresh = self.known.pop(comment_id, None) != stamp
        self.known[comment_id] = stamp
        return fresh


def _pairs(data: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    found = data.get(name)
    return [(key, value) for key, value in found.items() if an_id(key)] if isinstance(found, Mapping) else []


def _last(values: dict[str, Any], number: int) -> dict[str, Any]:
    return dict(list(values.items())[-number:])


def _written(when: datetime | None) -> str:
    return when.isoformat() if when else ""
