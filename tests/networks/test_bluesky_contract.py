"""The Bluesky adapter against the real PDS and AppView, read back by ``atproto``, a library that is not ours."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from smeditor.networks.base import Credentials, Ref
from smeditor.networks.bluesky import Bluesky
from tests.networks.bluesky_servers import POST, Account, ForeignClient, adapter
from tests.networks.contract import NetworkContract
from tests.networks.harness import Fault, FaultyTransport, Harness, Published, Reader

pytestmark = pytest.mark.server


class BlueskyReader(Reader):
    def __init__(self, foreign: ForeignClient, desk: Account) -> None:
        self.foreign, self.desk = foreign, desk
        self.handle = foreign.account.handle

    def reply(self, ref: Ref, text: str) -> str:
        return self.foreign.reply(ref.uri, text)

    def mention(self, text: str) -> str:
        return self.foreign.write(f"@{self.desk.handle} {text}")

    def quote(self, ref: Ref, text: str) -> str:
        return self.foreign.quote(ref.uri, text)

    def like(self, ref: Ref) -> None:
        self.foreign.client.like(ref.uri, ref.cid)

    def repost(self, ref: Ref) -> None:
        self.foreign.client.repost(ref.uri, ref.cid)

    def delete(self, native_id: str) -> None:
        self.foreign.client.delete_post(native_id)

    def edit(self, native_id: str, text: str) -> None:
        self.foreign.edit(native_id, text)


class BlueskyHarness(Harness):
    readers_edit = True

    def __init__(self, desk: Account, reader: BlueskyReader, credentials: Credentials) -> None:
        self.desk, self.reader = desk, reader
        self.faults = FaultyTransport(
            sends=lambda request: request.url.path == "/xrpc/com.atproto.repo.putRecord",
            rate_limit_headers=lambda: {
                "RateLimit-Limit": "5000",
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(int(time.time()) + 90),
                "RateLimit-Policy": "5000;w=3600",
            },
            error_body={"error": "InternalServerError", "message": "Internal Server Error"},
        )
        self.network = adapter(credentials, self.faults)

    @property
    def secrets(self) -> Sequence[str]:
        secret = self.network.credentials.secret
        return [secret[key] for key in ("app_password", "access_jwt", "refresh_jwt")]

    def published(self, ref: Ref) -> Published | None:
        found = self.reader.foreign.record(ref.uri)
        if found is None:
            return None
        post, said = found.value, found.value.text.encode()
        marked: dict[str, list[str]] = {"link": [], "mention": [], "tag": []}
        for facet in post.facets or []:
            stretch = said[facet.index.byte_start : facet.index.byte_end].decode()
            for feature in facet.features:
                kind = feature.py_type.rpartition("#")[2]
                marked[kind].append(feature.uri if kind == "link" else stretch[1:])
        embed = post.embed
        return Published(
            text=post.text,
            links=tuple(marked["link"]),
            mentions=tuple(marked["mention"]),
            tags=tuple(marked["tag"]),
            alts=tuple(image.alt for image in getattr(embed, "images", None) or []),
            language=(post.langs or [""])[0],
            reply_to=post.reply.parent.uri if post.reply else "",
            quotes=embed.record.uri if embed and embed.py_type == "app.bsky.embed.record" else "",
        )

    def count_published(self, token: str) -> int:
        records = self.reader.foreign.client.com.atproto.repo.list_records(
            {"repo": self.desk.did, "collection": POST, "limit": 100}
        )
        return sum(token in record.value.text for record in records.records)

    def with_secret(self, secret: Mapping[str, str]) -> Bluesky:
        return adapter(replace(self.network.credentials, secret=secret))

    def at(self, server_url: str) -> Bluesky:
        return adapter(replace(self.desk.credentials(), server_url=server_url))

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.faults.waiting.append((fault, sending))


@pytest.fixture(scope="module")
def desk(bluesky):
    return Account.create(bluesky.pds_url, "desk.test")


@pytest.fixture(scope="module")
def reader(bluesky, desk):
    return BlueskyReader(ForeignClient(Account.create(bluesky.pds_url, "grace.test")), desk)


@pytest.fixture(scope="module")
def signed_in(desk):
    """The desk's credentials with an open session, as they are stored between two calls."""
    network = desk.network()
    network.verify()
    network.close()
    return network.credentials


@pytest.fixture
def harness(desk, reader, signed_in):
    harness = BlueskyHarness(desk, reader, signed_in)
    yield harness
    harness.network.close()


class TestBluesky(NetworkContract):
    pass
