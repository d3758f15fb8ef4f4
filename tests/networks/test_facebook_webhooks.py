"""What Meta's webhooks may and may not make the desk believe."""

from __future__ import annotations

import hashlib
import hmac
import json
import random

import pytest

from smeditor.exceptions import BadAnswer, NetworkError, Refused
from smeditor.networks.base import Kind, Message, Presence, WebhookRequest
from smeditor.networks.facebook import Facebook
from smeditor.networks.graph.webhooks import MOST_BYTES
from tests.networks.doubles.graph import Sender, signature
from tests.networks.facebook_account import facebook_account, facebook_server

SECRET = "0123456789abcdef" * 2
VERIFY = "meatyhamhock-2026"
KEYS = {"client_id": "424242424242", "client_secret": SECRET, "verify_token": VERIFY}
PAGE = "100000000100002"


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        account.network.subscribe("https://desk.example/hooks", "")
        yield account


@pytest.fixture
def sender():
    return Sender(SECRET, VERIFY, "page")


def comment_value(number: int = 1, **more):
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": f"55_{number}",
        "post_id": f"{PAGE}_55",
        "parent_id": f"{PAGE}_55",
        "created_time": 1_795_000_000 + number,
        "from": {"id": "777", "name": "Léo"},
        "message": f"Et la nappe ? {number}",
        **more,
    }


# the challenge


def test_the_challenge_is_answered(sender):
    assert Facebook.receive(sender.challenge("1158201444"), KEYS).answer == "1158201444"


@pytest.mark.parametrize("token", ["", "wrong", VERIFY + "x", VERIFY[:-1], VERIFY.upper(), "é"])
def test_a_challenge_with_another_verify_token_is_refused(sender, token):
    with pytest.raises(Refused):
        Facebook.receive(sender.challenge(token=token), KEYS)


@pytest.mark.parametrize("keys", [{}, {"verify_token": ""}, {"client_secret": SECRET}])
def test_no_challenge_is_answered_while_the_app_is_not_set_up(sender, keys):
    with pytest.raises(Refused):
        Facebook.receive(sender.challenge(token=keys.get("verify_token", "")), keys)


@pytest.mark.parametrize("value", ["", "<script>", "a b", "x" * 201, "é"])
def test_a_challenge_that_is_none_is_not_repeated(sender, value):
    with pytest.raises(BadAnswer):
        Facebook.receive(sender.challenge(value), KEYS)


# deliveries


def test_a_signed_delivery_is_believed(sender):
    received = Facebook.receive(sender.delivery((PAGE, "feed", comment_value())), KEYS)
    [event] = received.events
    assert (event.account, event.data["field"], event.data["value"]["comment_id"]) == (PAGE, "feed", "55_1")
    assert json.loads(json.dumps(event.data)) == event.data


def test_the_same_change_has_the_same_key_and_another_one_another(sender):
    first = sender.delivery((PAGE, "feed", comment_value()), at=5)
    again = sender.delivery((PAGE, "feed", comment_value()), at=5)
    beside = sender.delivery((PAGE, "feed", comment_value()), (PAGE, "feed", comment_value(2)), at=5)
    keys = [[event.key for event in Facebook.receive(request, KEYS).events] for request in (first, again, beside)]
    assert keys[0] == keys[1] == keys[2][:1]
    assert len(set(keys[2])) == 2


def test_one_delivery_tells_of_several_pages(sender):
    received = Facebook.receive(
        sender.delivery((PAGE, "feed", comment_value()), ("42", "mention", {"post_id": "1_2"})), KEYS
    )
    assert [event.account for event in received.events] == [PAGE, "42"]


def test_changes_of_other_objects_are_believed_and_left_out():
    sender = Sender(SECRET, VERIFY, "instagram")
    assert Facebook.receive(sender.delivery((PAGE, "comments", {"id": "1"})), KEYS).events == ()


def test_no_delivery_is_believed_while_the_app_has_no_secret():
    empty = Sender("", VERIFY, "page").delivery((PAGE, "feed", comment_value()))
    for keys in ({}, {"client_secret": ""}):
        with pytest.raises(Refused):
            Facebook.receive(empty, keys)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", ""])
def test_another_method_is_no_webhook(sender, method):
    request = sender.delivery((PAGE, "feed", comment_value()))
    with pytest.raises(BadAnswer):
        Facebook.receive(WebhookRequest(method, {}, request.headers, request.body), KEYS)


# five hundred deliveries that are not what they seem


