"""Telegram as a demo and the fault harness use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.telegram.readers import LEA
from tests.networks.doubles.telegram.world import CHANNEL, GROUP

PUBLISHING = re.compile(r"POST /bot[^/]+/(?:send|edit|delete)\w+")


class Control(controls.Control):
    limited = (
        429,
        {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 5}},
        {},
    )
    unauthorised = (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, {})
    broken = (500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}, {})

    def connection(self) -> dict[str, Any]:
        name = self.double.world.chats[CHANNEL]["username"]
        return {"handle": f"@{name}", "remote_id": str(CHANNEL), "secret": {"bot_token": self.double.token}}

    def visible(self) -> list[tuple[str, str]]:
        messages = self.double.world.messages
        ours = [(CHANNEL, number, message) for number, message in messages[CHANNEL].items()]
        desk = self.double.world.desk.number
        ours += [
            (GROUP, number, message)
            for number, message in messages[GROUP].items()
            if message.get("from", {}).get("id") == desk
        ]
        return [
            (message.get("text") or message.get("caption") or "", f"{chat}/{number}") for chat, number, message in ours
        ]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        posts = [native_id for _text, native_id in self.visible() if native_id.startswith(f"{CHANNEL}/")]
        number = int((post or posts[-1]).rpartition("/")[2])
        person = {**LEA, "id": 1000 + sum(by.encode()), "first_name": by.title(), "username": by}
        return f"{GROUP}/{self.double.comment(self.double.thread_of(number), text, person=person)}"

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))

    def set_clock(self, now: Callable[[], datetime]) -> None:
        """Nothing of a bot's is ever read back by its time."""
