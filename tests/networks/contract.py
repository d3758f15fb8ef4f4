"""The one suite that every network inherits: what the desk relies on, tested against a real server.

A network's test class inherits :class:`NetworkContract` and gives a fixture ``harness`` (see ``harness.py``). What the
network's capabilities do not promise is tested to be refused honestly.
"""

from __future__ import annotations

import io
import logging
import struct
import traceback
import uuid
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    FetchRefused,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Temporary,
    UnsupportedFeature,
)
from smeditor.networks.base import Batch, Image, Kind, Message, Prepared, Presence, Receipt, Ref, Seen
from tests.networks.harness import Fault, Harness
from tests.networks.servers import free_port

UNREADABLE = (Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE)


def token() -> str:
    """A word that no other message contains."""
    return f"zq{uuid.uuid4().hex[:12]}"


def now() -> datetime:
    return datetime.now(UTC)


def png(width: int = 12, height: int = 8) -> bytes:
    """A small valid PNG, one colour, made here."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + bytes((200, 30, 60)) * width for _ in range(height))
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        out.write(chunk(name, data))
    return out.getvalue()


def picture(alt: str) -> Image:
    return Image(data=png(), media_type="image/png", alt=alt, width=12, height=8)


def publish(harness: Harness, message: Message) -> tuple[Prepared, str, Receipt]:
    """Prepare and send; returns what was prepared, the identity and the receipt."""
    network = harness.network
    prepared = Prepared.from_json(network.prepare(message).as_json())
    identity = network.mint_identity(now())
    return prepared, identity, network.send(prepared, identity, now())


def ref_of(harness: Harness, text: str, **kwargs) -> Ref:
    return publish(harness, Message(text, language="fr", **kwargs))[2].ref


def has(native_id: str) -> Callable[[Batch], bool]:
    return lambda batch: any(seen.native_id == native_id for seen in batch.seen)


def of_kind(kind: Kind, subject: str) -> Callable[[Batch], bool]:
    return lambda batch: any(seen.kind is kind and seen.subject == subject for seen in batch.seen)


def the(batch: Batch, native_id: str) -> Seen:
    return next(seen for seen in batch.seen if seen.native_id == native_id)


def assert_says_no_secret(error: BaseException, harness: Harness) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
    assert not [secret for secret in harness.secrets if secret in told]


class NetworkContract:
    """Inherit, and define ``harness`` as a fixture that returns a :class:`tests.networks.harness.Harness`."""

    # the account

    def test_the_server_tells_who_we_are(self, harness):
        profile = harness.network.verify()
        assert profile.remote_id
        assert profile.handle
        assert profile.url.startswith("http")

    def test_the_limits_are_sane(self, harness):
        limits = harness.network.limits()
        assert 100 <= limits.max_length <= 1_000_000
        assert limits.unit
        assert limits.max_images >= 1
        assert limits.max_image_bytes >= 100_000
        assert limits.max_alt_length >= 100
        assert "image/jpeg" in limits.image_types

    # the text

    def test_a_text_as_long_as_the_limit_is_accepted(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + " é" * limit)[:limit]
        assert harness.network.count(text) == limit
        assert harness.published(ref_of(harness, text)).text == text

    def test_a_text_one_longer_is_refused_with_a_sentence(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + " é" * limit)[: limit + 1]
        assert harness.network.count(text) == limit + 1
        with pytest.raises(Refused) as caught:
            ref_of(harness, text)
        assert caught.value.sentence

    # sending

    def test_a_text_arrives_as_it_was_written(self, harness):
        word = token()
        text = f"« Où va l’eau ? » Enquête à Étretat — 3 ans, 2 000 € {word} 👩🏽‍🚒🇫🇷"
        published = harness.published(ref_of(harness, text))
        assert published.text == text
        assert published.language == "fr"

    def test_links_mentions_and_tags_are_live(self, harness):
        link = f"https://example.org/eau?c={token()}&lang=fr"
        text = f"Avec @{harness.reader.handle} : l’eau 💧 #économie {link}"
        published = harness.published(ref_of(harness, text))
        assert link in published.links
        assert "économie" in {tag.casefold() for tag in published.tags}
        assert [harness.reader.handle.partition("@")[0]] == [name.partition("@")[0] for name in published.mentions]

    def test_images_arrive_with_their_alt_text(self, harness):
        alts = ("Une digue rompue, vue d’avion 🌊", "A map of the valley")
        ref = ref_of(harness, f"Deux images {token()}", images=tuple(picture(alt) for alt in alts))
        assert harness.published(ref).alts == alts

    def test_a_reply_hangs_under_its_message(self, harness):
        first = ref_of(harness, f"Un {token()}")
        reply = ref_of(harness, f"Réponse {token()}", reply_to=first, root=first)
        assert harness.published(reply).reply_to == first.uri

    def test_a_thread_keeps_its_order(self, harness):
        root = ref_of(harness, f"1/3 {token()}")
        second = ref_of(harness, f"2/3 {token()}", reply_to=root, root=root)
        third = ref_of(harness, f"3/3 {token()}", reply_to=second, root=root)
        assert [harness.published(ref).reply_to for ref in (root, second, third)] == ["", root.uri, second.uri]

    def test_a_quote_points_at_what_it_quotes(self, harness):
        quoted = ref_of(harness, f"À citer {token()}")
        message = Message(f"Citation {token()}", quote=quoted)
        if not harness.network.capabilities.quote:
            with pytest.raises(UnsupportedFeature):
                harness.network.prepare(message)
            return
        assert harness.published(publish(harness, message)[2].ref).quotes == quoted.uri

    def test_a_published_text_can_be_corrected(self, harness):
        ref = ref_of(harness, f"Fautte {token()}")
        word = token()
        prepared = harness.network.prepare(Message(f"Faute corrigée {word}", language="fr"))
        if not harness.network.capabilities.edit:
            with pytest.raises(UnsupportedFeature):
                harness.network.edit(ref, prepared)
            return
        receipt = harness.network.edit(ref, prepared)
        assert receipt.ref.uri == ref.uri
        assert harness.published(ref).text == f"Faute corrigée {word}"

    def test_a_corrected_text_keeps_its_images(self, harness):
        if not harness.network.capabilities.edit:
            pytest.skip("this network does not edit")
        ref = ref_of(harness, f"Fautte {token()}", images=(picture("Le port"),))
        harness.network.edit(ref, harness.network.prepare(Message(f"Faute {token()}", images=(picture("Le port"),))))
        assert harness.published(ref).alts[-1:] == ("Le port",)

    def test_a_message_can_be_deleted_twice(self, harness):
        ref = ref_of(harness, f"À effacer {token()}")
        harness.network.delete(ref)
        harness.network.delete(ref)
        assert harness.published(ref) is None

    def test_a_receipt_is_dated_in_utc_and_can_be_kept(self, harness):
        receipt = publish(harness, Message(f"Daté {token()}"))[2]
        assert receipt.at.utcoffset() == timedelta(0)
        assert abs(receipt.at - now()) < timedelta(minutes=1)
        assert receipt.ref.url.startswith("http")
        assert not [secret for secret in harness.secrets if secret in repr(receipt)]

    # nobody hears it twice

    def test_identities_never_repeat(self, harness):
        moment = now()
        assert len({harness.network.mint_identity(moment) for _ in range(1000)}) == 1000

    def test_repeating_a_send_with_the_same_identity_gives_one_message(self, harness):
        if not harness.network.capabilities.idempotent_send:
            pytest.skip("this network gives no idempotent send")
        word, moment, network = token(), now(), harness.network
        prepared, identity = network.prepare(Message(f"Une fois {word}")), network.mint_identity(moment)
        first = network.send(prepared, identity, moment)
        second = network.send(Prepared.from_json(prepared.as_json()), identity, moment)
        assert first.ref.uri == second.ref.uri
        assert harness.count_published(word) == 1

    @pytest.mark.parametrize("text", ["Avec lien https://example.org/a?c={}", "Sans lien {}"])
    def test_a_message_whose_answer_was_lost_is_found_again(self, harness, text):
        word, moment, network = token(), now(), harness.network
        prepared, identity = network.prepare(Message(text.format(word))), network.mint_identity(moment)
        harness.break_next(Fault.LOST_ANSWER, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, identity, moment)
        found = network.read_back(Prepared.from_json(prepared.as_json()), identity, moment).found
        assert word in harness.published(found).text
        assert harness.count_published(word) == 1

    def test_a_message_that_never_left_is_proved_absent(self, harness):
        word, moment, network = token(), now(), harness.network
        prepared, identity = (
            network.prepare(Message(f"Jamais https://example.org/?c={word}")),
            network.mint_identity(moment),
        )
        harness.break_next(Fault.TIMEOUT, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, identity, moment)
        told = network.read_back(prepared, identity, moment)
        assert told.found is None
        assert told.absent

    def test_a_read_back_that_fails_proves_nothing(self, harness):
        network, moment = harness.network, now()
        prepared, identity = network.prepare(Message(f"Jamais {token()}")), network.mint_identity(moment)
        harness.break_next(Fault.SERVER_ERROR, sending=False)
        with pytest.raises(Temporary):
            network.read_back(prepared, identity, moment)

    # listening

    def test_a_reply_comes_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        word = token()
        reply = harness.reader.reply(ref, f"Et la nappe ? {word} https://example.net/preuve")
        seen = the(harness.gather({}, [ref], has(reply)), reply)
        assert seen.kind is Kind.REPLY
        assert word in seen.text
        assert "https://example.net/preuve" in seen.links
        assert seen.in_reply_to == ref.uri
        assert seen.public
        assert seen.author.handle.partition("@")[0] == harness.reader.handle.partition("@")[0]
        assert seen.author.remote_id != harness.network.verify().remote_id
        assert seen.published_at.utcoffset() == timedelta(0)
        assert abs(seen.published_at - now()) < timedelta(minutes=2)

    def test_a_reply_that_names_us_is_still_a_reply(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        handle = harness.network.verify().handle.partition("@")[0] if "@" in harness.reader.handle else ""
        reply = harness.reader.reply(ref, f"@{handle or harness.network.verify().handle} non {token()}")
        assert the(harness.gather({}, [ref], has(reply)), reply).kind is Kind.REPLY

    def test_a_reply_to_a_reply_belongs_to_our_thread(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        first = harness.reader.reply(ref, f"Un {token()}")
        deeper = harness.reader.reply(replace(ref, uri=first, cid=""), f"Deux {token()}")
        seen = the(harness.gather({}, [ref], has(deeper)), deeper)
        assert (seen.kind, seen.in_reply_to, seen.root) == (Kind.REPLY, first, ref.uri)

    def test_a_mention_comes_home(self, harness):
        word = token()
        mention = harness.reader.mention(f"vous avez vu ? {word}")
        seen = the(harness.gather({}, (), has(mention)), mention)
        assert seen.kind is Kind.MENTION
        assert word in seen.text

    def test_a_quote_comes_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        quote = harness.reader.quote(ref, f"Lisez {token()}")
        seen = the(harness.gather({}, [ref], has(quote)), quote)
        assert (seen.kind, seen.quotes) == (Kind.QUOTE, ref.uri)

    def test_likes_and_reposts_come_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        harness.reader.like(ref)
        harness.reader.repost(ref)
        batch = harness.gather(
            {}, [ref], lambda total: of_kind(Kind.LIKE, ref.uri)(total) and of_kind(Kind.REPOST, ref.uri)(total)
        )
        assert of_kind(Kind.LIKE, ref.uri)(batch)
        assert of_kind(Kind.REPOST, ref.uri)(batch)

    def test_our_own_words_do_not_come_back(self, harness):
        root = ref_of(harness, f"Article {token()}")
        own = ref_of(harness, f"Suite {token()}", reply_to=root, root=root)
        reply = harness.reader.reply(root, f"Oui {token()}")
        batch = harness.gather({}, [root], has(reply))
        assert not has(own.uri)(batch)

    def test_after_the_cursor_nothing_comes_twice(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Une fois {token()}")
        harness.reader.like(ref)
        batch = harness.gather({}, [ref], lambda total: has(reply)(total) and of_kind(Kind.LIKE, ref.uri)(total))
        settled = harness.network.collect(batch.cursor, [ref])
        again = harness.network.collect(settled.cursor, [ref])
        assert again.seen == ()
        assert not again.more

    def test_a_cursor_survives_being_stored_as_json(self, harness):
        import json

        ref = ref_of(harness, f"Article {token()}")
        batch = harness.gather({}, [ref])
        assert json.loads(json.dumps(batch.cursor)) == batch.cursor

    def test_a_reaction_is_alive_until_its_author_deletes_it(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Je regrette {token()}")
        harness.gather({}, [ref], has(reply))
        assert harness.look(reply, Presence.ALIVE) is Presence.ALIVE
        harness.reader.delete(reply)
        assert harness.look(reply, Presence.DELETED) is Presence.DELETED

    def test_a_deleted_reply_is_noticed_in_its_thread(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Je regrette {token()}")
        batch = harness.gather({}, [ref], has(reply))
        harness.reader.delete(reply)
        after = harness.gather(batch.cursor, [ref], lambda total: reply in total.deleted)
        assert reply in after.deleted or harness.look(reply, Presence.DELETED) is Presence.DELETED

    def test_an_edited_reply_comes_again_with_its_new_text(self, harness):
        if not harness.readers_edit:
            pytest.skip("readers do not edit on this network")
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Avant {token()}")
        batch = harness.gather({}, [ref], has(reply))
        word = token()
        harness.reader.edit(reply, f"Après {word}")
        seen = the(harness.gather(batch.cursor, [ref], has(reply)), reply)
        assert word in seen.text
        assert seen.edited_at is not None

    def test_a_failed_look_is_no_deletion(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Là {token()}")
        harness.gather({}, [ref], has(reply))
        for fault in (Fault.SERVER_ERROR, Fault.NOT_JSON, Fault.TIMEOUT):
            harness.break_next(fault, sending=False)
            try:
                found = harness.network.check([reply])[reply]
            except NetworkError:
                continue
            assert found is not Presence.DELETED

    def test_public_counts_are_read(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        harness.reader.like(ref)
        harness.reader.reply(ref, f"Oui {token()}")
        harness.gather({}, [ref], of_kind(Kind.LIKE, ref.uri))
        metrics = harness.network.metrics([ref])[ref.uri]
        assert (metrics.likes, metrics.replies) == (1, 1)

    # what goes wrong

    def test_too_many_requests_name_the_time_to_come_back(self, harness):
        prepared = harness.network.prepare(Message(f"Trop {token()}"))
        harness.break_next(Fault.RATE_LIMITED, sending=True)
        with pytest.raises(RateLimited) as caught:
            harness.network.send(prepared, harness.network.mint_identity(now()), now())
        assert caught.value.until.utcoffset() == timedelta(0)
        assert now() < caught.value.until <= now() + timedelta(days=1)

    def test_a_bad_token_asks_for_a_person(self, harness):
        network = harness.with_secret(dict.fromkeys(harness.network.credentials.secret, "wrong"))
        with pytest.raises(AuthExpired) as caught:
            network.verify()
        assert caught.value.sentence

    @pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TIMEOUT, Fault.LOST_ANSWER, *UNREADABLE])
    def test_a_send_without_a_clear_answer_has_an_unknown_outcome(self, harness, fault):
        prepared = harness.network.prepare(Message(f"Qui sait {token()}"))
        harness.break_next(fault, sending=True)
        with pytest.raises(OutcomeUnknown):
            harness.network.send(prepared, harness.network.mint_identity(now()), now())

    @pytest.mark.parametrize("fault", UNREADABLE)
    def test_a_lying_server_is_called_one(self, harness, fault):
        harness.break_next(fault, sending=False)
        with pytest.raises(BadAnswer):
            harness.network.verify()

    @pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TIMEOUT])
    def test_a_read_that_fails_is_tried_again(self, harness, fault):
        harness.break_next(fault, sending=False)
        with pytest.raises(Temporary):
            harness.network.verify()

    def test_a_server_that_is_down_is_a_passing_thing(self, harness):
        with pytest.raises(Temporary):
            harness.at(f"http://127.0.0.1:{free_port()}").verify()

    def test_a_private_address_is_not_asked(self, harness):
        with pytest.raises(FetchRefused):
            harness.at("http://10.0.0.1").verify()

    @pytest.mark.parametrize("fault", list(Fault))
    def test_no_error_and_no_log_holds_a_secret(self, harness, fault, caplog):
        caplog.set_level(logging.DEBUG)
        prepared = harness.network.prepare(Message(f"Secret {token()}"))
        harness.break_next(fault, sending=True)
        with pytest.raises(NetworkError) as caught:
            harness.network.send(prepared, harness.network.mint_identity(now()), now())
        assert_says_no_secret(caught.value, harness)
        assert not [secret for secret in harness.secrets if secret in caplog.text]
        assert not [secret for secret in harness.secrets if secret in repr(harness.network.credentials)]
