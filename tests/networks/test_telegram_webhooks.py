"""A bot's updates by webhook: believed by the account's secret, read into reactions, and never beside polling."""

from __future__ import annotations

import json

import httpx
import pytest
from django.utils import timezone

from smeditor.exceptions import BadAnswer, Refused, Temporary
from smeditor.networks.base import Kind
from smeditor.networks.telegram.network import digest_of
from tests.networks.doubles.telegram.readers import LEA
from tests.networks.doubles.telegram.world import GROUP
from tests.networks.telegram_steps import Wire, hook, number_of, opened, polled, publish, telegram_server

ADDRESS, SECRET = "https://desk.example/hooks/1", "a-secret_0123456789"
PAUL = {"id": 301, "is_bot": False, "first_name": "Paul"}


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


@pytest.fixture
def post(network):
    polled(network)  # from now on the bot is told of reactions
    return publish(network, "Enquête")


@pytest.fixture
def thread(double, post):
    return double.thread_of(number_of(post))


def the(batch):
    [inbound] = batch.inbound
    return inbound


# webhook and polling exclude each other


def test_another_program_that_polls_is_named(network, wire):
    sentence = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    wire.answers.append(httpx.Response(409, json={"ok": False, "error_code": 409, "description": sentence}))
    with pytest.raises(Temporary, match="Another program"):
        polled(network)


def test_a_webhook_that_the_desk_does_not_know_is_named(double, network):
    double.world.desk.webhook = {"url": "https://another.example/bot"}
    with pytest.raises(Refused, match="webhook") as caught:
        polled(network)
    assert "another.example" not in str(caught.value)


def test_while_our_webhook_is_set_polling_waits_and_keeps_its_cursor(double, network, thread):
    double.comment(thread, "Un")
    cursor = polled(network).cursor
    network.subscribe(ADDRESS, SECRET)
    assert network.credentials_changed
    assert network.credentials.secret["webhook"] == digest_of(ADDRESS)
    later = opened(double, secret=network.credentials.secret)
    batch = later.collect(cursor, ())
    assert (batch.inbound, batch.cursor, batch.more) == ((), cursor, False)


def test_a_webhook_that_was_removed_elsewhere_is_replaced_by_polling(double, network, thread):
    network.subscribe(ADDRESS, SECRET)
    double.world.desk.webhook = {}
    double.comment(thread, "Un")
    assert the(polled(network)).text == "Un"


def test_a_webhook_that_telegram_cannot_reach_is_no_silence(double, network, thread):
    network.subscribe(ADDRESS, SECRET)
    double.comment(thread, "Un")
    trouble = {"last_error_date": int(timezone.now().timestamp()) - 60, "last_error_message": "Wrong response: 500"}
    double.world.desk.webhook["_trouble"] = trouble
    with pytest.raises(Temporary, match="500"):
        polled(network)


def test_going_back_to_polling_loses_nothing(double, network, thread):
    network.subscribe(ADDRESS, SECRET)
    double.comment(thread, "Un")
    network.unsubscribe()
    network.unsubscribe()
    assert "webhook" not in network.credentials.secret
    assert the(polled(network)).text == "Un"


def test_subscribing_may_be_repeated_and_asks_for_the_same_updates(double, network):
    network.subscribe(ADDRESS, SECRET)
    network.subscribe(ADDRESS, SECRET)
    assert double.world.desk.webhook["url"] == ADDRESS
    assert double.world.desk.allowed == ["message", "edited_message", "message_reaction_count"]


@pytest.mark.parametrize("secret", ["un secret à moi / avec des signes", "x" * 300, SECRET])
def test_any_secret_can_be_agreed_upon(double, network, thread, secret):
    network.subscribe(ADDRESS, secret)
    double.comment(thread, "Un")
    assert [network.receive(hook(*made), {"webhook_secret": secret}).events for made in double.deliveries()]


# what a webhook brings


@pytest.fixture
def delivered(double, network, thread):
    """What Telegram sent for a comment, a deeper one and reactions; the forward was sent long ago."""
    network.subscribe(ADDRESS, SECRET)
    double.deliveries()
    first = double.comment(thread, "Un https://example.net/x")
    double.comment(first, "Deux", person=PAUL)
    double.count_reactions(100, thumbs=1)
    return double.deliveries()


