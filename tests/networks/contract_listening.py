"""What every network promises about listening."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.exceptions import (
    NetworkError,
)
from smeditor.networks.base import Kind, Presence
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
        assert inbound.kind is Kind.REPLY
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
        assert the(harness.gather({}, [ref], has(reply)), reply).kind is Kind.REPLY

    def test_a_reply_to_a_reply_belongs_to_our_thread(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        first = harness.reader.reply(ref, f"Un {token()}")
        deeper = harness.reader.reply(replace(ref, uri=first, cid=""), f"Deux {token()}")
        inbound = the(harness.gather({}, [ref], has(deeper)), deeper)
        assert (inbound.kind, inbound.in_reply_to, inbound.root) == (Kind.REPLY, first, ref.uri)

    def test_a_mention_comes_home(self, harness):
        word = token()
        mention = harness.reader.mention(f"vous avez vu ? {word}")
        inbound = the(harness.gather({}, (), has(mention)), mention)
        assert inbound.kind is Kind.MENTION
        assert word in inbound.text

    def test_a_quote_comes_home(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        quote = harness.reader.quote(ref, f"Lisez {token()}")
        inbound = the(harness.gather({}, [ref], has(quote)), quote)
        assert (inbound.kind, inbound.quotes) == (Kind.QUOTE, ref.uri)

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
        after = harness.network.collect(batch.cursor, [ref])
        again = harness.network.collect(after.cursor, [ref])
        assert again.inbound == ()
        assert not again.more

    def test_a_cursor_survives_being_stored_as_json(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        batch = harness.gather({}, [ref])
        assert json.loads(json.dumps(batch.cursor)) == batch.cursor

    def test_a_reaction_is_alive_until_its_author_deletes_it(self, harness):
        ref = ref_of(harness, f"Article {token()}")
        reply = harness.reader.reply(ref, f"Je regrette {token()}")
        harness.gather({}, [ref], has(reply))
        assert harness.check(reply, Presence.ALIVE) is Presence.ALIVE
        harness.reader.delete(reply)
        assert harness.check(reply, Presence.DELETED) is Presence.DELETED

    def test_a_deleted_reply_is_noticed_in_its_thread(self, harness):
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
