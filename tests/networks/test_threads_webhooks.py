"""What Threads tells by itself: believed when signed, read when it can be, and never twice another thing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, NetworkError, Refused
from smeditor.networks.base import Kind, Message, WebhookRequest
from smeditor.networks.threads import Threads
from smeditor.networks.threads.webhooks import read_events
from tests.networks import threads_steps
from tests.networks.doubles.graph.webhooks import Sender, signature
from tests.networks.doubles.threads.state import APP_SECRET, VERIFY_TOKEN
from tests.networks.threads_steps import KEYS, publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network
SENDER = Sender(APP_SECRET, VERIFY_TOKEN, "threads")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def reply(**changes):
    value = {
        "id": "8901234",
        "username": "test_username",
        "text": "Reply",
        "media_type": "TEXT_POST",
        "permalink": "https://www.threads.net/@test_username/post/Pp",
        "replied_to": {"id": "567890"},
        "root_post": {"id": "123456", "owner_id": "123456", "username": "test_username_2"},
        "shortcode": "Pp",
        "timestamp": "2024-08-07T10:33:16+0000",
    }
    return {
        "app_id": "123456",
        "topic": "moderate",
        "target_id": "78901",
        "time": 1723226877,
        "subscription_id": "234567",
        "has_uid_field": False,
        "values": {"value": value | changes, "field": "replies"},
    }


def test_the_challenge_is_answered():
    assert Threads.receive(SENDER.challenge(), KEYS).answer == "1158201444"


@pytest.mark.parametrize("token", ["", "another", VERIFY_TOKEN + "x"])
def test_a_challenge_with_another_word_is_refused(token):
    with pytest.raises(Refused):
        Threads.receive(SENDER.challenge(token=token), KEYS)


def test_without_a_word_of_our_own_no_challenge_is_answered():
    with pytest.raises(Refused):
        Threads.receive(SENDER.challenge(token=""), {**KEYS, "verify_token": ""})


def test_the_documents_example_is_read(network):
    received = Threads.receive(SENDER.signed(reply()), KEYS)
    [event] = received.events
    assert event.account == "123456"
    [item] = network.read_events([json.loads(json.dumps(event.data))]).inbound
    assert (item.kind, item.native_id, item.in_reply_to, item.root) == (Kind.REPLY, "8901234", "567890", "123456")


def test_a_reply_that_happens_is_told(world, network):
    ref = publish(network, Message("Article")).ref
    written = world.server.write("lectrice_du_port", "Et la nappe ?", parent=ref.uri)
    [request] = world.server.sender.waiting
    [event] = Threads.receive(request, KEYS).events
    assert event.account == world.server.us.id
    [item] = network.read_events([event.data]).inbound
    assert (item.kind, item.native_id, item.root) == (Kind.REPLY, written.id, ref.uri)


def test_a_mention_that_happens_is_told(world, network):
    written = world.server.write("lectrice_du_port", "@gazette bonjour")
    [event] = Threads.receive(world.server.sender.waiting[0], KEYS).events
    assert event.account == world.server.us.id
    [item] = network.read_events([event.data]).inbound
    assert (item.kind, item.native_id) == (Kind.MENTION, written.id)


def test_what_is_told_and_what_is_collected_is_the_same(world, network):
    ref = publish(network, Message("Article")).ref
    world.server.write("lectrice_du_port", "Oui https://example.org/x", parent=ref.uri)
    [event] = Threads.receive(world.server.sender.waiting[0], KEYS).events
    [heard] = network.read_events([event.data]).inbound
    [collected] = network.collect({}, [ref]).inbound
    assert heard == collected


def test_the_same_event_has_the_same_key():
    first, second = (Threads.receive(SENDER.signed(reply()), KEYS).events[0] for _twice in range(2))
    assert first.key == second.key


def test_an_edited_reply_has_another_key():
    first, second = (Threads.receive(SENDER.signed(reply(text=text)), KEYS).events[0] for text in "ab")
    assert first.key != second.key


def test_a_deletion_is_told(network):
    payload = reply()
    payload["values"]["field"] = "delete"
    [event] = Threads.receive(SENDER.signed(payload), KEYS).events
    assert network.read_events([event.data]).deleted == ("8901234",)


def test_what_was_deleted_afterwards_does_not_come_in(network):
    gone = reply()
    gone["values"]["field"] = "delete"
    events = [Threads.receive(SENDER.signed(payload), KEYS).events[0].data for payload in (reply(), gone)]
    batch = network.read_events(events)
    assert (batch.inbound, batch.deleted) == ((), ("8901234",))


def test_our_own_posts_are_none_of_readers(network):
    [event] = Threads.receive(SENDER.signed(reply(username="Gazette")), KEYS).events
    assert network.read_events([event.data]).inbound == ()


def test_a_field_that_nobody_reads_only_wakes():
    payload = reply()
    payload["values"]["field"] = "publish"
    [event] = Threads.receive(SENDER.signed(payload), KEYS).events
    assert event.data == {}


def test_several_values_in_one_request_are_several_events():
    payload = reply()
    payload["values"] = [payload["values"], {**payload["values"], "value": {**payload["values"]["value"], "id": "9"}}]
    assert [event.data["value"]["id"] for event in Threads.receive(SENDER.signed(payload), KEYS).events] == [
        "8901234",
        "9",
    ]


@pytest.mark.parametrize("headers", [{}, {"x-hub-signature-256": ""}, {"x-hub-signature-256": "sha256=" + "0" * 64}])
def test_what_is_not_signed_is_refused(headers):
    with pytest.raises(Refused):
        Threads.receive(replace(SENDER.signed(reply()), headers=headers), KEYS)


def test_what_another_app_signed_is_refused():
    with pytest.raises(Refused):
        Threads.receive(Sender("another-secret-of-32-characters!").signed(reply()), KEYS)


def test_a_changed_body_is_refused():
    request = SENDER.signed(reply())
    with pytest.raises(Refused):
        Threads.receive(replace(request, body=request.body.replace(b"Reply", b"Rebly")), KEYS)


def test_without_the_apps_secret_nothing_is_believed():
    with pytest.raises(Refused):
        Threads.receive(Sender("").signed(reply()), {**KEYS, "client_secret": ""})


@pytest.mark.parametrize("body", [b"", b"[]", b"42", b"<html>", b'{"values": 3', b"\xff"])
def test_what_is_signed_and_cannot_be_read_is_a_bad_answer(body):
    request = WebhookRequest("POST", {}, {"x-hub-signature-256": signature(body, APP_SECRET)}, body)
    with pytest.raises(BadAnswer):
        Threads.receive(request, KEYS)


@given(JSON)
def test_any_signed_json_gives_events_or_an_error_of_ours(data):
    try:
        received = Threads.receive(SENDER.signed(data), KEYS)
    except NetworkError:
        return
    json.dumps([event.data for event in received.events])


@given(st.sampled_from(["value", "field"]), st.sampled_from(list(reply()["values"]["value"])), JSON)
def test_any_json_in_any_place_of_an_honest_event_gives_a_batch(place, key, junk):
    payload = reply()
    if place == "field":
        payload["values"]["field"] = junk
    else:
        payload["values"]["value"][key] = junk
    for event in Threads.receive(SENDER.signed(payload), KEYS).events:
        read_events([event.data], "gazette")


@given(st.lists(st.dictionaries(st.sampled_from(["field", "value"]), JSON), max_size=4))
def test_strange_stored_events_give_a_batch(events):
    read_events(events, "gazette")
