"""What the tests of the LinkedIn adapter do over and over: open it on the double, prepare step by step, publish."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from smeditor.networks.base import App, Credentials, Media, MediaKind, Message, Prepared, Progress, Receipt
from smeditor.networks.client import GuardedClient
from smeditor.networks.linkedin import LinkedIn
from tests.networks.doubles.base import served
from tests.networks.doubles.linkedin import Server
from tests.networks.doubles.linkedin.readers import CLIENT, ORGANIZATION, SECRET, TOKEN

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEYS = {"client_id": CLIENT, "client_secret": SECRET}
REDIRECT = "https://desk.example/back"


def guarded(transport: httpx.BaseTransport | None = None) -> GuardedClient:
    return GuardedClient(
        allowed_private_hosts=["127.0.0.1"], transport=transport, resolver=lambda host, port: ["127.0.0.1"], timeout=30
    )


def opened(
    double: Server, transport: httpx.BaseTransport | None = None, keys: Mapping[str, str] = KEYS, **given: Any
) -> LinkedIn:
    """The adapter for the page, as its member. ``given`` replaces parts of the credentials."""
    known: dict[str, Any] = {"handle": "leclair", "remote_id": ORGANIZATION, "secret": {"access_token": TOKEN}}
    credentials = Credentials(double.url, **(known | given))
    return LinkedIn(credentials, client=guarded(transport), app=App(double.url, keys))


@contextmanager
def linkedin_server() -> Iterator[Server]:
    with served(Server()) as double:
        assert isinstance(double, Server)
        yield double


def steps(network: LinkedIn, message: Message, so_far: Mapping[str, Any] | None = None) -> list[Progress | Prepared]:
    """Every step of preparing, each from what the one before left as JSON."""
    taken: list[Progress | Prepared] = []
    reached = dict(so_far or {})
    for _step in range(60):
        step = network.prepare(message, json.loads(json.dumps(reached)))
        taken.append(step)
        if isinstance(step, Prepared):
            return taken
        reached = step.so_far
    raise AssertionError("never prepared")


def prepared(network: LinkedIn, message: Message | str) -> Prepared:
    last = steps(network, Message(message) if isinstance(message, str) else message)[-1]
    assert isinstance(last, Prepared)
    return Prepared.from_json(json.loads(json.dumps(last.as_json())))


def publish(network: LinkedIn, message: Message | str) -> Receipt:
    return network.send(prepared(network, message), network.mint_identity(NOW), NOW)


def image(alt: str = "", data: bytes = b"\xff\xd8 an image") -> Media:
    return Media.from_bytes(data, "image/jpeg", alt, width=300, height=200)


def video(data: bytes = b"v" * 1000) -> Media:
    return Media.from_bytes(data, "video/mp4", "La digue", kind=MediaKind.VIDEO, duration=12.0)


def document() -> Media:
    return Media.from_bytes(b"%PDF-1.7", "application/pdf", "Le rapport", kind=MediaKind.DOCUMENT)