def wrongly_signed(chance: random.Random, sender: Sender) -> WebhookRequest:
    """A delivery of a true form whose signature proves nothing."""
    honest = sender.delivery(*((PAGE, "feed", comment_value(number)) for number in range(chance.randint(1, 4))))
    body, right = honest.body, honest.headers["x-hub-signature-256"]
    digest = right.partition("=")[2]
    headers = chance.choice(
        [
            {},
            {"x-hub-signature-256": ""},
            {"x-hub-signature-256": digest},
            {"x-hub-signature-256": f"sha1={hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()}"},
            {"x-hub-signature": f"sha1={hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()}"},
            {"x-hub-signature-256": signature(body, SECRET[:-1])},
            {"x-hub-signature-256": signature(body, "")},
            {"x-hub-signature-256": signature(body + b" ", SECRET)},
            {"x-hub-signature-256": right.upper()},
            {"x-hub-signature-256": right[:-1]},
            {"x-hub-signature-256": right + "0"},
            {"x-hub-signature-256": right + "\n"},
            {"x-hub-signature-256": f"sha256={'0' * 64}"},
            {"x-hub-signature-256": f"SHA256={digest}"},
            {"x-hub-signature-256": f"sha256={digest}, sha256={digest}"},
            {"x-hub-signature-256": "sha256=" + chance.randbytes(32).hex()},
        ]
    )
    return WebhookRequest("POST", {}, headers, body)


def tampered(chance: random.Random, sender: Sender) -> WebhookRequest:
    """A true delivery of which one byte was changed, added or taken away."""
    honest = sender.delivery((PAGE, "feed", comment_value(chance.randint(1, 99))))
    body, place = bytearray(honest.body), chance.randrange(len(honest.body))
    match chance.randrange(3):
        case 0:
            body[place] ^= 1 << chance.randrange(8)
        case 1:
            body.insert(place, chance.randrange(256))
        case _:
            del body[place]
    return WebhookRequest("POST", {}, honest.headers, bytes(body))


def malformed(chance: random.Random, sender: Sender) -> WebhookRequest:
    """A delivery that is signed as it must be, and makes no sense."""
    junk = [None, True, 0, -1, 10**30, "", "x", [], {}, [[]], [None], {"": None}]
    change = {"field": "feed", "value": comment_value()}
    entry = {"id": PAGE, "time": 1, "changes": [change]}
    whole = {"object": "page", "entry": [entry]}
    part = chance.choice([whole, entry, change])
    part[chance.choice(list(part))] = chance.choice(junk)
    if chance.random() < 0.3:
        body = chance.choice(
            [b"", b"{", b"\xff\xfe", b"null", b"[]", b'"x"', b"NaN", b"{" * 500, b"[" * 100_000, b'{"object":"page"}']
        )
        return sender.request(body, signature(body, SECRET))
    return sender.signed(whole)


def oversized(chance: random.Random, sender: Sender) -> WebhookRequest:
    """A delivery that is signed and larger than any honest one."""
    if chance.random() < 0.5:
        body = b'{"object":"page","entry":[]' + b" " * MOST_BYTES + b"}"
        return sender.request(body, signature(body, SECRET))
    value = {"item": "comment"}
    return sender.delivery(*((PAGE, "feed", value) for _number in range(1001 + chance.randrange(50))))


@pytest.mark.parametrize("seed", range(10))
def test_none_of_fifty_deliveries_that_lie_is_believed(sender, seed):
    chance = random.Random(seed)
    for _number in range(20):
        with pytest.raises(Refused):
            Facebook.receive(wrongly_signed(chance, sender), KEYS)
    for _number in range(18):
        with pytest.raises(Refused):
            Facebook.receive(tampered(chance, sender), KEYS)
    for _number in range(2):
        with pytest.raises(BadAnswer):
            Facebook.receive(oversized(chance, sender), KEYS)
    for _number in range(10):
        request = malformed(chance, sender)
        try:
            events = Facebook.receive(request, KEYS).events
        except NetworkError:
            continue
        # What is left of it has the form of a change: an account that is an id, a field, a value.
        assert all(event.account.isdigit() and isinstance(event.data["value"], dict) for event in events)


@pytest.mark.parametrize("seed", range(5))
def test_replayed_and_shuffled_deliveries_tell_the_same_once(page, seed):
    chance = random.Random(seed)
    post = page.publish("Un").ref
    comments = [page.server.comment(post.uri, f"Question {number}") for number in range(6)]
    page.server.edit_comment(comments[0], "Question corrigée")
    page.server.remove(comments[1])
    page.server.add_reaction(post.uri, "LOVE")
    deliveries = page.server.sender.waiting * 3
    chance.shuffle(deliveries)
    stored = {}
    for request in deliveries:
        for event in Facebook.receive(request, page.keys).events:
            stored.setdefault(event.key, event)
    assert len(stored) == 9
    batch = page.network.read_events([event.data for event in stored.values()])
    alive = {item.native_id for item in batch.inbound if item.kind is Kind.COMMENT}
    assert alive == {comments[0], *comments[2:]}
    assert batch.deleted == (comments[1],)
    assert [item.reaction_type for item in batch.inbound if item.kind is Kind.LIKE] == ["love"]


# what the events tell


def events_of(page):
    found = [
        event.data for request in page.server.sender.waiting for event in Facebook.receive(request, page.keys).events
    ]
    page.server.sender.waiting.clear()
    return found


