"""LinkedIn as a demo and the fault harness use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.linkedin import readers, rules, server
from tests.networks.doubles.linkedin.readers import ORGANIZATION, TOKEN, person


class Control(controls.Control):
    def connection(self) -> dict[str, Any]:
        return {"handle": "leclair", "remote_id": ORGANIZATION, "secret": {"access_token": TOKEN}}

    def visible(self) -> list[tuple[str, str]]:
        double = self.double
        posts = [(rules.rendered(post["commentary"]), urn) for urn, post in double.posts.items()]
        comments = [
            (comment["message"]["text"], urn)
            for urn, comment in double.comments.items()
            if comment["actor"] == ORGANIZATION
        ]
        return [*posts, *comments]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        double = self.double
        urn = post or next(reversed(double.posts), "")
        if urn in double.comments:
            above = double.comments[urn]
            return str(double.add_comment(above["_thread"], text, person(by), urn)["commentUrn"])
        if urn not in double.posts:
            raise LookupError(urn)
        return str(double.add_comment(urn, text, person(by))["commentUrn"])

    def publishes(self, method: str, path: str) -> bool:
        places = ("/rest/posts", "/rest/socialActions/", "/rest/reactions")
        return method in {"POST", "DELETE"} and path.startswith(places)

    def set_clock(self, now: Callable[[], datetime]) -> None:
        clock = SimpleNamespace(time=lambda: now().timestamp())
        readers.time = server.time = clock  # type: ignore[assignment]
