"""A Mastodon server whose every answer a test writes, held to the official document in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from smeditor.networks.base import Credentials
from smeditor.networks.client import GuardedClient
from smeditor.networks.mastodon import Mastodon
from tests.networks.openapi_contract import OpenApiContract

HOST = "social.example"
TOKEN = "t0ken-never-shown"
ME = "100"


class FakeMastodon:
    """Answers as it was told. ``lawless``: this software is known to break the document in its answers."""

    def __init__(self, contract: OpenApiContract) -> None:
        self.contract = contract
        self.lawless = False
        self.answers: dict[tuple[str, str], list[httpx.Response]] = {}
        self.requests: list[httpx.Request] = []
        self.shown: Callable[[str], dict[str, Any] | None] | None = None
        """What ``GET /api/v1/statuses?id[]=`` shows for an id, where a test sets it."""
        client = GuardedClient(
            transport=httpx.MockTransport(self._handle), resolver=lambda host, port: ["93.184.216.34"]
        )
        self.network = Mastodon(Credentials(f"https://{HOST}", secret={"access_token": TOKEN}), client=client)
        self.on("GET", "/api/v1/accounts/verify_credentials", self.me())

    def on(self, method: str, path: str, *answers: Any, status: int = 200, **headers: str) -> None:
        """Answer ``method path`` with ``answers`` in turn, the last of them for ever."""
        made = [
            answer if isinstance(answer, httpx.Response) else httpx.Response(status, json=answer, headers=headers)
            for answer in answers
        ]
        self.answers[method, path] = made

    def requests_to(self, method: str, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if (request.method, request.url.path) == (method, path)]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        self.requests.append(request)
        self.contract.check_request(request)
        if self.shown is not None and (request.method, request.url.path) == ("GET", "/api/v1/statuses"):
            known = [self.shown(status_id) for status_id in request.url.params.get_list("id[]")]
            return httpx.Response(200, json=[status for status in known if status])
        waiting = self.answers.get((request.method, request.url.path))
        if not waiting:
            waiting = [httpx.Response(404, json={"error": "Record not found"})]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not self.lawless:
            self.contract.check_response(request, answer)
        return answer

    # entities, complete as the document wants them

    def me(self) -> dict[str, Any]:
        return self.contract.entity(
            "CredentialAccount", id=ME, acct="redaction", username="redaction", **who("redaction")
        )

    def account(self, number: str = "200", name: str = "lea", **changes: Any) -> dict[str, Any]:
        return self.contract.entity("Account", **{"id": number, "acct": name, "username": name, **who(name), **changes})

    def status(self, number: str, **changes: Any) -> dict[str, Any]:
        base = {
            "id": number,
            "account": self.account(),
            "uri": f"https://{HOST}/users/lea/statuses/{number}",
            "url": f"https://{HOST}/@lea/{number}",
            "content": "<p>Bonjour</p>",
            "visibility": "public",
            "spoiler_text": "",
            "created_at": "2026-11-23T12:00:00.000Z",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "quotes_count": 0,
        }
        return self.contract.entity("Status", **(base | changes))

    def ours(self, number: str, **changes: Any) -> dict[str, Any]:
        return self.status(number, account=self.account(ME, "redaction"), **changes)

    def notification(self, number: str, kind: str, status: dict[str, Any], **changes: Any) -> dict[str, Any]:
        account = changes.pop("account", self.account())
        return self.contract.entity("Notification", id=number, type=kind, status=status, account=account, **changes)

    def instance(self, api: int = 10, **statuses: Any) -> dict[str, Any]:
        made = self.contract.entity("Instance", api_versions={"mastodon": api})
        made["configuration"]["statuses"] |= statuses
        return made


def who(name: str) -> dict[str, str]:
    return {
        "uri": f"https://{HOST}/users/{name}",
        "url": f"https://{HOST}/@{name}",
        "display_name": name.title(),
        "note": "",
    }


def error(status: int, message: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": message}, headers=headers)
