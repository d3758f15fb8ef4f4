"""What the tests of X share: the double, the newsroom's account on it, and readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from smeditor.networks.base import (
    App,
    Credentials,
    InboundItem,
    Media,
    MediaKind,
    Message,
    Prepared,
    Progress,
    Receipt,
)
from smeditor.networks.client import GuardedClient
from smeditor.networks.x import X
from tests.networks.doubles.base import Fault, served
from tests.networks.doubles.x import Server
from tests.networks.doubles.x.consent import CLIENT_ID, CLIENT_SECRET, KNOWN

LINK = "https://paper.example/articles/harbour?d=k7Qx2"


class Recorder(httpx.BaseTransport):
    """The real connection, and everything that went over it."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport(trust_env=False)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


@dataclass
class World:
    """One network, and the newsroom on it."""

    server: Server
    recorder: Recorder = field(default_factory=Recorder)
    opened: list[X] = field(default_factory=list)

    def client(self) -> GuardedClient:
        return GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.recorder, timeout=60.0)

    @property
    def app(self) -> App:
        return App(self.server.url, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})

    def network(self, *, scopes: frozenset[str] = KNOWN, app: App | None = None, **facts: Any) -> X:
        """The newsroom's account with fresh tokens."""
        issued = self.server.consents.issue(self.server.paper, scopes=scopes)
        secret = {key: issued[key] for key in ("access_token", "refresh_token") if key in issued}
        known: dict[str, Any] = {
            "server_url": self.server.url,
            "handle": "paper",
            "remote_id": self.server.paper.id,
            "secret": secret,
            "scopes": scopes,
        }
        network = X(Credentials(**{**known, **facts}), client=self.client(), app=app or self.app)
        self.opened.append(network)
        return network

    def fail(self, method: str, path: str, response: Any = None) -> None:
        """Let the next such request be answered with ``response``; without one it is carried out and its answer lost."""
        self.server.faults.append(
            Fault(lambda request: request.method == method and request.path.startswith(path), response)
        )

    def asked(self, method: str, path: str) -> int:
        """How many such requests came."""
        return sum(1 for asked in self.server.requests if asked[0] == method and asked[1].startswith(path))


@contextmanager
def x_world() -> Iterator[World]:
    """A world for one test; a message that the official document does not allow fails it."""
    with served(Server()) as server:
        world = World(server)  # type: ignore[arg-type]
        yield world
        for network in world.opened:
            network.close()
        assert server.breaches == []


def image(data: bytes = b"\x89PNG picture", alt: str = "A harbour at dawn", **facts: Any) -> Media:
    return Media.from_bytes(data, "image/png", alt, width=800, height=600, **facts)


def video(size: int = 5_000_000, **facts: Any) -> Media:
    pattern = bytes(range(251))
    data = (pattern * (size // len(pattern) + 1))[:size]
    return Media.from_bytes(data, "video/mp4", kind=MediaKind.VIDEO, duration=12.0, width=1280, height=720, **facts)


def prepared(network: X, message: Message, so_far: dict[str, Any] | None = None, most: int = 60) -> Prepared:
    """Prepare step by step, as the engine does, without waiting."""
    state = dict(so_far or {})
    for _step in range(most):
        result = network.prepare(message, state)
        if isinstance(result, Prepared):
            return result
        assert isinstance(result, Progress)
        state = result.so_far
    raise AssertionError("preparing does not end")


def publish(network: X, message: Message) -> Receipt:
    return network.send(prepared(network, message), network.mint_identity(now()), now())


def now() -> datetime:
    return datetime.now(UTC)


def earlier(**ago: float) -> datetime:
    return now() - timedelta(**ago)


def by_text(items: tuple[InboundItem, ...]) -> dict[str, InboundItem]:
    return {item.text: item for item in items}
