"""Correcting and deleting in a Telegram channel, and what is done to a reader's comment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.exceptions import Gone, OutcomeUnknown, Refused, UnsupportedFeature
from smeditor.networks.base import Kind, Message, ReaderOperation, Ref
from tests.networks.doubles.base import Fault
from tests.networks.doubles.telegram.world import CHANNEL, GROUP
from tests.networks.telegram_steps import Wire, number_of, opened, photo, polled, publish, telegram_server, video


@pytest.fixture(scope="module")
def server():
    with telegram_server() as double:
        yield double


@pytest.fixture
def double(server):
    server.reset()
    server.breaches.clear()
    server.requests.clear()
    server.faults.clear()
    yield server
    assert server.breaches == []


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def network(double, wire):
    opened_network = opened(double, wire)
    yield opened_network
    opened_network.close()


def in_channel(double, receipt):
    return double.world.messages[CHANNEL][number_of(receipt)]


# correcting


def test_a_text_can_be_corrected(double, network):
    receipt = publish(network, "Fautte")
    again = network.edit(receipt.ref, network.prepare(Message("Faute"), {}))
    assert again.ref == receipt.ref
    assert in_channel(double, receipt)["text"] == "Faute"


def test_a_corrected_caption_keeps_its_photo(double, network):
    receipt = publish(network, Message("Fautte", media=(photo(),)))
    network.edit(receipt.ref, network.prepare(Message("Faute", media=(photo(),)), {}))
    message = in_channel(double, receipt)
    assert (message["caption"], bool(message["photo"])) == ("Faute", True)


def test_the_caption_of_an_album_is_corrected_on_its_first_message(double, network):
    receipt = publish(network, Message("Fautte", media=(photo(), video())))
    network.edit(receipt.ref, network.prepare(Message("Faute", media=(photo(), video())), {}))
    assert in_channel(double, receipt)["caption"] == "Faute"


def test_a_caption_is_corrected_where_the_message_no_longer_names_its_photo(double, network):
    receipt = publish(network, Message("Fautte", media=(photo(),)))
    network.edit(receipt.ref, network.prepare(Message("Faute"), {}))
    assert in_channel(double, receipt)["caption"] == "Faute"


def test_a_text_too_long_for_the_caption_it_is_to_replace_is_refused(network):
    receipt = publish(network, Message("x", media=(photo(),)))
    with pytest.raises(Refused, match="shorter"):
        network.edit(receipt.ref, network.prepare(Message("y" * 1025), {}))


def test_a_correction_without_a_difference_is_done(network):
    receipt = publish(network, "Juste")
    assert network.edit(receipt.ref, network.prepare(Message("Juste"), {})).ref == receipt.ref


def test_a_correction_of_what_is_gone_says_so(network):
    receipt = publish(network, "x")
    network.delete(receipt.ref)
    with pytest.raises(Gone):
        network.edit(receipt.ref, network.prepare(Message("y"), {}))


def test_a_correction_whose_answer_was_lost_is_unknown(double, network):
    receipt = publish(network, "x")
    double.faults.append(Fault(lambda request: "edit" in request.path, None))
    with pytest.raises(OutcomeUnknown):
        network.edit(receipt.ref, network.prepare(Message("y"), {}))


# deleting


def test_a_message_can_be_deleted_twice(double, network):
    receipt = publish(network, "x")
    network.delete(receipt.ref)
    network.delete(receipt.ref)
    assert double.world.messages[CHANNEL] == {}


def test_an_album_is_deleted_whole(double, network):
    receipt = publish(network, Message("x", media=(photo(), photo(data=b"\xff\xd8 b"), video())))
    network.delete(receipt.ref)
    network.delete(receipt.ref)
    assert double.world.messages[CHANNEL] == {}


def test_after_two_days_telegram_deletes_no_more_and_a_sentence_says_so(double, network):
    assert network.capabilities.delete_window == timedelta(hours=48)
    receipt = publish(network, "x")
    in_channel(double, receipt)["date"] -= 49 * 3600
    with pytest.raises(Refused, match="48 hours"):
        network.delete(receipt.ref)


def test_what_a_person_found_by_its_address_can_be_corrected_and_deleted(double, network):
    receipt = publish(network, "x")
    found = network.ref_at("https://t.me/leclair/100?single")
    assert found.uri == receipt.ref.uri
    network.edit(Ref("https://t.me/leclair/100"), network.prepare(Message("y"), {}))
    network.delete(Ref("https://t.me/leclair/100"))
    assert double.world.messages[CHANNEL] == {}


@pytest.mark.parametrize(
    "url", ["https://t.me/another/100", "https://example.org/leclair/100", "", "https://t.me/leclair"]
)
def test_an_address_elsewhere_names_no_message_of_ours(network, url):
    with pytest.raises(Refused, match="copy the message's link"):
        network.ref_at(url)
    with pytest.raises(Gone):
        network.delete(Ref(url))


# readers


def test_a_comment_is_answered_where_it_stands(double, network):
    post = publish(network, "x")
    number = double.comment(double.thread_of(number_of(post)), "Et la nappe ?")
    receipt = publish(network, Message("Elle baisse.", reply_to=Ref(f"{GROUP}/{number}"), answers=Kind.COMMENT))
    assert receipt.ref.uri.startswith(f"{GROUP}/")
    answer = double.world.messages[GROUP][number_of(receipt)]
    assert answer["reply_to_message"]["message_id"] == number
    assert answer["message_thread_id"] == double.thread_of(number_of(post))


def test_an_answer_in_a_group_that_the_bot_may_not_write_in_leaves_the_account_alone(double, network):
    post = publish(network, "x")
    number = double.comment(double.thread_of(number_of(post)), "Et la nappe ?")
    double.world.desk.rights[GROUP] = None
    with pytest.raises(Refused, match="discussion group"):
        publish(network, Message("Non.", reply_to=Ref(f"{GROUP}/{number}"), answers=Kind.COMMENT))


def test_a_comment_can_be_liked_and_unliked_any_number_of_times(double, network):
    post = publish(network, "x")
    number = double.comment(double.thread_of(number_of(post)), "Merci")
    given = double.world.bot_reactions
    for operation, expected in [
        (ReaderOperation.LIKE, ["👍"]),
        (ReaderOperation.LIKE, ["👍"]),
        (ReaderOperation.UNLIKE, []),
        (ReaderOperation.UNLIKE, []),
    ]:
        network.operate(f"{GROUP}/{number}", operation)
        assert [item["emoji"] for item in given[GROUP, number][1000]] == expected


@pytest.mark.parametrize("native_id", [f"{GROUP}/77", "nonsense", ""])
def test_a_comment_that_is_gone_cannot_be_liked(network, native_id):
    with pytest.raises(Gone):
        network.operate(native_id, ReaderOperation.LIKE)


def test_what_telegram_does_not_offer_is_refused_honestly(network):
    with pytest.raises(UnsupportedFeature):
        network.operate(f"{GROUP}/77", ReaderOperation.HIDE)


def test_polling_after_publishing_brings_nothing_of_ours(network):
    publish(network, "x")
    assert polled(network).inbound == ()
