"""What readers do beneath the channel's posts, and what a demo asks of every double."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response

from tests.networks.doubles.telegram.world import CHANNEL, GROUP, STAND_IN, World, entities

LEA = {"id": 300, "is_bot": False, "first_name": "Léa", "last_name": "Martin", "username": "lea_martin"}
SIGNS = {"thumbs": "👍", "heart": "❤", "fire": "🔥", "bad": "👎"}


class Readers:
    """Part of :class:`tests.networks.doubles.telegram.server.Server`."""

    world: World

    def comment(self, answered: int, text: str = "", *, person: dict[str, Any] | None = None, **content: Any) -> int:
        """Write in the group beneath ``answered`` (a message there); return the number of the comment."""
        author = {"from": person or LEA} if "sender_chat" not in content else {"from": STAND_IN}
        content_of: dict[str, Any] = {"text": text} if text else {}
        if text and entities(text):
            content_of["entities"] = entities(text)
        return self.world.add(GROUP, author | content_of | content | self.world.in_thread(GROUP, answered))[
            "message_id"
        ]

    def chat(self, text: str, *, person: dict[str, Any] | None = None, **content: Any) -> int:
        """Write in the group beneath nothing."""
        found = {"entities": entities(text)} if entities(text) else {}
        return self.world.add(GROUP, {"from": person or LEA, "text": text} | found | content)["message_id"]

    def change(self, number: int, text: str) -> None:
        """Edit a comment."""
        message = self.world.messages[GROUP][number]
        message |= {"text": text, "edit_date": message["date"] + 60}
        message.pop("entities", None)
        self.world.tell("edited_message", message, GROUP, None)

    def count_reactions(self, post: int, **counts: int) -> None:
        """Let readers' reactions beneath a post be so many, by sign (``thumbs=3``)."""
        self.world.reactions[CHANNEL, post] = {SIGNS[name]: count for name, count in counts.items()}
        self.world.tell_reactions(CHANNEL, post)

    def thread_of(self, post: int) -> int:
        """The message in the group that stands for a post."""
        return self.world.forwards[post]

    # what the fault harness and a demo ask of every double


def answered(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
