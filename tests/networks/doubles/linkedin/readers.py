"""What readers do beneath the page's posts, and what a demo asks of every double."""

from __future__ import annotations

import re
import time
from typing import Any

ORGANIZATION, OTHER = "urn:li:organization:5515715", "urn:li:organization:2414183"
MEMBER, READER = "urn:li:person:Ed1tor_x", "urn:li:person:Re4der_y"
TOKEN, SECRET, CLIENT = "AQX-token_of_the_member_0123456789", "WPL_client-secret-0123456789", "77client"


class Readers:
    """Part of :class:`tests.networks.doubles.linkedin.server.Server`."""

    posts: dict[str, dict[str, Any]]
    comments: dict[str, dict[str, Any]]
    reactions: dict[tuple[str, str], dict[str, Any]]
    scopes: str
    next_number: int

    def number(self) -> int:
        self.next_number += 1
        return (int(time.time() * 1000) << 22) + self.next_number

    def add_comment(self, post: str, text: str, actor: str = READER, parent: str = "") -> dict[str, Any]:
        """Write a comment beneath a post or another comment."""
        number, activity = str(self.number()), post.replace("share", "activity")
        now = int(time.time() * 1000)
        comment: dict[str, Any] = {
            "id": number,
            "commentUrn": f"urn:li:comment:({activity},{number})",
            "object": activity,
            "actor": actor,
            "created": {"actor": actor, "time": now},
            "lastModified": {"actor": actor, "time": now},
            "message": {"attributes": [], "text": text},
            "_thread": post,
        }
        if parent:
            comment["parentComment"] = parent
        self.comments[comment["commentUrn"]] = comment
        return comment

    def edit_comment(self, urn: str, text: str) -> None:
        """A reader changes a comment."""
        comment = self.comments[urn]
        comment["message"]["text"] = text
        comment["lastModified"]["time"] = comment["created"]["time"] + 60_000

    def add_reaction(self, entity: str, kind: str = "LIKE", actor: str = READER) -> str:
        """A reader reacts to a post or comment."""
        urn = f"urn:li:reaction:({actor},{entity.replace('share', 'activity')})"
        made = {"actor": actor, "time": int(time.time() * 1000)}
        self.reactions[actor, entity] = {
            "id": urn,
            "reactionType": kind,
            "created": made,
            "lastModified": made,
            "root": entity,
        }
        return urn

    # what the fault harness and a demo ask of every double


def person(name: str) -> str:
    """The URN of a reader; LinkedIn tells no names."""
    return f"urn:li:person:{re.sub(r'[^A-Za-z0-9_-]', '_', name)}"
