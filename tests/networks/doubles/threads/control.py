"""Threads as a demo and the fault harness use it."""

from __future__ import annotations

import re
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.graph import control as graph

PUBLISHING = re.compile(r"POST (?:/v[0-9.]+)?/[0-9a-z]+/threads_publish|DELETE (?:/v[0-9.]+)?/[0-9]+")


class Control(controls.Control):
    limited, unauthorised, broken = graph.LIMITED, graph.UNAUTHORISED, graph.BROKEN

    def connection(self) -> dict[str, Any]:
        us = self.double.us
        return {"handle": us.username, "remote_id": us.id, "secret": {"access_token": self.double.token().value}}

    def visible(self) -> list[tuple[str, str]]:
        posts = [post for post in self.double.posts.values() if post.author is self.double.us and not post.gone]
        return [(str(post.data.get("text", "")), post.id) for post in posts]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        above = self.double.posts[self.post_or_newest(post)]
        return self.double.write(by, text, parent=above.id).id

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))
