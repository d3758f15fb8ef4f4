"""The Mastodon adapter against a server that is not ours, read back by Mastodon.py, which is not ours either."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup

from smeditor.networks.base import Credentials, Poll, ReaderOperation, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.mastodon import Mastodon
from tests.networks.contract import NetworkContract
from tests.networks.harness import Fault, FaultyTransport, Harness, Published, Reader

foreign = pytest.importorskip("mastodon", reason="Mastodon.py is not installed (pip install wagtail-smeditor[test])")

pytestmark = pytest.mark.server


class MastodonReader(Reader):
    handle = "grace"

    def __init__(self, url: str) -> None:
        self.api = foreign.Mastodon(access_token="grace_token", api_base_url=url, ratelimit_method="throw")

    def reply(self, ref: Ref, text: str) -> str:
        return str(self.api.status_post(text, in_reply_to_id=ref.uri).id)

    def mention(self, text: str) -> str:
        return str(self.api.status_post(f"@ada {text}").id)

    def quote(self, ref: Ref, text: str) -> str:
        return str(self.api.status_post(text, quoted_status_id=ref.uri).id)

    def like(self, ref: Ref) -> None:
        self.api.status_favourite(ref.uri)

    def repost(self, ref: Ref) -> None:
        self.api.status_reblog(ref.uri)

    def delete(self, native_id: str) -> None:
        self.api.status_delete(native_id)

    def edit(self, native_id: str, text: str) -> None:
        self.api.status_update(native_id, text)


class MastodonHarness(Harness):
    readers_edit = True
    secrets = ("ada_token",)

    def __init__(self, url: str) -> None:
        self.url = url
        self.eyes = foreign.Mastodon(access_token="alan_token", api_base_url=url, ratelimit_method="throw")
        self.reader = MastodonReader(url)
        self.faults = FaultyTransport(
            sends=lambda request: request.method == "POST" and request.url.path == "/api/v1/statuses",
            rate_limit_headers=lambda: {
                "X-RateLimit-Limit": "300",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + 90)),
            },
        )
        self.network = self._network(url, {"access_token": "ada_token"})

    def _network(self, url: str, secret: Mapping[str, str]) -> Mastodon:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.faults)
        return Mastodon(Credentials(url, secret=secret), client=client)

    def published(self, ref: Ref) -> Published | None:
        try:
            status = self.eyes.status(ref.uri)
        except foreign.MastodonNotFoundError:
            return None
        return Published(
            text=self.eyes.status_source(ref.uri).text,
            links=tuple(anchor["href"] for anchor in BeautifulSoup(status.content, "html.parser").find_all("a")),
            mentions=tuple(mention.acct for mention in status.mentions),
            tags=tuple(tag.name for tag in status.tags),
            alts=tuple(media.description for media in status.media_attachments),
            language=status.language or "",
            reply_to=str(status.in_reply_to_id or ""),
            poll=self._poll(status),
        )

    def _poll(self, status: Any) -> Poll | None:
        if status.poll is None:
            return None
        minutes = round((status.poll.expires_at - status.created_at).total_seconds() / 60)
        return Poll(tuple(option.title for option in status.poll.options), minutes, status.poll.multiple)

    def count_published(self, token: str) -> int:
        me = self.eyes.account_lookup("ada")
        return sum(token in status.content for status in self.eyes.account_statuses(me.id, limit=40))

    def with_secret(self, secret: Mapping[str, str]) -> Mastodon:
        return self._network(self.url, secret)

    def at(self, server_url: str) -> Mastodon:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"])
        return Mastodon(Credentials(server_url, secret={"access_token": "ada_token"}), client=client)

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        likers = {account.acct for account in self.eyes.status_favourited_by(native_id)}
        return operation is ReaderOperation.LIKE and "ada" in likers

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.faults.waiting.append((fault, sending))


@pytest.fixture
def harness(mastodon_url):
    harness = MastodonHarness(mastodon_url)
    yield harness
    harness.network.close()


class TestMastodon(NetworkContract):
    pass
