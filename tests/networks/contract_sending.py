"""What every network promises about sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.exceptions import (
    OutcomeUnknown,
    Temporary,
    UnsupportedFeature,
)
from smeditor.networks.base import Message, Prepared
from tests.networks.contract_steps import (
    now,
    picture,
    publish,
    ref_of,
    token,
)
from tests.networks.harness import Fault


class SendingContract:
    """Part of :class:`tests.networks.contract.NetworkContract`."""

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
        result = network.read_back(prepared, identity, moment)
        assert result.found is None
        assert result.absent

    def test_a_read_back_that_fails_proves_nothing(self, harness):
        network, moment = harness.network, now()
        prepared, identity = network.prepare(Message(f"Jamais {token()}")), network.mint_identity(moment)
        harness.break_next(Fault.SERVER_ERROR, sending=False)
        with pytest.raises(Temporary):
            network.read_back(prepared, identity, moment)
