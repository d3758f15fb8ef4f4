"""Facebook as a demo and the fault harness use it."""

from __future__ import annotations

import re
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.graph import control as graph

PUBLISHING = re.compile(r"(?:POST|DELETE) /v[0-9.]+/[0-9_]+(?:/comments)?")


class Control(controls.Control):
    limited, unauthorised, broken = graph.LIMITED, graph.UNAUTHORISED, graph.BROKEN

    def connection(self) -> dict[str, Any]:
        page, token = self.double.page, self.double.token
        return {"handle": page.data["name"], "remote_id": page.id, "secret": {"access_token": token.value}}

    def visible(self) -> list[tuple[str, str]]:
        double = self.double
        posts = [(node.data.get("message", ""), node.id) for node in reversed(double.posts_of(double.page))]
        comments = [
            (node.data.get("message", ""), node.id)
            for node in double.nodes.values()
            if node.kind == "Comment" and node.data["from"]["id"] == double.page.id and not node.hidden.get("gone")
        ]
        return [*posts, *comments]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        people = {person.name: person for person in getattr(self.double, "people", {}).values()}
        return self.double.comment(self.post_or_newest(post), text, people.get(by) or self.double.add_reader(by))

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))
