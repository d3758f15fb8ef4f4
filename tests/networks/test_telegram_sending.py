"""Publishing in a Telegram channel, correcting and deleting, against a server held to the official document."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from smeditor.exceptions import AuthExpired, Gone, OutcomeUnknown, RateLimited, Refused, Temporary
from smeditor.networks.base import Card, Guarantee, Media, Message, Prepared, Ref
from tests.networks.doubles.base import Fault
from tests.networks.doubles.telegram.world import CHANNEL
from tests.networks.telegram_steps import (
    NOW,
    Wire,
    animation,
    document,
    number_of,
    opened,
    photo,
    publish,
    telegram_server,
    video,
)


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


# texts


def test_a_text_arrives_as_it_was_written(double, network):
    text = "« Où va l’eau ? » <b>*_[x](y)_*</b> & 3 €\n\n👩🏽‍🚒🇫🇷 #économie https://example.org/eau?c=1&lang=fr"
    receipt = publish(network, text)
    assert in_channel(double, receipt)["text"] == text
    assert receipt.ref == Ref(f"{CHANNEL}/100", "https://t.me/leclair/100", "")


def test_links_and_tags_behind_an_emoji_are_where_the_server_says(double, network):
    message = in_channel(double, publish(network, "👩🏽‍🚒 https://example.org/a #eau"))
    units = message["text"].encode("utf-16-le")
    found = [
        units[2 * item["offset"] : 2 * (item["offset"] + item["length"])].decode("utf-16-le")
        for item in message["entities"]
    ]
    assert found == ["https://example.org/a", "#eau"]


def test_the_longest_text_is_taken_and_one_unit_more_is_refused_with_a_sentence(network):
    longest = "👋" * 2048
    assert network.count(longest) == network.limits().max_length
    publish(network, longest)
    with pytest.raises(Refused, match="too long"):
        publish(network, longest + "x")


def test_the_preview_is_that_of_the_article_even_where_the_text_has_no_link(double, network):
    receipt = publish(network, Message("Enquête", link="https://example.org/eau?sme=abc"))
    assert in_channel(double, receipt)["link_preview_options"] == {"url": "https://example.org/eau?sme=abc"}


def test_the_preview_of_a_card_is_the_card_s_address(double, network):
    card = Card("https://example.org/card", "Titre", "")
    receipt = publish(network, Message("Enquête https://example.org/other", card=card, link="https://example.org/l"))
    assert in_channel(double, receipt)["link_preview_options"] == {"url": "https://example.org/card"}


def test_a_further_part_of_a_thread_shows_no_preview_of_what_it_does_not_name(double, network):
    link = "https://example.org/eau"
    first = publish(network, Message(f"1/3 {link}", link=link))
    second = publish(network, Message("2/3", link=link, reply_to=first.ref))
    third = publish(network, Message(f"3/3 {link}", link=link, reply_to=second.ref))
    shown = ["link_preview_options" in in_channel(double, receipt) for receipt in (first, second, third)]
    assert shown == [True, False, True]


def test_a_thread_hangs_together(double, network):
    first = publish(network, "1/2")
    second = publish(network, Message("2/2", reply_to=first.ref, root=first.ref))
    assert in_channel(double, second)["reply_to_message"]["message_id"] == number_of(first)


def test_an_answer_to_a_message_that_is_gone_is_not_sent(double, network):
    first = publish(network, "1/2")
    network.delete(first.ref)
    with pytest.raises(Gone):
        publish(network, Message("2/2", reply_to=first.ref))


def test_a_private_channel_s_messages_have_an_address(double):
    del double.world.chats[CHANNEL]["username"]
    network = opened(double, handle=str(CHANNEL))
    assert publish(network, "x").ref.url == "https://t.me/c/1000000001/100"


# files


@pytest.mark.parametrize(("media", "field"), [(photo(), "photo"), (video(), "video"), (animation(), "animation")])
def test_a_file_goes_with_its_caption(double, network, media, field):
    message = in_channel(double, publish(network, Message("Légende #eau", media=(media,))))
    assert message["caption"] == "Légende #eau"
    assert message[field]
    assert media.read() in double.files.values()


def test_a_video_says_how_large_and_long_it_is(double, network):
    shown = in_channel(double, publish(network, Message("x", media=(video(),))))["video"]
    assert (shown["width"], shown["height"], shown["duration"]) == (640, 360, 12)


def test_a_document_bears_its_title(double, network):
    shown = in_channel(double, publish(network, Message("x", media=(document(),))))["document"]
    assert (shown["file_name"], shown["mime_type"]) == ("Le rapport 2026 2.pdf", "application/pdf")


@pytest.mark.parametrize("count", [2, 10])
def test_an_album_is_one_post_of_several_messages(double, network, count):
    media = (*(photo(data=b"\xff\xd8 %d" % place) for place in range(count - 1)), video())
    receipt = publish(network, Message("Légende", media=media))
    first = number_of(receipt)
    assert receipt.ref.cid == ",".join(str(first + place) for place in range(count))
    messages = [double.world.messages[CHANNEL][first + place] for place in range(count)]
    assert [message.get("caption", "") for message in messages] == ["Légende", *[""] * (count - 1)]
    assert len({message["media_group_id"] for message in messages}) == 1


def test_documents_make_an_album_among_themselves(network):
    assert publish(network, Message("x", media=(document("a"), document("b")))).ref.cid


@pytest.mark.parametrize(
    "media", [(photo(), document()), (photo(), animation()), (animation(), animation()), (photo(),) * 11]
)
def test_what_cannot_stand_together_is_refused_before_anything_leaves(double, network, media):
    with pytest.raises(Refused) as caught:
        network.prepare(Message("x", media=media), {})
    assert caught.value.sentence
    assert double.requests == []


def test_a_photo_that_is_too_long_on_both_sides_is_refused(network):
    with pytest.raises(Refused):
        network.prepare(Message("x", media=(photo(width=9000, height=1001),)), {})


def test_the_longest_caption_is_taken_and_a_longer_one_is_refused(network):
    limit = network.limits().max_caption_length
    publish(network, Message("é" * limit, media=(photo(),)))
    with pytest.raises(Refused, match="caption is too long"):
        publish(network, Message("é" * (limit + 1), media=(photo(),)))


@pytest.mark.parametrize("media", [photo(data=b"broken"), video(data=b"broken")])
def test_a_file_that_telegram_cannot_use_is_refused_with_a_reason(double, network, media):
    with pytest.raises(Refused, match="cannot use this file"):
        publish(network, Message("x", media=(media,)))
    assert double.world.messages[CHANNEL] == {}


def test_a_file_that_changed_since_it_was_prepared_is_not_sent(double, network):
    prepared = network.prepare(Message("x", media=(photo(),)), {})
    with pytest.raises(Refused, match="changed"):
        network.send(replace(prepared, media=(photo(data=b"another"),)), "i", NOW)
    assert double.requests == []


def test_a_message_whose_files_are_not_given_again_is_not_sent(double, network):
    stored = Prepared.from_json(network.prepare(Message("x", media=(photo(),)), {}).as_json())
    with pytest.raises(Refused):
        network.send(stored, "i", NOW)
    assert double.requests == []


def test_a_file_that_cannot_be_read_any_more_is_a_refusal(double, network):
    def vanished():
        raise FileNotFoundError("gone")

    media = Media(open=vanished, media_type="image/jpeg", size=3, digest="d")
    with pytest.raises(Refused):
        network.send(network.prepare(Message("x", media=(media,)), {}), "i", NOW)
    assert double.requests == []


def test_a_video_streams_and_is_closed_afterwards(network):
    streams = []

    def open_it():
        streams.append(io.BytesIO(b"a long video"))
        return streams[-1]

    media = replace(video(), open=open_it, size=12)
    publish(network, Message("x", media=(media,)))
    assert [stream.closed for stream in streams] == [True]


def test_what_is_prepared_can_be_stored_and_holds_no_bytes(network):
    prepared = network.prepare(Message("x", media=(photo(),)), {})
    assert Prepared.from_json(json.loads(json.dumps(prepared.as_json()))) == replace(prepared, media=())


# nobody hears it twice


def test_it_says_that_it_is_at_most_once(network):
    assert network.capabilities.guarantee is Guarantee.AT_MOST_ONCE
    assert not network.capabilities.read_back
    assert not network.capabilities.idempotent_send
    result = network.read_back(Prepared({}), "i", NOW)
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_a_message_whose_answer_was_lost_is_unknown_and_there_once(double, network):
    double.faults.append(Fault(lambda request: request.path.endswith("sendMessage"), None))
    with pytest.raises(OutcomeUnknown):
        publish(network, "Une fois")
    assert [message["text"] for message in double.world.messages[CHANNEL].values()] == ["Une fois"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"ok": False, "error_code": 500, "description": "Internal Server Error"}),
        httpx.Response(502, text="<html>Bad Gateway</html>", headers={"content-type": "text/html"}),
        httpx.Response(504, json={"ok": False, "error_code": 504, "description": "Gateway Timeout"}),
        httpx.Response(200, text="<!doctype html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b'{"ok": true, "resu'),
        httpx.Response(200, json=42),
        httpx.Response(200, json={"ok": False, "error_code": 400, "description": "Bad Request"}),
        httpx.Response(200, json={"ok": True}),
        httpx.Response(200, json={"ok": True, "result": True}),
        httpx.Response(200, json={"ok": True, "result": {"message_id": 5}}),
        httpx.Response(200, json={"ok": True, "result": {"message_id": "5", "chat": {"id": CHANNEL}}}),
        httpx.Response(200, json={"ok": True, "result": []}),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_a_send_without_a_clear_answer_has_an_unknown_outcome(network, wire, answer):
    wire.answers.append(answer)
    with pytest.raises(OutcomeUnknown):
        publish(network, "Qui sait")


def test_a_video_that_the_server_schedules_by_itself_goes_to_a_person(network, wire):
    """https://core.telegram.org/bots/api#message: ``message_id`` 0, the message is sent later."""
    wire.answers.append(httpx.Response(200, json={"ok": True, "result": {"message_id": 0, "chat": {"id": CHANNEL}}}))
    with pytest.raises(OutcomeUnknown, match="by itself later"):
        publish(network, Message("x", media=(video(),)))


