"""X as a demo and the fault harness use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.networks.doubles import controls

LONG = 10 * 365 * 86_400
"""Seconds: the fault harness lives fast."""
PUBLISHING = re.compile(r"POST /2/tweets|DELETE /2/tweets/[0-9]+")


class Control(controls.Control):
    limited = (
        429,
        {"title": "Too Many Requests", "status": 429, "type": "about:blank"},
        {"x-rate-limit-remaining": "0"},
    )
    unauthorised = (401, {"title": "Unauthorized", "status": 401, "type": "about:blank"}, {})

    def connection(self) -> dict[str, Any]:
        paper = self.double.paper
        issued = self.double.consents.issue(paper, lifetime=LONG)
        secret = {name: issued[name] for name in ("access_token", "refresh_token") if name in issued}
        return {"handle": paper.username, "remote_id": paper.id, "secret": secret}

    def visible(self) -> list[tuple[str, str]]:
        paper = self.double.paper
        return [(post.text, post.id) for post in self.double.posts if post.author is paper and not post.deleted]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        double = self.double
        user = next((user for user in double.users.values() if user.username == by), None) or double.add_user(by)
        answered = double.post(self.post_or_newest(post))
        if answered is None:
            raise LookupError(post)
        return double.write(user, text, reply_to=answered).id

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))

    def set_clock(self, now: Callable[[], datetime]) -> None:
        self.double.clock.now = now
