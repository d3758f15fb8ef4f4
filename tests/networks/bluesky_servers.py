"""A real Bluesky network on loopback for the tests, its accounts, and the foreign library that reads and acts there."""

from __future__ import annotations

import importlib
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from newsroom.demo.bluesky_network import POSTGRES, BlueskyNetwork, BlueskyUnavailable, create_account, start
from smeditor.networks.base import Credentials
from smeditor.networks.bluesky import Bluesky
from smeditor.networks.client import GuardedClient
from tests.networks.servers import free_port

PASSWORD = "the account's own password"
POST = "app.bsky.feed.post"


@contextmanager
def bluesky_network(directory: Path, *, appview: bool = True, rate_limits: bool = False) -> Iterator[BlueskyNetwork]:
    """Run the network for as long as the block lasts. Skips, with what is missing, where it cannot be run."""
    postgres = os.environ.get("SMEDITOR_TEST_POSTGRES", POSTGRES)
    try:
        network = start(directory, _free_ports(), appview=appview, rate_limits=rate_limits, postgres=postgres)
    except BlueskyUnavailable as error:
        pytest.skip(f"no real Bluesky network here: {error}", allow_module_level=True)
    try:
        yield network
    finally:
        network.stop()


@dataclass(frozen=True)
class Account:
    """An account on the PDS, with an app password as an editor would make one."""

    pds_url: str
    handle: str
    did: str
    app_password: str

    @classmethod
    def create(cls, pds_url: str, handle: str) -> Account:
        made = create_account(pds_url, handle, f"{handle}@example.test", PASSWORD)
        answer = httpx.post(
            f"{pds_url}/xrpc/com.atproto.server.createAppPassword",
            json={"name": "desk"},
            headers={"Authorization": f"Bearer {made['accessJwt']}"},
            trust_env=False,
        )
        return cls(pds_url, handle, made["did"], answer.raise_for_status().json()["password"])

    def credentials(self, **secret: str) -> Credentials:
        known = {"identifier": self.handle, "app_password": self.app_password}
        return Credentials(self.pds_url, self.handle, secret={**known, **secret})

    def network(self, transport: httpx.BaseTransport | None = None) -> Bluesky:
        return adapter(self.credentials(), transport)


def adapter(credentials: Credentials, transport: httpx.BaseTransport | None = None) -> Bluesky:
    client = GuardedClient(allowed_private_hosts=["localhost", "127.0.0.1"], transport=transport)
    return Bluesky(credentials, client=client)


class ForeignClient:
    """The PyPI library ``atproto`` signed in to an account: it acts as a reader and reads what we published."""

    def __init__(self, account: Account) -> None:
        atproto = pytest.importorskip("atproto", reason="atproto is not installed (pip install wagtail-smeditor[test])")
        self.models = atproto.models
        self.refused = importlib.import_module("atproto.exceptions").BadRequestError
        self.account = account
        self.client = atproto.Client(f"{account.pds_url}/xrpc")
        patiently(lambda: self.client.login(account.handle, account.app_password), self.refused)

    def record(self, uri: str) -> Any | None:
        """The record and its cid as the library reads them, None where there is none."""
        did, collection, rkey = uri.removeprefix("at://").split("/")
        try:
            return self.client.com.atproto.repo.get_record({"repo": did, "collection": collection, "rkey": rkey})
        except self.refused:
            return None

    def strong(self, uri: str) -> Any:
        return self.models.ComAtprotoRepoStrongRef.Main(uri=uri, cid=self.record(uri).cid)

    def write(self, text: str, **kwargs: Any) -> str:
        return self.client.send_post(text, facets=self.facets(text), **kwargs).uri

    def reply(self, uri: str, text: str) -> str:
        above = self.record(uri).value.reply
        root = above.root if above else self.strong(uri)
        return self.write(text, reply_to=self.models.AppBskyFeedPost.ReplyRef(parent=self.strong(uri), root=root))

    def quote(self, uri: str, text: str) -> str:
        return self.write(text, embed=self.models.AppBskyEmbedRecord.Main(record=self.strong(uri)))

    def edit(self, uri: str, text: str) -> None:
        did, collection, rkey = uri.removeprefix("at://").split("/")
        value = self.record(uri).value.model_copy(update={"text": text, "facets": None})
        body = {"repo": did, "collection": collection, "rkey": rkey, "record": value}
        self.client.com.atproto.repo.put_record(body)

    def facets(self, text: str) -> list[Any]:
        """What an app of a reader adds to a text: its links and mentions."""
        rich = self.models.AppBskyRichtextFacet
        found = []
        for match in re.finditer(r"https?://\S+|@([\w-]+\.test)", text):
            start = len(text[: match.start()].encode())
            index = rich.ByteSlice(byte_start=start, byte_end=start + len(match[0].encode()))
            if match[1]:
                did = self.client.resolve_handle(match[1]).did
                found.append(rich.Main(index=index, features=[rich.Mention(did=did)]))
            else:
                found.append(rich.Main(index=index, features=[rich.Link(uri=match[0])]))
        return found


def patiently(attempt: Callable[[], Any], *errors: type[Exception], seconds: float = 20) -> Any:
    """Try again for some seconds: the AppView learns of an account or a post a moment later than the PDS."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except errors:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _free_ports() -> int:
    """A port whose two successors are free as well."""
    for _ in range(50):
        port = free_port()
        try:
            for neighbour in (port + 1, port + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", neighbour))
        except (OSError, OverflowError):
            continue
        return port
    raise RuntimeError("no three ports in a row are free")
