"""Meta as the sender of webhooks: it makes the payload, signs it and delivers it.

Ours, after https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11-30); the payloads of
``feed`` after …/webhooks/reference/page.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx

from smeditor.networks.inbound import WebhookRequest


def signature(body: bytes, secret: str) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Sender:
    """What Meta sends for one app. ``deliver`` gives a request to the desk; without it requests wait in ``waiting``."""

    def __init__(self, secret: str, verify_token: str = "", object_name: str = "page") -> None:
        self.secret, self.verify_token, self.object_name = secret, verify_token, object_name
        self.waiting: list[WebhookRequest] = []
        self.deliver: Callable[[WebhookRequest], Any] | None = None

    def challenge(self, value: str = "1158201444", token: str | None = None) -> WebhookRequest:
        """The request with which Meta verifies an address."""
        token = self.verify_token if token is None else token
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": value}
        return WebhookRequest("GET", query, {}, b"")

    def delivery(self, *changes: tuple[str, str, dict[str, Any]], at: int | None = None) -> WebhookRequest:
        """A signed delivery of changes: (account's id, field, value)."""
        at = int(time.time()) if at is None else at
        entries: dict[str, dict[str, Any]] = {}
        for account, field, value in changes:
            entry = entries.setdefault(account, {"id": account, "time": at, "changes": []})
            entry["changes"].append({"field": field, "value": value})
        return self.signed({"object": self.object_name, "entry": list(entries.values())})

    def signed(self, data: Any) -> WebhookRequest:
        """A delivery of any JSON, signed as it must be. Meta escapes what is not ASCII, and slashes."""
        body = json.dumps(data).replace("/", "\\/").encode()
        return self.request(body, signature(body, self.secret))

    def request(self, body: bytes, signed: str) -> WebhookRequest:
        """A delivery with whatever body and signature."""
        return WebhookRequest("POST", {}, {"content-type": "application/json", "x-hub-signature-256": signed}, body)

    def send(self, *changes: tuple[str, str, dict[str, Any]]) -> None:
        """Deliver changes, or keep them where nobody takes them."""
        request = self.delivery(*changes)
        if self.deliver is None:
            self.waiting.append(request)
        else:
            self.deliver(request)


def over_http(address: str) -> Callable[[WebhookRequest], bytes]:
    """A ``deliver`` that posts to a real address, as a demo has it."""

    def deliver(request: WebhookRequest) -> bytes:
        answer = httpx.request(
            request.method,
            address,
            params=dict(request.query) or None,
            content=request.body,
            headers=dict(request.headers),
            timeout=10,
        )
        return answer.raise_for_status().content

    return deliver
