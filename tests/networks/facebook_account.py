"""A page on the double and the adapter that acts for it, as the tests of Facebook share them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from smeditor.networks.base import App, Credentials, Media, MediaKind, Message, Receipt
from smeditor.networks.client import GuardedClient
from smeditor.networks.facebook import Facebook
from tests.networks.contract_steps import fully_prepared
from tests.networks.doubles.base import served
from tests.networks.doubles.facebook import Server
from tests.networks.doubles.facebook.server import VERIFY_TOKEN
from tests.networks.harness import FaultyTransport

PUBLIC = ("is_published=true", "published=true", "/comments")


def sends(request: httpx.Request) -> bool:
    """Whether a request makes something public."""
    if request.method == "GET":
        return False
    body = request.read().decode("latin-1")
    return request.method == "DELETE" or request.url.path.endswith("/comments") or "published=true" in body


@dataclass
class FacebookAccount:
    """The double, what the newsroom entered, and the network; ``transport`` remembers every request."""

    server: Server
    transport: FaultyTransport
    network: Facebook
    client: GuardedClient

    @property
    def keys(self) -> dict[str, str]:
        """The newsroom's own app."""
        return app_keys(self.server)

    def network_with(self, token: str | None = None, remote_id: str | None = None, **keys: str) -> Facebook:
        """Another instance: with another token, or other keys of the app."""
        server = self.server
        credentials = Credentials(
            server.url,
            remote_id=server.page.id if remote_id is None else remote_id,
            secret={"access_token": server.token.value if token is None else token},
        )
        return Facebook(credentials, client=self.client, app=App(server.url, app_keys(server) | keys))

    def publish(self, message: Message | str, network: Facebook | None = None) -> Receipt:
        """Prepare and send."""
        network = network or self.network
        message = Message(message) if isinstance(message, str) else message
        now = datetime.now(UTC)
        return network.send(fully_prepared(network, message), network.mint_identity(now), now)

    def requests_to(self, method: str, ending: str) -> list[httpx.Request]:
        """The requests that were sent to a path with that ending."""
        return [
            request
            for request in self.transport.requests
            if request.method == method and request.url.path.endswith(ending)
        ]

    def form(self, request: httpx.Request) -> dict[str, str]:
        """What a form held."""
        return dict(httpx.QueryParams(request.read().decode()))


def app_keys(server: Server) -> dict[str, str]:
    """What an administrator enters."""
    return {"client_id": server.app.id, "client_secret": server.app.secret, "verify_token": VERIFY_TOKEN}


@contextmanager
def facebook_server() -> Iterator[Server]:
    """The double, served."""
    with served(Server()) as server:
        assert isinstance(server, Server)
        yield server


@contextmanager
def facebook_account(server: Server) -> Iterator[FacebookAccount]:
    """A fresh page on ``server``; afterwards Meta's own description must have allowed every message."""
    server.reset()
    transport = FaultyTransport(sends, lambda: {"retry-after": "60"})
    client = GuardedClient(allowed_private_hosts=[server.url.partition("//")[2]], transport=transport, timeout=10)
    account = FacebookAccount(server, transport, None, client)  # type: ignore[arg-type]
    account.network = account.network_with()
    yield account
    client.close()
    assert server.breaches == []


def error_body(code: int, message: str = "An error", subcode: int = 0, **more: Any) -> Mapping[str, Any]:
    """An error as Meta writes it."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Abc", **more}
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


def video(size: int = 700_000, **facts: Any) -> Media:
    """A video of so many bytes."""
    data = bytes(number % 251 for number in range(1000)) * (size // 1000)
    return Media.from_bytes(data, "video/mp4", kind=MediaKind.VIDEO, **facts)