def test_a_comment_is_told_as_it_will_be_collected(page):
    post = page.publish("Un").ref
    first = page.server.comment(post.uri, "Et la nappe ? https://example.net/preuve")
    page.server.comment(first, "Oui, la nappe ?")
    announced = {item.native_id: item for item in page.network.read_events(events_of(page)).inbound}
    collected = {item.native_id: item for item in page.network.collect({}, [post]).inbound}
    assert announced.keys() == collected.keys()
    for native_id, item in announced.items():
        other = collected[native_id]
        for name in ("kind", "author", "text", "in_reply_to", "root", "links"):
            assert getattr(item, name) == getattr(other, name), name


def test_what_the_page_itself_writes_is_not_told(page):
    post = page.publish("Un").ref
    page.publish(Message("Suite", reply_to=post, comment=True))
    own = {**comment_value(), "from": {"id": page.server.page.id, "name": "La Gazette"}}
    page.server.sender.send((page.server.page.id, "feed", own))
    assert page.network.read_events(events_of(page)).inbound == ()


def test_a_reaction_is_told_with_its_kind_and_taken_back(page):
    post = page.publish("Un").ref
    page.server.add_reaction(post.uri, "ANGRY")
    [item] = page.network.read_events(events_of(page)).inbound
    assert (item.kind, item.subject, item.reaction_type) == (Kind.LIKE, post.uri, "angry")
    page.server.take_reaction(post.uri)
    batch = page.network.read_events(events_of(page))
    assert (batch.inbound, batch.deleted) == ((), (item.native_id,))


def test_a_change_of_mind_is_the_same_reaction(page):
    post = page.publish("Un").ref
    page.server.add_reaction(post.uri, "LIKE")
    page.server.add_reaction(post.uri, "SAD")
    [item] = page.network.read_events(events_of(page)).inbound
    assert item.reaction_type == "sad"
    assert [other.native_id for other in page.network.collect({}, [post]).inbound] == [item.native_id]


def test_a_reaction_to_a_readers_comment_is_nobodys_business(page):
    value = {"item": "reaction", "verb": "add", "comment_id": "55_1", "post_id": f"{PAGE}_55", "from": {"id": "7"}}
    event = {
        "field": "feed",
        "value": {**value, "created_time": 1_795_000_000, "reaction_type": "love"},
        "at": 1_795_000_000,
    }
    assert page.network.read_events([event]).inbound == ()


def test_a_mention_is_read_where_the_event_only_names_it(page):
    mention = page.server.mention("Avez-vous vu l’article de La Gazette ?")
    [item] = page.network.read_events(events_of(page)).inbound
    assert (item.kind, item.native_id, item.text) == (Kind.MENTION, mention, "Avez-vous vu l’article de La Gazette ?")


def test_a_visitors_post_is_told_and_its_removal_too(page):
    post = page.server.visit("Bonjour la rédaction")
    [item] = page.network.read_events(events_of(page)).inbound
    assert (item.kind, item.native_id) == (Kind.MENTION, post)
    page.server.remove(post)
    assert page.network.read_events(events_of(page)).deleted == (post,)


def test_a_removal_that_overtakes_its_comment_stays_final(page):
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Je regrette")
    page.server.remove(comment)
    batch = page.network.read_events(list(reversed(events_of(page))))
    assert (batch.inbound, batch.deleted) == ((), (comment,))


def test_a_hidden_comment_is_not_emptied_by_the_event(page):
    value = {**comment_value(), "verb": "hide"}
    del value["message"]
    assert page.network.read_events([{"field": "feed", "value": value, "at": 1_795_000_000}]).inbound == ()


def test_an_event_of_any_content_raises_nothing(page):
    chance = random.Random(7)
    junk = [None, True, 0, -1, 10**30, 1.5, "", "x", "1_2", [], {}, [[]], [None], {"id": 1}, {"id": "1"}, {"id": None}]
    for _number in range(3000):
        value = comment_value() | {"reaction_type": "love"}
        value["item"] = chance.choice(["comment", "reaction", "post", "status", "video", "", "x"])
        value["verb"] = chance.choice(["add", "edited", "remove", "hide", "", "x"])
        for _part in range(chance.randint(1, 3)):
            value[chance.choice(list(value))] = chance.choice(junk)
        field, at = chance.choice(["feed", "feed", "x", None]), chance.choice([*junk, 1_795_000_000])
        page.network.read_events([{"field": field, "value": chance.choice([value, value, *junk]), "at": at}])


def test_a_page_that_is_not_subscribed_is_told_nothing(page):
    page.network.unsubscribe()
    post = page.publish("Un").ref
    page.server.comment(post.uri, "Et la nappe ?")
    assert page.server.sender.waiting == []
    page.network.subscribe("", "")
    page.network.subscribe("", "")
    assert page.server.page.hidden["subscribed"] == ("feed", "mention")


def test_what_was_told_can_be_checked(page):
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Je regrette")
    page.server.add_reaction(post.uri)
    ids = [item.native_id for item in page.network.read_events(events_of(page)).inbound]
    assert set(page.network.check(ids).values()) == {Presence.ALIVE}
    page.server.remove(comment)
    page.server.take_reaction(post.uri)
    assert set(page.network.check(ids).values()) == {Presence.DELETED}
