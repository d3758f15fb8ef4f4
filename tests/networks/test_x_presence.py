"""Whether reactions on X are still there, and what the desk does to them."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override
from werkzeug.wrappers import Response

from smeditor.exceptions import BadAnswer, Gone, Refused, UnsupportedFeature
from smeditor.networks.base import Message, Presence, ReaderOperation
from tests.networks.x_world import publish, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        found.reader = found.server.add_user("reader", "A Reader")
        yield found


@pytest.fixture
def network(world):
    return world.network()


def ours(world, network, text="The harbour is closed."):
    ref = publish(network, Message(text)).ref
    return ref, world.server.post(ref.uri)


# presence


def test_presence_is_what_x_says_of_each_id(world, network):
    alive = world.server.write(world.reader, "@paper 1")
    edited = world.server.write(world.reader, "@paper 2")
    gone = world.server.write(world.reader, "@paper 3")
    hidden_away = world.server.write(world.server.add_user("shy", protected=True), "@paper 4")
    stopped = world.server.write(world.server.add_user("banned", suspended=True), "@paper 5")
    world.server.rewrite(edited, "@paper two")
    gone.deleted = True
    found = network.check([post.versions[0] for post in (alive, edited, gone, hidden_away, stopped)])
    assert list(found.values()) == [
        Presence.ALIVE,
        Presence.EDITED,
        Presence.DELETED,
        Presence.PROTECTED,
        Presence.SUSPENDED,
    ]


def test_what_x_does_not_speak_of_is_unknown(world, network):
    world.fail("GET", "/2/tweets", Response("{}", content_type="application/json"))
    assert network.check(["123"]) == {"123": Presence.UNKNOWN}


@pytest.mark.parametrize(
    "problem",
    [
        {},
        {"type": "about:blank"},
        {"type": "https://api.twitter.com/2/problems/usage-capped"},
        {"type": "https://api.twitter.com/2/problems/resource-not-found", "resource_type": "user"},
        {"type": "https://api.twitter.com/2/problems/resource-not-found", "resource_id": "124", "value": "124"},
        {"type": "resource-not-found"},
    ],
)
def test_only_the_networks_own_not_found_of_this_post_is_a_deletion(world, network, problem):
    body = {"errors": [{"title": "x", "resource_id": "123", "value": "123", **problem}]}
    world.fail("GET", "/2/tweets", Response(json.dumps(body), content_type="application/json"))
    assert network.check(["123"])["123"] is Presence.UNKNOWN


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_a_failed_request_is_no_deletion(world, network, status):
    world.fail("GET", "/2/tweets", Response("", status))
    assert network.check(["123"]) == {"123": Presence.UNKNOWN}


def test_likes_are_not_asked_for_one_by_one(world, network):
    assert network.check(["1/liking_users/2", "at://x"]) == dict.fromkeys(
        ["1/liking_users/2", "at://x"], Presence.UNKNOWN
    )
    assert world.server.requests == []


def test_more_than_a_hundred_ids_are_asked_in_parts(world, network):
    posts = [world.server.write(world.reader, f"@paper {number}") for number in range(150)]
    found = network.check([post.id for post in posts])
    assert set(found.values()) == {Presence.ALIVE}
    assert world.asked("GET", "/2/tweets") == 2


# operations


def test_a_reply_is_hidden_and_shown_again_and_twice_is_once(world, network):
    _ref, post = ours(world, network)
    reply = world.server.write(world.reader, "Rubbish", reply_to=post)
    for _time in range(2):
        network.operate(reply.id, ReaderOperation.HIDE)
        assert reply.hidden
    for _time in range(2):
        network.operate(reply.id, ReaderOperation.UNHIDE)
        assert not reply.hidden


def test_a_like_needs_an_enterprise_contract_and_a_sentence_says_so(world, network):
    post = world.server.write(world.reader, "@paper Bravo")
    with pytest.raises(UnsupportedFeature, match="Enterprise"):
        network.operate(post.id, ReaderOperation.LIKE)


def test_a_like_is_given_and_taken_back(world, network):
    world.server.enterprise = True
    post = world.server.write(world.reader, "@paper Bravo")
    network.operate(post.id, ReaderOperation.LIKE)
    network.operate(post.id, ReaderOperation.LIKE)
    assert post.likes == [world.server.paper]
    network.operate(post.id, ReaderOperation.UNLIKE)
    assert post.likes == []


def test_hiding_what_is_gone_is_gone(world, network):
    with pytest.raises(Gone):
        network.operate("123", ReaderOperation.HIDE)


def test_hiding_what_is_no_reply_to_us_is_refused(world, network):
    post = world.server.write(world.reader, "@paper Bravo")
    with pytest.raises(Refused):
        network.operate(post.id, ReaderOperation.HIDE)


def test_hiding_that_x_does_not_confirm_is_no_success(world, network):
    for body, error in (("{}", BadAnswer), ('{"data": {"hidden": false}}', Refused)):
        world.fail("PUT", "/2/tweets", Response(body, content_type="application/json"))
        with pytest.raises(error):
            network.operate("123", ReaderOperation.HIDE)


@pytest.mark.parametrize("wrong", ["", "1/liking_users/2", "../users/me", "at://x"])
def test_an_operation_on_what_is_no_post_is_refused_before_it_is_sent(world, network, wrong):
    with pytest.raises(Refused):
        network.operate(wrong, ReaderOperation.HIDE)
    assert world.server.requests == []
