"""A Mastodon server as its documents describe it: keys are remembered for an hour, the own timeline can be read.

Every request and every answer that the official OpenAPI document knows is held against it, where the document lies
beside this checkout; what does not fit is reported and fails the fault harness.
"""

from __future__ import annotations

import html
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.faults.network_servers import Call, NetworkServer, Now, Reply
from tests.networks.openapi_contract import ContractBroken, OpenApiContract

KEY_LIFETIME = timedelta(hours=1)
PROCESSING_CHECKS = 1
"""How often an uploaded image is still being processed when it is asked for."""
ME = "100"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


class MastodonServer(NetworkServer):
    keyed = True

    def __init__(self, now: Now, contract: OpenApiContract | None) -> None:
        super().__init__(now)
        self.contract = contract
        self.broken: list[str] = []
        self.statuses: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.keys: dict[str, tuple[datetime, dict[str, Any]]] = {}
        self.media: dict[str, int] = {}
        self.account = self._entity("Account", id=ME, acct="paper", username="paper", **self._places("paper"))
        self.template = self._entity("Status", account=self.account, visibility="public", spoiler_text="")

    def publishes(self, call: Call) -> bool:
        return call.method == "POST" and call.path == "/api/v1/statuses"

    def handle(self, call: Call) -> Reply:
        request = httpx.Request(
            call.method, f"http://mastodon.test{call.path}", headers=call.headers, content=call.body
        )
        self._hold(lambda contract: contract.check_request(request))
        reply = self._route(call)
        if reply.status != 206 and not call.path.partition("?")[0].endswith("/statuses"):  # statuses are held when made
            answer = httpx.Response(reply.status, content=reply.content, request=request)
            self._hold(lambda contract: contract.check_response(request, answer))
        reset = stamp(self.now() + timedelta(minutes=5))
        rates = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": reset}
        return Reply(reply.status, reply.body, {**rates, **reply.headers})

    def _route(self, call: Call) -> Reply:
        path = urlsplit(call.path).path
        match call.method, path.strip("/").split("/"):
            case "POST", ["api", "v1", "statuses"]:
                return self._post(call)
            case "GET", ["api", "v1", "accounts", "verify_credentials"]:
                return Reply(200, self._entity("CredentialAccount", **{**self.account, **self._credential()}))
            case "GET", ["api", "v1", "accounts", _, "statuses"]:
                return self._timeline(call)
            case "GET", ["api", "v1", "apps", "verify_credentials"]:
                return Reply(200, self._entity("Application", name="smeditor"))
            case "POST", ["api", "v2", "media"]:
                return self._upload()
            case "GET", ["api", "v1", "media", number]:
                return self._processed(number)
            case "GET", ["api", "v2", "instance"]:
                return Reply(200, self._entity("Instance"))
        return Reply(404, {"error": "Record not found"})

    def _post(self, call: Call) -> Reply:
        body, key, now = json.loads(call.body), call.headers.get("idempotency-key", ""), self.now()
        with self.lock:
            known = self.keys.get(key)
            if known and now - known[0] < KEY_LIFETIME:
                return Reply(200, known[1])
            number = str(len(self.statuses) + 1)
            status = {
                **self.template,
                "id": number,
                "uri": f"https://mastodon.test/users/paper/statuses/{number}",
                "url": f"https://mastodon.test/@paper/{number}",
                "content": f"<p>{html.escape(body['status'])}</p>",
                "created_at": stamp(now),
                "in_reply_to_id": body.get("in_reply_to_id"),
                "in_reply_to_account_id": ME if body.get("in_reply_to_id") else None,
                "application": {"name": "smeditor", "website": None},
            }
            schema = {"$ref": "#/components/schemas/Status"}
            self._hold(lambda contract: contract.check(status, schema, "the answer to POST /api/v1/statuses"))
            self.statuses.append(status)
            self.texts.append(body["status"])
            if key:
                self.keys[key] = (now, status)
            return Reply(200, status)

    def _timeline(self, call: Call) -> Reply:
        limit, before = int(call.query.get("limit", "20")), int(call.query.get("max_id", "0"))
        with self.lock:
            newest_first = self.statuses[: before - 1 if before else None][::-1]
        return Reply(200, newest_first[:limit])

    def _upload(self) -> Reply:
        with self.lock:
            number = str(len(self.media) + 1)
            self.media[number] = PROCESSING_CHECKS
        return Reply(202, self._attachment(number, ready=False))

    def _processed(self, number: str) -> Reply:
        with self.lock:
            self.media[number] = left = self.media.get(number, 0) - 1
        return Reply(206, self._attachment(number, ready=False)) if left >= 0 else Reply(200, self._attachment(number))

    def _attachment(self, number: str, *, ready: bool = True) -> dict[str, Any]:
        url = f"https://mastodon.test/media/{number}.png"
        return self._entity("MediaAttachment", id=number, type="image", url=url if ready else None, preview_url=url)

    def _credential(self) -> dict[str, Any]:
        if self.contract is None:
            return {}
        made = self.contract.entity("CredentialAccount", **{**self.account, "id": ME})
        return {name: made[name] for name in made if name not in self.account}

    def _places(self, name: str) -> dict[str, str]:
        page = f"https://mastodon.test/@{name}"
        return {"uri": f"https://mastodon.test/users/{name}", "url": page, "display_name": "Paper", "note": ""}

    def _entity(self, name: str, /, **members: Any) -> dict[str, Any]:
        """The least that the document calls a ``name``; without the document only what was named."""
        return dict(members) if self.contract is None else self.contract.entity(name, **members)

    def _hold(self, check: Any) -> None:
        if self.contract is None:
            return
        try:
            check(self.contract)
        except ContractBroken as error:
            self.broken.append(str(error)[:300])

    def inbound(self) -> dict[str, list[str]]:
        with self.lock:
            found: dict[str, list[str]] = {}
            for text, status in zip(self.texts, self.statuses, strict=True):
                found.setdefault(text, []).append(status["id"])
            return found
