"""What the tests of the Telegram adapter do over and over: open it on the double, publish, poll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from smeditor.networks.base import Batch, Credentials, Media, MediaKind, Message, Prepared, Receipt, WebhookRequest
from smeditor.networks.client import GuardedClient
from smeditor.networks.telegram import Telegram
from tests.networks.doubles.base import served
from tests.networks.doubles.telegram import Server
from tests.networks.doubles.telegram.world import CHANNEL

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Wire(httpx.BaseTransport):
    """A real connection that keeps what was sent, and answers itself where a test says so."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport(trust_env=False)
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


def opened(double: Server, wire: httpx.BaseTransport | None = None, **given: Any) -> Telegram:
    """The adapter for the double's channel, as the desk's bot. ``given`` replaces parts of the credentials."""
    known: dict[str, Any] = {
        "handle": "leclair", "remote_id": str(CHANNEL), "secret": {"bot_token": double.token}
    }  # fmt: skip
    client = GuardedClient(
        allowed_private_hosts=["127.0.0.1"], transport=wire, resolver=lambda host, port: ["127.0.0.1"], timeout=30
    )
    return Telegram(Credentials(double.url, **(known | given)), client=client)


@contextmanager
def telegram_server() -> Iterator[Server]:
    with served(Server()) as double:
        assert isinstance(double, Server)
        yield double


def publish(network: Telegram, message: Message | str) -> Receipt:
    """Prepare, store as JSON, give the files again, send: as the desk does it."""
    message = Message(message) if isinstance(message, str) else message
    prepared = network.prepare(message, {})
    assert isinstance(prepared, Prepared)
    stored = replace(Prepared.from_json(prepared.as_json()), media=message.media)
    return network.send(stored, network.mint_identity(NOW), NOW)


def number_of(receipt: Receipt) -> int:
    return int(receipt.ref.uri.partition("/")[2])


def polled(network: Telegram, cursor: dict[str, Any] | None = None, ours: tuple = ()) -> Batch:
    return network.collect(cursor or {}, ours)


def photo(alt: str = "", data: bytes = b"\xff\xd8 a photo", **facts: Any) -> Media:
    return Media.from_bytes(data, "image/jpeg", alt, **({"width": 300, "height": 200} | facts))


def video(data: bytes = b"....ftyp a video", **facts: Any) -> Media:
    known = {"kind": MediaKind.VIDEO, "width": 640, "height": 360, "duration": 12.4}
    return Media.from_bytes(data, "video/mp4", **(known | facts))


def animation() -> Media:
    return Media.from_bytes(b"GIF89a", "image/gif", kind=MediaKind.ANIMATION)


def document(title: str = "Le rapport : 2026/2") -> Media:
    return Media.from_bytes(b"%PDF-1.7", "application/pdf", title, kind=MediaKind.DOCUMENT)


def hook(headers: dict[str, str], body: bytes) -> WebhookRequest:
    return WebhookRequest("POST", {}, headers, body)