def test_events_become_reactions(network, post, delivered):
    events = [event for made in delivered for event in network.receive(hook(*made), {"webhook_secret": SECRET}).events]
    stored = json.loads(json.dumps([event.data for event in events]))
    batch = network.read_events(stored)
    first, deeper, like = batch.inbound
    assert (first.text, first.root, first.links) == (
        "Un https://example.net/x",
        post.ref.uri,
        ("https://example.net/x",),
    )
    assert (deeper.kind, deeper.in_reply_to, deeper.root) == (Kind.COMMENT, first.native_id, post.ref.uri)
    assert (like.kind, like.subject) == (Kind.LIKE, post.ref.uri)


def test_a_deeper_comment_alone_still_says_what_it_answers(network, delivered):
    events = [
        event.data for made in delivered for event in network.receive(hook(*made), {"webhook_secret": SECRET}).events
    ]
    [deeper] = network.read_events(events[1:2]).inbound
    assert (deeper.kind, deeper.root) == (Kind.COMMENT, "")
    assert deeper.in_reply_to.startswith(f"{GROUP}/")


def test_a_repeated_event_has_the_same_key(network, delivered):
    keys = [network.receive(hook(*made), {"webhook_secret": SECRET}).events[0].key for made in (*delivered, *delivered)]
    assert keys[:3] == keys[3:]
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-telegram-bot-api-secret-token": ""},
        {"x-telegram-bot-api-secret-token": "wrong"},
        {"x-telegram-bot-api-secret-token": SECRET + "x"},
        {"x-telegram-bot-api-secret-token": "sécret"},
    ],
)
def test_a_forged_request_is_refused(network, delivered, headers):
    with pytest.raises(Refused):
        network.receive(hook(headers, delivered[0][1]), {"webhook_secret": SECRET})


@pytest.mark.parametrize("keys", [{}, {"webhook_secret": ""}, {"bot_token": "x"}])
def test_without_a_secret_of_ours_nothing_is_believed(network, delivered, keys):
    with pytest.raises(Refused):
        network.receive(hook({"x-telegram-bot-api-secret-token": ""}, delivered[0][1]), keys)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"{}", b'{"update_id": "5"}', b'{"update_id": true}', b"<html>", b"[" * 5000]
)
def test_a_malformed_request_is_a_bad_answer(network, body):
    with pytest.raises(BadAnswer):
        network.receive(hook({"x-telegram-bot-api-secret-token": SECRET}, body), {"webhook_secret": SECRET})


def test_an_update_that_is_not_about_us_is_no_event(network):
    body = json.dumps({"update_id": 5, "callback_query": {"id": "1"}}).encode()
    assert (
        network.receive(hook({"x-telegram-bot-api-secret-token": SECRET}, body), {"webhook_secret": SECRET}).events
        == ()
    )


def test_of_an_update_only_what_is_used_is_kept(network):
    user = {**LEA, "language_code": "fr", "is_premium": True}
    message = {"message_id": 5, "from": user, "chat": {"id": GROUP, "type": "supergroup"}, "date": 1, "text": "x",
               "contact": {"phone_number": "+33600000000", "first_name": "Léa"},
               "location": {"latitude": 48.85, "longitude": 2.35}}  # fmt: skip
    body = json.dumps({"update_id": 5, "message": message}).encode()
    [event] = network.receive(
        hook({"x-telegram-bot-api-secret-token": SECRET}, body), {"webhook_secret": SECRET}
    ).events
    kept = json.dumps(event.data)
    assert not [part for part in ("336", "48.85", "premium", "language_code") if part in kept]
    assert event.data["message"]["location"] is True


def test_what_a_webhook_brought_is_not_given_up_where_the_server_answers_nonsense(network, wire):
    """The desk takes a bad answer for a wake-up without content, and nobody could poll for these updates."""
    wire.answers.append(httpx.Response(200, json=42))
    with pytest.raises(Temporary):
        network.read_events([{"update_id": 1, "message": {}}])


def test_no_events_cost_no_request(double, network):
    double.requests.clear()
    assert network.read_events([]).inbound == ()
    assert double.requests == []
