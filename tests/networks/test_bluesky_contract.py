"""The Bluesky adapter against the real PDS and AppView, read back by ``atproto``, a library that is not ours."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from smeditor.exceptions import Gone
from smeditor.networks.base import Card, Credentials, Kind, Message, Presence, Ref
from smeditor.networks.bluesky import Bluesky
from tests.networks.bluesky_servers import PASSWORD, POST, Account, ForeignClient, adapter
from tests.networks.contract import NetworkContract
from tests.networks.contract_steps import fully_prepared, has, of_kind, picture, ref_of, the, token
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
        post, encoded = found.value, found.value.text.encode()
        marked: dict[str, list[str]] = {"link": [], "mention": [], "tag": []}
        for facet in post.facets or []:
            stretch = encoded[facet.index.byte_start : facet.index.byte_end].decode()
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
    def test_a_card_shows_the_article_with_its_picture(self, harness):
        card = Card("https://example.org/eau", "L’eau monte", "Enquête à Étretat", picture("Une digue"))
        ref = ref_of(harness, f"À lire {token()}", card=card)
        external = harness.reader.foreign.record(ref.uri).value.embed.external
        assert (external.uri, external.title, external.description) == (card.url, card.title, card.description)
        assert external.thumb.size == card.image.size

    def test_an_image_brings_its_proportions(self, harness):
        ref = ref_of(harness, f"Voyez {token()}", media=(picture("La carte"),))
        embed = harness.reader.foreign.record(ref.uri).value.embed
        assert [(image.alt, image.aspect_ratio.width) for image in embed.images] == [("La carte", 12)]

    def test_images_win_over_a_card_only_where_the_text_has_the_link(self, harness):
        card = Card("https://example.org/eau", "L’eau", "")
        with_link = ref_of(harness, f"{card.url} {token()}", card=card, media=(picture("x"),))
        without = ref_of(harness, f"Sans {token()}", card=card, media=(picture("x"),))
        embeds = [harness.reader.foreign.record(ref.uri).value.embed.py_type for ref in (with_link, without)]
        assert embeds == ["app.bsky.embed.images", "app.bsky.embed.external"]

    def test_a_like_that_is_taken_back_is_gone(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        like = harness.reader.foreign.client.like(ref.uri, ref.cid).uri
        inbound = next(
            inbound
            for inbound in harness.gather({}, [ref], of_kind(Kind.LIKE, ref.uri)).inbound
            if inbound.subject == ref.uri
        )
        assert harness.check(inbound.native_id, Presence.ALIVE) is Presence.ALIVE
        harness.reader.foreign.client.delete_like(like)
        assert harness.check(inbound.native_id, Presence.DELETED) is Presence.DELETED

    def test_a_reader_who_blocks_us_has_deleted_nothing(self, harness, bluesky):
        blocker = ForeignClient(Account.create(bluesky.pds_url, f"b{token()[:8]}.test"))
        ref = ref_of(harness, f"Article {token()}")
        reply = blocker.reply(ref.uri, f"Non {token()}")
        harness.gather({}, [ref], has(reply))
        block = blocker.models.AppBskyGraphBlock.Record(
            created_at=blocker.client.get_current_time_iso(), subject=harness.desk.did
        )
        blocker.client.app.bsky.graph.block.create(blocker.account.did, block)
        assert harness.check(reply, Presence.PROTECTED) is Presence.PROTECTED

    def test_a_reader_who_only_pauses_the_account_has_deleted_nothing(self, harness, bluesky):
        pausing = ForeignClient(Account.create(bluesky.pds_url, f"p{token()[:8]}.test"))
        ref = ref_of(harness, f"Article {token()}")
        reply = pausing.reply(ref.uri, f"Non {token()}")
        harness.gather({}, [ref], has(reply))
        pausing.client.login(pausing.account.handle, PASSWORD)
        pausing.client.com.atproto.server.deactivate_account({})
        assert harness.check(reply, Presence.PROTECTED) is Presence.PROTECTED

    def test_the_wishes_on_a_profile_are_heard(self, harness, bluesky):
        shy = ForeignClient(Account.create(bluesky.pds_url, f"s{token()[:8]}.test"))
        profile = {
            "$type": "app.bsky.actor.profile",
            "description": "Merci de ne pas collecter #nobot",
            "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]},
        }
        shy.client.com.atproto.repo.put_record(
            {"repo": shy.account.did, "collection": "app.bsky.actor.profile", "rkey": "self", "record": profile}
        )
        ref = ref_of(harness, f"Article {token()}")
        reply = shy.reply(ref.uri, f"Non {token()}")
        inbound = the(harness.gather({}, [ref], has(reply)), reply)
        assert (inbound.author.opted_out, inbound.public) == (True, False)

    def test_a_reply_needs_no_reference_but_the_address(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        deep = harness.reader.reply(Ref(harness.reader.reply(ref, f"Un {token()}")), f"Deux {token()}")
        harness.gather({}, [ref], has(deep))
        answer = ref_of(harness, f"Merci {token()}", reply_to=Ref(deep))
        written = harness.reader.foreign.record(answer.uri).value.reply
        assert (written.parent.uri, written.root.uri) == (deep, ref.uri)

    def test_an_answer_to_a_deleted_post_says_that_it_is_gone(self, harness):
        with pytest.raises(Gone):
            fully_prepared(
                harness.network,
                Message("Merci", reply_to=Ref(f"at://{harness.reader.foreign.account.did}/{POST}/3jzfcijpj2z2a")),
            )
