"""What the tests of Threads share: a double on loopback, an account on it, and the way from a message to its post."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from smeditor.networks.base import App, Credentials, Media, MediaKind, Message, Prepared, Progress, Receipt
from smeditor.networks.client import GuardedClient
from smeditor.networks.threads import Threads
from tests.networks.doubles.base import served
from tests.networks.doubles.threads.server import Server
from tests.networks.doubles.threads.state import APP_ID, APP_SECRET, SCOPES, VERIFY_TOKEN, Post, Token
from tests.networks.harness import Fault, FaultyTransport

KEYS = {"client_id": APP_ID, "client_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}
MOST_STEPS = 80


def now() -> datetime:
    return datetime.now(UTC)


def image(name: str = "port", alt: str = "Le port", **facts: Any) -> Media:
    return Media.from_bytes(
        name.encode(),
        "image/jpeg",
        alt,
        width=1200,
        height=800,
        public_url=f"https://journal.example/m/{name}.jpg",
        **facts,
    )


def video(name: str = "marée", alt: str = "La marée monte") -> Media:
    return Media.from_bytes(
        name.encode(),
        "video/mp4",
        alt,
        kind=MediaKind.VIDEO,
        duration=12.0,
        public_url=f"https://journal.example/m/{name}.mp4",
    )


@dataclass
class World:
    """A double, its newsroom's account, and a connection that can be broken."""

    server: Server
    faults: FaultyTransport = field(
        default_factory=lambda: FaultyTransport(
            sends=lambda request: request.url.path.endswith("/threads_publish"),
            rate_limit_headers=lambda: {"Retry-After": "90"},
        )
    )
    opened: list[GuardedClient] = field(default_factory=list)

    def client(self) -> GuardedClient:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.faults)
        self.opened.append(client)
        return client

    def network(self, token: Token | None = None, **facts: Any) -> Threads:
        token = token or self.server.token()
        known = {"expires_at": token.expires_at, "scopes": token.scopes} | facts
        credentials = Credentials(self.server.url, "gazette", self.server.us.id, {"access_token": token.value}, **known)
        return Threads(credentials, client=self.client(), app=App(self.server.url, KEYS))

    def with_scopes(self, *scopes: str) -> Threads:
        return self.network(self.server.token(scopes))

    def asked(self, method: str, ending: str) -> int:
        return sum(done[0] == method and done[1].endswith(ending) for done in self.server.requests)

    def ours(self) -> list[Post]:
        return [post for post in self.server.posts.values() if post.author is self.server.us and not post.gone]

    def later(self, **delta: float) -> None:
        self.server.clock_ahead += timedelta(**delta)


@pytest.fixture(scope="module")
def double() -> Iterator[Server]:
    """Threads on loopback, for all tests of a file."""
    with served(Server()) as server:
        yield server


@pytest.fixture
def world(double: Server) -> Iterator[World]:
    """A fresh Threads. A test that leaves a breach of Meta's collection fails."""
    double.reset()
    world = World(double)
    with translation.override("en"):
        yield world
    for client in world.opened:
        client.close()
    world.faults.close()
    assert double.breaches == []


@pytest.fixture
def network(world: World) -> Threads:
    return world.network()


def prepared(
    network: Threads,
    message: Message,
    so_far: Mapping[str, Any] | None = None,
    each: Callable[[Progress], None] = lambda _: None,
) -> Prepared:
    """Prepare step by step, as the engine does: what was reached is stored as JSON in between."""
    reached: Mapping[str, Any] = so_far or {}
    for _number in range(MOST_STEPS):
        result = network.prepare(message, reached)
        if isinstance(result, Prepared):
            return Prepared.from_json(json.loads(json.dumps(result.as_json())))
        each(result)
        reached = json.loads(json.dumps(result.so_far))
    raise AssertionError("the preparation comes to no end")


def publish(network: Threads, message: Message) -> Receipt:
    ready = prepared(network, message)
    return network.send(ready, network.mint_identity(now()), now())


__all__ = [
    "KEYS",
    "SCOPES",
    "Fault",
    "World",
    "double",
    "image",
    "network",
    "now",
    "prepared",
    "publish",
    "video",
    "world",
]
