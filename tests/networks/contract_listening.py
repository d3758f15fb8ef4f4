"""What every network promises about listening."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.exceptions import NetworkError, UnsupportedFeature
from smeditor.networks.base import Kind, Presence
from smeditor.networks.kinds import WITHOUT_TEXT
from tests.networks.contract_steps import (
    has,
    now,
    of_kind,
    ref_of,
    the,
    token,
)
from tests.networks.harness import Fault


class ListeningContract:
    """Part of :class:`tests.networks.contract.NetworkContract`."""

    # listening

    def test_a_reply_comes_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        word = token()
        reply = harness.reader.reply(ref, f"Et la nappe ? {word} https://example.net/preuve")
        inbound = the(harness.gather({}, [ref], has(reply)), reply)
        assert inbound.kind is harness.answer_kind
        assert word in inbound.text
        assert "https://example.net/preuve" in inbound.links
        assert inbound.in_reply_to == ref.uri
        assert inbound.public
        assert inbound.author.handle.partition("@")[0] == harness.reader.handle.partition("@")[0]
        assert inbound.author.remote_id != harness.network.verify().remote_id
        assert inbound.published_at.utcoffset() == timedelta(0)
        assert abs(inbound.published_at - now()) < timedelta(minutes=2)

    def test_a_reply_that_names_us_is_still_a_reply(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        handle = harness.network.verify().handle.partition("@")[0] if "@" in harness.reader.handle else ""
        reply = harness.reader.reply(ref, f"@{handle or harness.network.verify().handle} non {token()}")
        assert the(harness.gather({}, [ref], has(reply)), reply).kind is harness.answer_kind

    def test_a_reply_to_a_reply_belongs_to_our_thread(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        first = harness.reader.reply(ref, f"Un {token()}")
        deeper = harness.reader.reply(replace(ref, uri=first, cid=""), f"Deux {token()}")
        inbound = the(harness.gather({}, [ref], has(deeper)), deeper)
        assert (inbound.kind, inbound.in_reply_to, inbound.root) == (harness.answer_kind, first, ref.uri)

    def test_a_mention_comes_home(self, harness):
        if Kind.MENTION not in harness.network.capabilities.collects:
            pytest.skip("mentions do not come home from there")
        word = token()
        mention = harness.reader.mention(f"vous avez vu ? {word}")
        inbound = the(harness.gather({}, (), has(mention)), mention)
        assert inbound.kind is Kind.MENTION
        assert word in inbound.text

    def test_a_quote_comes_home(self, harness):
        if Kind.QUOTE not in harness.network.capabilities.collects:
            pytest.skip("quotes do not come home from there")
        ref = ref_of(harness, f"Article {token()}")
        quote = harness.reader.quote(ref, f"Lisez {token()}")
        inbound = the(harness.gather({}, [ref], has(quote)), quote)
        assert (inbound.kind, inbound.quotes) == (Kind.QUOTE, ref.uri)

    def test_the_numbers_that_are_declared_count_what_readers_did(self, harness):
        able = harness.network.capabilities.metrics
        if not able:
            with pytest.raises(UnsupportedFeature):
                harness.network.metrics([])
            return
        ref, other = (ref_of(harness, f"Article {token()}") for _post in range(2))
        harness.reader.reply(ref, f"Et la nappe ? {token()}")
        if "likes" in able and Kind.LIKE in harness.network.capabilities.collects:
            harness.reader.like(ref)
        deadline = time.monotonic() + 15
        while True:
            found = harness.network.metrics([ref, other])
            is_known = set(found) == {ref.uri, other.uri} and found[ref.uri].replies == 1
            if is_known or time.monotonic() > deadline:  # each message is indexed in its own time
                break
            time.sleep(0.2)
        assert set(found) == {ref.uri, other.uri}
        assert (found[ref.uri].replies, found[other.uri].replies) == (1, 0)
        if "likes" in able and Kind.LIKE in harness.network.capabilities.collects:
            assert (found[ref.uri].likes, found[other.uri].likes) == (1, 0)

    def test_likes_and_reposts_come_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        kinds = [kind for kind in WITHOUT_TEXT if kind in harness.network.capabilities.collects]
        for kind in kinds:
            {Kind.LIKE: harness.reader.like, Kind.REPOST: harness.reader.repost}[kind](ref)
        batch = harness.gather({}, [ref], lambda total: all(of_kind(kind, ref.uri)(total) for kind in kinds))
        assert [kind for kind in kinds if not of_kind(kind, ref.uri)(batch)] == []

    def test_our_own_words_do_not_come_back(self, harness):
        root = ref_of(harness, f"Article {token()}")
        own = root
        if harness.network.capabilities.thread:
            own = ref_of(harness, f"Suite {token()}", reply_to=root, root=root)
        reply = harness.reader.reply(root, f"Oui {token()}")
        batch = harness.gather({}, [root], has(reply))
        assert not has(own.uri)(batch)

    def test_after_the_cursor_nothing_comes_twice(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Une fois {token()}")
        likes = Kind.LIKE in harness.network.capabilities.collects
        if likes:
            harness.reader.like(ref)
        batch = harness.gather(
            {}, [ref], lambda total: has(reply)(total) and (not likes or of_kind(Kind.LIKE, ref.uri)(total))
        )
        after = harness.network.collect(batch.cursor, [ref])
        again = harness.network.collect(after.cursor, [ref])
        assert again.inbound == ()
        assert not again.more

    def test_a_cursor_survives_being_stored_as_json(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        batch = harness.gather({}, [ref])
        assert json.loads(json.dumps(batch.cursor)) == batch.cursor

    def test_a_reaction_is_alive_until_its_author_deletes_it(self, harness):
        if not harness.network.capabilities.checks_presence:
            pytest.skip("it cannot be asked what is still there")
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Je regrette {token()}")
        harness.gather({}, [ref], has(reply))
        assert harness.check(reply, Presence.ALIVE) is Presence.ALIVE
        harness.reader.delete(reply)
        assert harness.check(reply, Presence.DELETED) is Presence.DELETED

    def test_a_deleted_reply_is_noticed_in_its_thread(self, harness):
        if not harness.network.capabilities.checks_presence:
            pytest.skip("it cannot be asked what is still there")
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Je regrette {token()}")
        batch = harness.gather({}, [ref], has(reply))
        harness.reader.delete(reply)
        after = harness.gather(batch.cursor, [ref], lambda total: reply in total.deleted)
        assert reply in after.deleted or harness.check(reply, Presence.DELETED) is Presence.DELETED

    def test_an_edited_reply_comes_again_with_its_new_text(self, harness):
        if not harness.readers_edit:
            pytest.skip("readers do not edit on this network")
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Avant {token()}")
        batch = harness.gather({}, [ref], has(reply))
        word = token()
        harness.reader.edit(reply, f"Après {word}")
        # Where a server shows an edit late, what another of its routes still tells is the old text once more.
        after = harness.gather(
            batch.cursor, [ref], lambda total: any(word in inbound.text for inbound in total.inbound)
        )
        inbound = the(after, reply)
        assert word in inbound.text
        assert inbound.edited_at is not None

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
