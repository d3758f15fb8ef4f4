"""The network that the documentation writes, held to the whole contract."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from smeditor.networks.base import Credentials, Network, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.registry import get_network_class
from tests.networks.contract import NetworkContract
from tests.networks.harness import Fault, FaultyTransport, Harness, Published, Reader
from tests.networks.noticeboard_server import noticeboard
from tests.outside import noticeboard as noticeboard_package

PAGE = Path(__file__).resolve().parents[2] / "docs/networks/adding-a-network.md"


@pytest.fixture(scope="session")
def example() -> type[Network]:
    """The class of the page, as a newsroom installs it: by its path."""
    return get_network_class("noticeboard", {"noticeboard": f"{noticeboard_package.__name__}.Noticeboard"})


def test_the_package_is_what_the_page_writes():
    [written] = [
        code for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S) if "class Noticeboard" in code
    ]
    assert Path(noticeboard_package.__file__).read_text() == written


class BoardClient:
    """Somebody at the board, with the standard library and nothing of ours."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, method: str, path: str, body: dict | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def post(self, text: str, **more: str) -> str:
        return self.ask("PUT", f"/messages/{uuid.uuid4().hex}", {"text": text, **more})["id"]


class BoardReader(Reader):
    handle = "ben"

    def __init__(self, url: str) -> None:
        self.client = BoardClient(url, "ben-token")

    def reply(self, ref: Ref, text: str) -> str:
        return self.client.post(text, answers=ref.uri)

    def mention(self, text: str) -> str:
        return self.client.post(f"@paper {text}")

    def quote(self, ref: Ref, text: str) -> str:
        return self.client.post(text, quotes=ref.uri)

    def like(self, ref: Ref) -> None:
        self.client.ask("POST", f"/messages/{ref.uri}/like", {})

    def repost(self, ref: Ref) -> None:
        self.client.ask("POST", f"/messages/{ref.uri}/pass", {})

    def delete(self, native_id: str) -> None:
        self.client.ask("DELETE", f"/messages/{native_id}")


class BoardHarness(Harness):
    secrets = ("paper-token",)

    def __init__(self, url: str, network_class: type[Network]) -> None:
        self.url, self.network_class = url, network_class
        self.client = BoardClient(url, "ben-token")
        self.reader = BoardReader(url)
        self.faults = FaultyTransport(
            sends=lambda request: request.method == "PUT", rate_limit_headers=lambda: {"Retry-After": "90"}
        )
        self.network = self._network(url, {"access_token": "paper-token"})

    def _network(self, url: str, secret: Mapping[str, str]) -> Network:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.faults)
        return self.network_class(Credentials(url, secret=secret), client=client)

    def published(self, ref: Ref) -> Published | None:
        try:
            message = self.client.ask("GET", f"/messages/{ref.uri}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None
        text = message["text"]
        return Published(
            text=text,
            links=tuple(re.findall(r"https?://\S+", text)),
            mentions=tuple(re.findall(r"@(\w+)", text)),
            tags=tuple(re.findall(r"#(\w+)", text)),
            alts=tuple(picture["alt"] for picture in message["pictures"]),
            language=message["language"],
            reply_to=message.get("answers", ""),
        )

    def count_published(self, token: str) -> int:
        sent = {request.url.path for request in self.faults.requests if request.method == "PUT"}
        return sum(token in self.client.ask("GET", path)["text"] for path in sent)

    def with_secret(self, secret: Mapping[str, str]) -> Network:
        return self._network(self.url, secret)

    def at(self, server_url: str) -> Network:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"])
        return self.network_class(Credentials(server_url, secret={"access_token": "paper-token"}), client=client)

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.faults.waiting.append((fault, sending))


@pytest.fixture
def harness(example):
    with noticeboard() as url:
        harness = BoardHarness(url, example)
        yield harness
        harness.network.close()


class TestTheWorkedExample(NetworkContract):
    pass
