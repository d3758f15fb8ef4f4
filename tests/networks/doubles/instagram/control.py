"""Instagram as a demo and the fault harness use it."""

from __future__ import annotations

import re
from typing import Any

from tests.networks.doubles import controls
from tests.networks.doubles.graph import control as graph
from tests.networks.doubles.instagram.server import SCOPES

PUBLISHING = re.compile(r"POST /v[0-9.]+/[0-9]+/(?:media_publish|comments|replies)")


class Control(controls.Control):
    limited, unauthorised, broken = graph.LIMITED, graph.UNAUTHORISED, graph.BROKEN

    def connection(self) -> dict[str, Any]:
        account = self.double.account
        token = self.double.token_of_account(SCOPES)
        secret = {"access_token": token.value}
        return {"handle": account.data["username"], "remote_id": str(account.data["user_id"]), "secret": secret}

    def visible(self) -> list[tuple[str, str]]:
        double, name = self.double, self.double.account.data["username"]
        media = [node for node in double.media if not node.hidden.get("gone")]
        comments = [
            node for node in double.comments if node.data["from"]["username"] == name and not node.hidden.get("gone")
        ]
        return [
            *((str(node.data.get("caption", "")), node.id) for node in media),
            *((str(node.data.get("text", "")), node.id) for node in comments),
        ]

    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        return self.double.comment(self.post_or_newest(post), by, text).id

    def publishes(self, method: str, path: str) -> bool:
        return bool(PUBLISHING.fullmatch(f"{method} {path}"))
