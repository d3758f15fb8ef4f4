"""What a Bluesky server answers, without the server: for what only a broken or a late one shows."""

from __future__ import annotations

from typing import Any

OURS = "did:plc:ours"


class Answer:
    """An answer that holds ``data``."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def object(self, *names: str) -> dict[str, Any]:
        return self.data


class Session:
    """A session of ``OURS`` that nobody notifies of anything; what else is asked is said by ``answer``."""

    did = OURS

    def get(self, nsid: str, **parameters: Any) -> Answer:
        if nsid == "app.bsky.notification.listNotifications":
            return Answer({"notifications": []})
        return Answer(self.answer(nsid, **parameters))

    def answer(self, nsid: str, **parameters: Any) -> dict[str, Any]:
        raise NotImplementedError
