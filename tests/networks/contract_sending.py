"""What every network promises about sending."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.exceptions import (
    OutcomeUnknown,
    Refused,
    Temporary,
    UnsupportedFeature,
)
from smeditor.networks.base import Kind, MediaKind, Message, Poll, Prepared, Ref
from smeditor.networks.limits import breaches, poll_limits
from tests.networks.contract_steps import (
    MOST_STEPS,
    fully_prepared,
    has,
    now,
    picture,
    publish,
    ref_of,
    sample,
    token,
)
from tests.networks.harness import Fault


def poll_of(harness) -> Poll:
    """A poll that the network takes; the test is skipped where it has none."""
    limits = poll_limits(harness.network)
    assert (limits is None) == (harness.network.default_limits.poll is None), "polls are declared as they are limited"
    if limits is None:
        pytest.skip("no polls there")
    minutes = min(max(1440, limits.min_minutes), limits.max_minutes)
    options = ("Oui, très vite 🌊", "نعم", "Non")
    return Poll(options, minutes, multiple=harness.network.capabilities.poll_multiple)


class SendingContract:
    """Part of :class:`tests.networks.contract.NetworkContract`."""

    # sending

    def test_a_text_arrives_as_it_was_written(self, harness):
        word = token()
        text = f"« Où va l’eau ? » Enquête à Étretat — 3 ans, 2 000 € {word} 👩🏽‍🚒🇫🇷"
        published = harness.published(ref_of(harness, text))
        assert published.text == text
        assert published.language == "fr" or "language" not in harness.carries

    def test_links_mentions_and_tags_are_live(self, harness):
        link = f"https://example.org/eau?c={token()}&lang=fr"
        text = f"Avec @{harness.reader.handle} : l’eau 💧 #économie {link}"
        published = harness.published(ref_of(harness, text))
        if "links" in harness.carries:
            assert link in published.links
        if "tags" in harness.carries:
            assert "économie" in {tag.casefold() for tag in published.tags}
        if "mentions" in harness.carries:
            assert [harness.reader.handle.partition("@")[0]] == [name.partition("@")[0] for name in published.mentions]

    def test_images_arrive_with_their_alt_text(self, harness):
        if harness.network.limits().image.max_count < 2:
            pytest.skip("one image at most there")
        alts = ("Une digue rompue, vue d’avion 🌊", "A map of the valley")
        ref = ref_of(harness, f"Deux images {token()}", media=tuple(picture(alt) for alt in alts))
        shown = alts if harness.network.capabilities.alt_text else ("", "")
        assert harness.published(ref).alts == shown

    @pytest.mark.parametrize("kind", list(MediaKind))
    def test_each_kind_of_media_is_shown_or_refused(self, harness, kind):
        limits = harness.network.limits().of(kind)
        types = limits.types or ("application/octet-stream",)
        message = harness.message(f"Avec {kind} {token()}", media=(sample(kind, "Le port", types),))
        if not limits.max_count:
            assert [breach.code for breach in breaches(harness.network, message)]
            return
        published = harness.published(publish(harness, message)[2].ref)
        assert published.kinds in {(), (kind.value,)}

    def test_a_preparation_goes_on_in_another_worker_after_every_step(self, harness):
        if not harness.network.limits().image.max_count:
            pytest.skip("no images there")
        message = harness.message(f"Pas à pas {token()}", media=(picture("Le port"),))
        so_far, step = {}, None
        for _step in range(MOST_STEPS):
            worker = harness.again()
            step = worker.prepare(message, json.loads(json.dumps(so_far)))
            worker.close()
            if isinstance(step, Prepared):
                break
            so_far = step.so_far
        receipt = harness.network.send(step, harness.network.mint_identity(now()), now())
        assert harness.published(receipt.ref) is not None

    def test_a_step_that_is_taken_twice_shows_nothing_twice(self, harness):
        if not harness.network.limits().image.max_count:
            pytest.skip("no images there")
        word = token()
        message = harness.message(f"Deux fois {word}", media=(picture("Le port"),))
        so_far: dict = {}
        for _step in range(MOST_STEPS):
            harness.network.prepare(message, dict(so_far))
            step = harness.network.prepare(message, dict(so_far))
            if isinstance(step, Prepared):
                break
            so_far = step.so_far
        assert harness.count_published(word) == 0
        harness.network.send(step, harness.network.mint_identity(now()), now())
        assert harness.count_published(word) == 1

    def test_whatever_was_reached_is_read_as_if_a_stranger_had_written_it(self, harness):
        for nonsense in ({"media": 7}, {"container": []}, {"id": None, "blobs": "x"}, {"steps": {"x": 1}}):
            assert harness.network.prepare(harness.message(f"Encore {token()}"), nonsense) is not None

    def test_a_comment_of_our_own_stands_first_beneath_a_message(self, harness):
        if not harness.network.capabilities.first_comment:
            pytest.skip("no first comment there")
        post = ref_of(harness, f"Article {token()}")
        comment = publish(harness, Message(f"Lire {token()}", reply_to=post, root=post, comment=True))[2].ref
        assert harness.published(comment).reply_to == post.uri

    def test_a_reader_is_answered_where_they_wrote(self, harness):
        if harness.answer_kind not in harness.network.capabilities.answers:
            pytest.skip("readers cannot be answered there")
        post = ref_of(harness, f"Article {token()}")
        written = harness.reader.reply(post, f"Pourquoi ? {token()}")
        answer = Message(
            f"Parce que {token()}",
            language="fr",
            reply_to=Ref(written),
            root=post,
            answers=harness.answer_kind,
            comment=harness.answer_kind is Kind.COMMENT,
        )
        harness.gather({}, [post], has(written))
        assert harness.published(publish(harness, answer)[2].ref).reply_to == written

    def test_a_message_is_quoted(self, harness):
        if not harness.network.capabilities.quote:
            pytest.skip("nobody quotes there")
        quoted = ref_of(harness, f"Article {token()}")
        ref = ref_of(harness, f"Relire {token()}", quote=quoted)
        assert harness.published(ref).quotes == quoted.uri

    def test_a_poll_arrives_as_it_was_frozen(self, harness):
        poll = poll_of(harness)
        ref = ref_of(harness, f"Le tram jusqu’à la mer ? {token()} 🚋", poll=poll)
        assert harness.published(ref).poll == poll

    def test_a_poll_of_every_length_that_is_declared_is_taken(self, harness):
        limits, poll = poll_limits(harness.network), poll_of(harness)
        options = tuple(f"{place:02}{'é' * (limits.max_option_length - 2)}" for place in range(limits.max_options))
        for minutes in {limits.min_minutes, limits.max_minutes}:
            longest = replace(poll, options=options, minutes=minutes)
            message = harness.message(f"Combien ? {token()}", poll=longest)
            assert list(breaches(harness.network, message)) == []
            assert harness.published(publish(harness, message)[2].ref).poll == longest

    def test_a_poll_stands_beside_no_image(self, harness):
        message = harness.message(f"Combien ? {token()}", poll=poll_of(harness), media=(picture("Le port"),))
        assert "poll_beside_media" in [breach.code for breach in breaches(harness.network, message)]

    def test_the_text_of_a_poll_is_edited_or_not_as_it_is_declared(self, harness):
        poll = poll_of(harness)
        if not harness.network.capabilities.edit:
            pytest.skip("this network does not edit")
        ref, word = ref_of(harness, f"Fautte ? {token()}", poll=poll), token()
        prepared = fully_prepared(harness.network, harness.message(f"Faute ? {word}", poll=poll))
        if not harness.network.capabilities.edits_beside_poll:
            with pytest.raises(Refused):
                harness.network.edit(ref, prepared)
            assert word not in harness.published(ref).text
            return
        harness.network.edit(ref, prepared)
        published = harness.published(ref)
        assert (published.text, published.poll.options) == (f"Faute ? {word}", poll.options)

    def test_a_poll_is_deleted_like_any_message(self, harness):
        ref = ref_of(harness, f"Combien ? {token()}", poll=poll_of(harness))
        harness.network.delete(ref)
        assert harness.published(ref) is None

    def test_a_reply_hangs_under_its_message(self, harness):
        if not harness.network.capabilities.thread:
            pytest.skip("no threads there")
        first = ref_of(harness, f"Un {token()}")
        reply = ref_of(harness, f"Réponse {token()}", reply_to=first, root=first)
        assert harness.published(reply).reply_to == first.uri

    def test_a_thread_keeps_its_order(self, harness):
        if not harness.network.capabilities.thread:
            pytest.skip("no threads there")
        root = ref_of(harness, f"1/3 {token()}")
        second = ref_of(harness, f"2/3 {token()}", reply_to=root, root=root)
        third = ref_of(harness, f"3/3 {token()}", reply_to=second, root=root)
        assert [harness.published(ref).reply_to for ref in (root, second, third)] == ["", root.uri, second.uri]

    def test_a_published_text_can_be_corrected(self, harness):
        ref = ref_of(harness, f"Fautte {token()}")
        word = token()
        prepared = fully_prepared(harness.network, harness.message(f"Faute corrigée {word}"))
        if not harness.network.capabilities.edit:
            with pytest.raises(UnsupportedFeature):
                harness.network.edit(ref, prepared)
            return
        receipt = harness.network.edit(ref, prepared)
        assert receipt.ref.uri == ref.uri
        assert harness.published(ref).text == f"Faute corrigée {word}"

    def test_a_corrected_text_keeps_its_images(self, harness):
        if not harness.network.capabilities.edit or not harness.network.capabilities.alt_text:
            pytest.skip("this network does not edit, or has no alt text")
        ref = ref_of(harness, f"Fautte {token()}", media=(picture("Le port"),))
        harness.network.edit(
            ref, fully_prepared(harness.network, harness.message(f"Faute {token()}", media=(picture("Le port"),)))
        )
        assert harness.published(ref).alts[-1:] == ("Le port",)

    def test_a_message_can_be_deleted_twice(self, harness):
        ref = ref_of(harness, f"À effacer {token()}")
        if not harness.network.capabilities.delete:
            with pytest.raises(UnsupportedFeature):
                harness.network.delete(ref)
            return
        harness.network.delete(ref)
        harness.network.delete(ref)
        assert harness.published(ref) is None

    def test_a_receipt_is_dated_in_utc_and_can_be_kept(self, harness):
        receipt = publish(harness, harness.message(f"Daté {token()}"))[2]
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
        prepared, identity = fully_prepared(network, harness.message(f"Une fois {word}")), network.mint_identity(moment)
        first = network.send(prepared, identity, moment)
        second = network.send(Prepared.from_json(prepared.as_json()), identity, moment)
        assert first.ref.uri == second.ref.uri
        assert harness.count_published(word) == 1

    @pytest.mark.parametrize("text", ["Avec lien https://example.org/a?c={}", "Sans lien {}"])
    def test_a_message_whose_answer_was_lost_is_found_again(self, harness, text):
        if not harness.network.capabilities.read_back:
            pytest.skip("this network does not read back")
        word, moment, network = token(), now(), harness.network
        prepared, identity = fully_prepared(network, harness.message(text.format(word))), network.mint_identity(moment)
        harness.break_next(Fault.LOST_ANSWER, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, identity, moment)
        found = network.read_back(Prepared.from_json(prepared.as_json()), identity, moment).found
        assert word in harness.published(found).text
        assert harness.count_published(word) == 1

    def test_a_message_that_never_left_is_proved_absent(self, harness):
        if not harness.network.capabilities.read_back:
            pytest.skip("this network does not read back")
        word, moment, network = token(), now(), harness.network
        prepared, identity = (
            fully_prepared(network, harness.message(f"Jamais https://example.org/?c={word}")),
            network.mint_identity(moment),
        )
        harness.break_next(Fault.TIMEOUT, sending=True)
        with pytest.raises(OutcomeUnknown):
            network.send(prepared, identity, moment)
        result = network.read_back(prepared, identity, moment)
        assert result.found is None
        assert result.absent

    def test_a_read_back_that_fails_proves_nothing(self, harness):
        if not harness.network.capabilities.read_back:
            pytest.skip("this network does not read back")
        network, moment = harness.network, now()
        prepared, identity = (
            fully_prepared(network, harness.message(f"Jamais {token()}")),
            network.mint_identity(moment),
        )
        harness.break_next(Fault.SERVER_ERROR, sending=False)
        with pytest.raises(Temporary):
            network.read_back(prepared, identity, moment)
