"""Instagram held to what of the contract it can do, on its double: every post needs an image, and readers only comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from smeditor.exceptions import OutcomeUnknown
from smeditor.networks.base import Credentials, Kind, MediaKind, Message, Network, ReaderOperation, Ref, WebhookRequest
from smeditor.networks.instagram import Instagram
from tests.networks import instagram_steps
from tests.networks.contract import NetworkContract
from tests.networks.contract_steps import fully_prepared, now, ref_of, token
from tests.networks.doubles.instagram.server import A_NAME, A_TAG, Server
from tests.networks.harness import Fault, Harness, Published, Reader
from tests.networks.instagram_steps import KEYS, World, image

double, world = instagram_steps.double, instagram_steps.world


class WithAddresses(Instagram):
    """Gives the contract's media the address under which the desk shows each file, as the JPEG that it makes of images."""

    def prepare(self, message, so_far):
        media = tuple(self._shown(item) for item in message.media)
        return super().prepare(replace(message, media=media), so_far)

    def _shown(self, item):
        is_image = item.kind is MediaKind.IMAGE
        url = item.public_url or f"https://journal.example/m/{item.digest}.{'jpg' if is_image else 'mp4'}"
        return replace(item, public_url=url, media_type="image/jpeg" if is_image else item.media_type)


class InstagramReader(Reader):
    handle = "lectrice_du_port"

    def __init__(self, server: Server) -> None:
        self.server = server

    def reply(self, ref: Ref, text: str) -> str:
        return self.server.comment(ref.uri, self.handle, text).id

    def mention(self, text: str) -> str:
        return self.server.tag(self.handle, f"@gazette {text}").id

    def quote(self, ref: Ref, text: str) -> str:
        raise AssertionError("nobody quotes on Instagram")

    def like(self, ref: Ref) -> None:
        """Instagram only counts likes."""

    def repost(self, ref: Ref) -> None:
        """Instagram only counts shares."""

    def delete(self, native_id: str) -> None:
        self.server.remove(native_id)


class InstagramHarness(Harness):
    answer_kind = Kind.COMMENT
    carries = frozenset({"mentions", "tags"})

    def __init__(self, world: World) -> None:
        self.world, self.server = world, world.server
        credentials = world.network().credentials
        self.network = WithAddresses(credentials, client=world.client())
        self.secrets = (credentials.secret["access_token"],)
        self.reader = InstagramReader(world.server)

    def message(self, text: str, **fields: Any) -> Message:
        if not fields.get("media") and not fields.get("reply_to"):
            fields["media"] = (image(alt=""),)
        return super().message(text, **fields)

    def operated(self, native_id: str, operation: ReaderOperation) -> bool:
        return self.server.nodes[native_id].data["hidden"] is (operation is ReaderOperation.HIDE)

    def webhook(self, text: str) -> tuple[WebhookRequest, Mapping[str, str]]:
        post = ref_of(self, f"Article {token()}")
        self.server.comment(post.uri, self.reader.handle, text)
        return self.server.sender.waiting.pop(), KEYS

    def published(self, ref: Ref) -> Published | None:
        node = self.server.nodes.get(ref.uri)
        if node is None or node.hidden.get("gone"):
            return None
        text = node.data.get("caption", node.data.get("text", ""))
        children = node.hidden.get("params", {}).get("children", [])
        alts = [self.server.nodes[child].hidden["params"].get("alt_text", "") for child in children]
        return Published(
            text=text,
            mentions=tuple(A_NAME.findall(text)),
            tags=tuple(tag[1:] for tag in A_TAG.findall(text)),
            alts=tuple(alts or filter(None, [node.data.get("alt_text")])),
            reply_to=node.data.get("parent_id", "") or node.hidden.get("media", ""),
            kinds=tuple(filter(None, [{"IMAGE": "image", "VIDEO": "video"}.get(node.data.get("media_type", ""))])),
        )

    def count_published(self, token: str) -> int:
        return sum(token in node.data.get("caption", "") for node in self.world.ours())

    def with_secret(self, secret: Mapping[str, str]) -> Network:
        return WithAddresses(replace(self.network.credentials, secret=secret), client=self.world.client())

    def at(self, server_url: str) -> Network:
        return Instagram(Credentials(server_url, secret=self.network.credentials.secret), client=self.world.client())

    def break_next(self, fault: Fault, *, sending: bool) -> None:
        self.world.faults.waiting.append((fault, sending))


@pytest.fixture
def harness(world: World) -> InstagramHarness:
    return InstagramHarness(world)


class TestInstagram(NetworkContract):
    def test_a_message_that_never_left_is_proved_absent(self, harness):
        """Only when it cannot come any more: see ``readback.SLOWEST``."""
        word, network = token(), harness.network
        prepared = fully_prepared(network, harness.message(f"Jamais https://example.org/?c={word}"))
        harness.break_next(Fault.TIMEOUT, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, "x", now())
        assert not network.read_back(prepared, "x", now()).absent
        assert network.read_back(prepared, "x", now() - timedelta(minutes=6)).absent
