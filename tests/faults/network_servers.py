"""The servers of the fault harness's networks: what readers see there, and how each says that something went wrong.

``Plain`` and ``Blind`` are ours: no key, and for the second no reading back either. ``Pds`` passes every request on to a
real Bluesky PDS. Mastodon has a file of its own.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Call:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class NetworkServer:
    """One network's server. ``keyed``: the same request twice is one message."""

    keyed = False

    def __init__(self, now: Now) -> None:
        self.now = now
        self.lock = threading.Lock()

    def publishes(self, call: Call) -> bool:
        return call.method == "POST"

    def handle(self, call: Call) -> Reply:
        raise NotImplementedError

    def inbound(self) -> dict[str, list[str]]:
        """What readers see: every text with the addresses under which it stands."""
        raise NotImplementedError

    def failure(self, name: str) -> Reply:
        """How this network words a failure that published nothing (or does not say that it did)."""
        match name:
            case "limited":
                return Reply(429, {"error": "Too many requests"}, {"Retry-After": "5"})
            case "limited_quietly":
                return Reply(429, {"error": "Too many requests"})
            case "come_back":
                return Reply(503, {"error": "Service unavailable"}, {"Retry-After": "5"})
            case "unauthorised":
                return Reply(401, {"error": "The access token is invalid"})
        return Reply(500, {"error": "Internal server error"})


class Plain(NetworkServer):
    """No key; the own messages can be read."""

    name = "plain"

    def __init__(self, now: Now) -> None:
        super().__init__(now)
        self.posts: dict[str, list[str]] = defaultdict(list)
        self.number = 0

    def handle(self, call: Call) -> Reply:
        with self.lock:
            if call.method == "GET":
                found = self.posts.get(call.query.get("text", ""), [])
                return Reply(200, {"uri": found[0] if found else ""})
            self.number += 1
            uri = f"{self.name}:{self.number}"
            self.posts[json.loads(call.body)["text"]].append(uri)
            return Reply(200, {"uri": uri})

    def inbound(self) -> dict[str, list[str]]:
        with self.lock:
            return {text: list(uris) for text, uris in self.posts.items()}


class Blind(Plain):
    """No key, and nobody can look."""

    name = "blind"

    def handle(self, call: Call) -> Reply:
        return Reply(403, {"error": "not readable"}) if call.method == "GET" else super().handle(call)


class Pds(NetworkServer):
    """A real PDS behind this address: requests are passed on, its own address in the answers becomes ours."""

    keyed = True

    def __init__(self, now: Now, pds_url: str, our_url: Callable[[], str]) -> None:
        super().__init__(now)
        self.pds_url = pds_url
        self.our_url = our_url
        self.place = urlsplit(pds_url)

    def publishes(self, call: Call) -> bool:
        return call.path.endswith("com.atproto.repo.putRecord")

    def handle(self, call: Call) -> Reply:
        connection = http.client.HTTPConnection(self.place.hostname or "", self.place.port, timeout=30)
        headers = {name: value for name, value in call.headers.items() if name.lower() != "host"}
        headers["accept-encoding"] = "identity"
        try:
            connection.request(call.method, call.path, call.body or None, headers)
            answer = connection.getresponse()
            body = answer.read().replace(self.pds_url.encode(), self.our_url().encode())
        finally:
            connection.close()
        kept = {"content-type", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "ratelimit-policy"}
        return Reply(answer.status, body, {name: value for name, value in answer.getheaders() if name.lower() in kept})

    def failure(self, name: str) -> Reply:
        match name:
            case "unauthorised":
                return Reply(400, {"error": "ExpiredToken", "message": "Token has expired"})
            case "limited" | "limited_quietly":  # a PDS names the end of the pause, never Retry-After
                reset = int(self.now().timestamp()) + 5
                headers = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": str(reset)}
                return Reply(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, headers)
            case "come_back":
                return Reply(503, {"error": "NotAvailable"}, {"Retry-After": "5"})
        return Reply(500, {"error": "InternalServerError", "message": "Internal Server Error"})

    def inbound(self) -> dict[str, list[str]]:
        """Not asked here: what stands in the account's repository is read from the PDS itself, see census.py."""
        return {}
