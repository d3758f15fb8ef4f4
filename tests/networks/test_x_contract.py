"""The suite that every network inherits, on the double of X."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from smeditor.networks.base import App, Batch, Credentials, Poll, ReaderOperation, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.x import X
from tests.networks.contract import NetworkContract
from tests.networks.doubles.base import served
from tests.networks.doubles.x import Server
from tests.networks.doubles.x.consent import CLIENT_ID, CLIENT_SECRET, KNOWN
from tests.networks.doubles.x.state import LINK, MENTION
from tests.networks.harness import Fault, FaultyTransport, Harness, Published, Reader

KINDS = {"tweet_image": "image", "tweet_gif": "animation", "tweet_video": "video"}


class XReader(Reader):
    handle = "grace"

    def __init__(self, server: Server) -> None:
        self.server = server
        self.user = server.add_user("grace", "Grace")

    def _post(self, ref: Ref):
        found = self.server.post(ref.uri)
        assert found is not None
        return found

    def reply(self, ref: Ref, text: str) -> str:
        return self.server.write(self.user, text, reply_to=self._post(ref)).id

    def mention(self, text: str) -> str:
        return self.server.write(self.user, f"@paper {text}").id

    def quote(self, ref: Ref, text: str) -> str:
        return self.server.write(self.user, text, quote=self._post(ref)).id

    def like(self, ref: Ref) -> None:
        self._post(ref).likes.append(self.user)

    def repost(self, ref: Ref) -> None:
        self._post(ref).reposts.append(self.user)

    def delete(self, native_id: str) -> None:
        self._post(Ref(native_id)).deleted = True

    def edit(self, native_id: str, text: str) -> None:
        self.server.rewrite(self._post(Ref(native_id)), text)


class XHarness(Harness):
    readers_edit = True

    def __init__(self, server: Server) -> None:
        self.server = server
        self.reader = XReader(server)
        server.paper.subscription_type = "Premium"
        server.enterprise = True
        issued = server.consents.issue(server.paper)
        self.secret = {key: issued[key] for key in ("access_token", "refresh_token")}
        self.secrets = tuple(self.secret.values())
        self.faults = FaultyTransport(
            sends=lambda request: request.method == "POST" and request.url.path == "/2/tweets",
            rate_limit_headers=lambda: {
                "x-rate-limit-limit": "100",
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": str(int(time.time() + 90)),
            },
        )
        self.network = self._network(server.url, self.secret)

    def _network(self, url: str, secret: Mapping[str, str]) -> X:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"], transport=self.faults)
        app = App(self.server.url, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
        return X(Credentials(url, "paper", self.server.paper.id, secret=secret, scopes=KNOWN), client=client, app=app)

    def published(self, ref: Ref) -> Published | None:
        post = self.server.post(ref.uri)
        if post is None:
            return None
        return Published(
            text=post.text,
            links=tuple(LINK.findall(post.text)),
            mentions=tuple(MENTION.findall(post.text)),
            tags=tuple(re.findall(r"#(\w+)", post.text)),
            alts=tuple(upload.alt for upload in post.media),
            language=post.lang,
            reply_to=post.reply_to.versions[0] if post.reply_to else "",
            kinds=tuple(KINDS[upload.category] for upload in post.media),
            quotes=post.quote.versions[0] if post.quote else "",
            poll=Poll(tuple(post.poll["options"]), post.poll["duration_minutes"]) if post.poll else None,
        )

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        post = self.server.post(native_id)
        assert post is not None
        return post.hidden if operation is ReaderOperation.HIDE else self.server.paper in post.likes

    def count_published(self, token: str) -> int:
        return sum(token in post.text for post in self.server.posts if post.author is self.server.paper)

    def with_secret(self, secret: Mapping[str, str]) -> X:
        return self._network(self.server.url, secret)

    def at(self, server_url: str) -> X:
        client = GuardedClient(allowed_private_hosts=["127.0.0.1"])
        return X(Credentials(server_url, secret=self.secret), client=client)

    def gather(
        self,
        cursor: Mapping[str, Any],
        ours: Sequence[Ref] = (),
        until: Callable[[Batch], bool] = lambda batch: True,
        seconds: float = 1,  # the double is never late
    ) -> Batch:
        return super().gather(cursor, ours, until, seconds)

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.faults.waiting.append((fault, sending))


@pytest.fixture
def harness():
    with served(Server()) as server:
        harness = XHarness(server)  # type: ignore[arg-type]
        yield harness
        harness.network.close()
        assert server.breaches == []


class TestX(NetworkContract):
    def test_a_text_as_long_as_the_limit_is_accepted(self, harness):
        harness.server.paper.subscription_type = "None"
        super().test_a_text_as_long_as_the_limit_is_accepted(harness)

    def test_a_text_one_longer_is_refused_with_a_sentence(self, harness):
        harness.server.paper.subscription_type = "None"
        super().test_a_text_one_longer_is_refused_with_a_sentence(harness)