def test_a_server_that_cannot_be_reached_may_be_asked_again(network, wire):
    wire.answers.append(httpx.ConnectError("down"))
    with pytest.raises(Temporary):
        publish(network, "x")


def test_too_many_requests_say_when_to_come_back(network, wire):
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 35}}
    wire.answers.append(httpx.Response(429, json=body))
    with pytest.raises(RateLimited) as caught:
        publish(network, "x")
    assert timedelta(seconds=30) < caught.value.wait <= timedelta(seconds=35)


@pytest.mark.parametrize("seconds", [None, "35", -1, 0, True, 10**12, [35]])
def test_a_pause_that_makes_no_sense_becomes_the_usual_one(network, wire, seconds):
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}
    wire.answers.append(httpx.Response(429, json=body))
    with pytest.raises(RateLimited) as caught:
        publish(network, "x")
    assert timedelta(0) < caught.value.wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (401, "Unauthorized", AuthExpired),
        (404, "Not Found", AuthExpired),
        (403, "Forbidden: bot was kicked from the channel chat", AuthExpired),
        (403, "Forbidden: bot is not a member of the channel chat", AuthExpired),
        (400, "Bad Request: chat not found", AuthExpired),
        (400, "Bad Request: need administrator rights in the channel chat", AuthExpired),
        (400, "Bad Request: not enough rights to send photos to the chat", AuthExpired),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", AuthExpired),
        (400, "Bad Request: message to be replied not found", Gone),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", Refused),
        (400, "Bad Request: message is too long", Refused),
        (413, "Request Entity Too Large", Refused),
    ],
)
def test_every_refusal_says_whether_it_may_be_tried_again(network, wire, status, description, error):
    wire.answers.append(httpx.Response(status, json={"ok": False, "error_code": status, "description": description}))
    with pytest.raises(error) as caught:
        publish(network, "x")
    assert type(caught.value) is error
    assert caught.value.sentence
