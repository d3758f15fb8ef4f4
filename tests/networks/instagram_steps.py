"""What the tests of Instagram share: a double on loopback, an account on it, and the way from a message to its post."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from smeditor.networks.base import App, Credentials, Media, MediaKind, Message, Prepared, Progress, Receipt
from smeditor.networks.client import GuardedClient
from smeditor.networks.instagram import Instagram
from tests.networks.doubles.base import served
from tests.networks.doubles.graph import GraphToken, Node
from tests.networks.doubles.graph.server import APP_SECRET
from tests.networks.doubles.instagram.server import SCOPES, VERIFY_TOKEN, Server
from tests.networks.harness import Fault, FaultyTransport
from tests.networks.threads_steps import now

KEYS = {"client_id": "271828182845904", "client_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}
MOST_STEPS = 80


def image(name: str = "port", alt: str = "Le port", **facts: Any) -> Media:
    facts = {"width": 1200, "height": 800, "public_url": f"https://journal.example/m/{name}.jpg"} | facts
    return Media.from_bytes(name.encode(), "image/jpeg", alt, **facts)


def video(name: str = "maree", alt: str = "") -> Media:
    url = f"https://journal.example/m/{name}.mp4"
    return Media.from_bytes(name.encode(), "video/mp4", alt, kind=MediaKind.VIDEO, duration=12.0, public_url=url)


def sends(request: Any) -> bool:
    return request.method == "POST" and request.url.path.endswith(("/media_publish", "/comments", "/replies"))


@dataclass
class World:
    """A double, its newsroom's account, and a connection that can be broken."""

    server: Server
    faults: FaultyTransport = field(
        default_factory=lambda: FaultyTransport(sends=sends, rate_limit_headers=lambda: {"Retry-After": "90"})
    )
    opened: list[GuardedClient] = field(default_factory=list)

    def client(self) -> GuardedClient:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.faults)
        self.opened.append(client)
        return client

    def network(self, token: GraphToken | None = None, **facts: Any) -> Instagram:
        token = token or self.server.token_of_account(SCOPES)
        known = {"expires_at": token.expires_at, "scopes": token.scopes} | facts
        user_id = str(self.server.account.data["user_id"])
        credentials = Credentials(self.server.url, "gazette", user_id, {"access_token": token.value}, **known)
        return Instagram(credentials, client=self.client(), app=App(self.server.url, KEYS))

    def with_scopes(self, *scopes: str) -> Instagram:
        return self.network(self.server.token_of_account(scopes))

    def asked(self, method: str, ending: str) -> int:
        return sum(done[0] == method and done[1].endswith(ending) for done in self.server.requests)

    def ours(self) -> list[Node]:
        return [node for node in self.server.media if not node.hidden.get("gone")]

    def later(self, **delta: float) -> None:
        self.server.clock_ahead += timedelta(**delta)


@pytest.fixture(scope="module")
def double() -> Iterator[Server]:
    """Instagram on loopback, for all tests of a file."""
    with served(Server()) as server:
        yield server


@pytest.fixture
def world(double: Server) -> Iterator[World]:
    """A fresh Instagram. A test that leaves a breach of Meta's description fails."""
    double.reset()
    world = World(double)
    with translation.override("en"):
        yield world
    for client in world.opened:
        client.close()
    world.faults.close()
    assert double.breaches == []


@pytest.fixture
def network(world: World) -> Instagram:
    return world.network()


def prepared(
    network: Instagram,
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


def publish(network: Instagram, message: Message) -> Receipt:
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
