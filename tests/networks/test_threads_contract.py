"""Threads held to the whole contract, on its double."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.exceptions import OutcomeUnknown
from smeditor.networks.base import Credentials, Message, Network, Poll, ReaderOperation, Ref, WebhookRequest
from smeditor.networks.threads import Threads
from tests.networks import threads_steps
from tests.networks.contract import NetworkContract
from tests.networks.contract_steps import fully_prepared, now, token
from tests.networks.doubles.threads.server import Server
from tests.networks.doubles.threads.state import A_LINK, A_NAME
from tests.networks.harness import Fault, Harness, Published, Reader
from tests.networks.threads_steps import KEYS, World

double, world = threads_steps.double, threads_steps.world


class ThreadsReader(Reader):
    handle = "lectrice_du_port"

    def __init__(self, server: Server) -> None:
        self.server = server

    def reply(self, ref: Ref, text: str) -> str:
        return self.server.write(self.handle, text, parent=ref.uri).id

    def mention(self, text: str) -> str:
        return self.server.write(self.handle, f"@gazette {text}").id

    def quote(self, ref: Ref, text: str) -> str:
        return self.server.write(self.handle, f"@gazette {text}", quotes=ref.uri).id

    def like(self, ref: Ref) -> None:
        """Threads only counts likes."""

    def repost(self, ref: Ref) -> None:
        """Threads only counts reposts."""

    def delete(self, native_id: str) -> None:
        self.server.remove(native_id)

    def edit(self, native_id: str, text: str) -> None:
        self.server.edit(native_id, text)


class WithAddresses(Threads):
    """Gives the contract's media the address under which the desk shows each file to a network that fetches by itself."""

    def prepare(self, message, so_far):
        media = tuple(
            replace(item, public_url=item.public_url or f"https://journal.example/m/{item.digest}")
            for item in message.media
        )
        return super().prepare(replace(message, media=media), so_far)


class ThreadsHarness(Harness):
    readers_edit = True
    carries = frozenset({"links", "mentions", "tags"})

    def __init__(self, world: World) -> None:
        self.world, self.server = world, world.server
        self.network = WithAddresses(world.network().credentials, client=world.client())
        self.secrets = (self.network.credentials.secret["access_token"],)
        self.reader = ThreadsReader(world.server)

    def published(self, ref: Ref) -> Published | None:
        post = self.server.posts.get(ref.uri)
        if post is None or post.gone:
            return None
        text = post.data.get("text", "")
        children = [child["id"] for child in post.data.get("children", {}).get("data", ())]
        alts = [self.server.containers[child].params.get("alt_text", "") for child in children]
        return Published(
            text=text,
            links=tuple(A_LINK.findall(text)),
            mentions=tuple(A_NAME.findall(text)),
            tags=tuple(filter(None, [post.data.get("topic_tag")])),
            alts=tuple(alts or filter(None, [post.data.get("alt_text")])),
            reply_to=post.parent,
            kinds=tuple(filter(None, [{"IMAGE": "image", "VIDEO": "video"}.get(post.data["media_type"])])),
            quotes=post.data.get("quoted_post", {}).get("id", ""),
            poll=Poll(tuple(poll.values()), 1440) if (poll := post.data.get("poll_attachment")) else None,
        )

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        return (self.server.posts[native_id].hide_status == "HIDDEN") == (operation is ReaderOperation.HIDE)

    def webhook(self, text: str) -> tuple[WebhookRequest, Mapping[str, str]]:
        self.server.write(self.reader.handle, f"@gazette {text}")
        return self.server.sender.waiting.pop(), KEYS

    def count_published(self, token: str) -> int:
        return sum(token in post.data.get("text", "") for post in self.world.ours())

    def with_secret(self, secret: Mapping[str, str]) -> Network:
        return WithAddresses(replace(self.network.credentials, secret=secret), client=self.world.client())

    def at(self, server_url: str) -> Network:
        return Threads(Credentials(server_url, secret=self.network.credentials.secret), client=self.world.client())

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.world.faults.waiting.append((fault, sending))


@pytest.fixture
def harness(world: World) -> ThreadsHarness:
    return ThreadsHarness(world)


class TestThreads(NetworkContract):
    def test_a_message_that_never_left_is_proved_absent(self, harness):
        """Only when it cannot come any more: see ``readback.SLOWEST``."""
        word, network = token(), harness.network
        prepared = fully_prepared(network, Message(f"Jamais https://example.org/?c={word}"))
        harness.break_next(Fault.TIMEOUT, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, "x", now())
        assert not network.read_back(prepared, "x", now()).absent
        assert network.read_back(prepared, "x", now() - timedelta(minutes=6)).absent
