"""What an unknown outcome on X is found to be: there, proved absent, or not known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override
from werkzeug.wrappers import Response

from smeditor.exceptions import BadAnswer, OutcomeUnknown, Temporary
from smeditor.networks.base import Message, Prepared
from smeditor.networks.x import X
from tests.networks.x_world import LINK, earlier, now, prepared, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


@pytest.fixture
def network(world):
    return world.network()


def sent(network: X, message: Message):
    return network.send(prepared(network, message), "identity", now())


def test_a_lost_answer_leaves_the_outcome_unknown_and_is_found_by_its_link(world, network):
    message = Message(f"The harbour is closed. {LINK}", link=LINK)
    ready = prepared(network, message)
    world.fail("POST", "/2/tweets")
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "identity", now())
    found = network.read_back(ready, "identity", earlier(seconds=5))
    assert found.found.uri == world.server.posts[0].id
    assert found.checked == 1


def test_a_post_without_link_is_found_by_its_very_text(world, network):
    ready = prepared(network, Message("Fish & chips <3 at lemonde.fr, « déjà » 👨‍👩‍👧"))
    network.send(ready, "identity", now())
    world.server.write(world.server.paper, "Fish & chips")
    assert network.read_back(ready, "identity", earlier(seconds=5)).found.uri == world.server.posts[0].id


def test_a_repeat_that_x_refuses_is_evidence_of_the_first(world, network):
    ready = prepared(network, Message("Good morning"))
    network.send(ready, "identity", now())
    with pytest.raises(OutcomeUnknown, match="repeat"):
        network.send(ready, "identity", now())
    assert len(world.server.posts) == 1
    assert network.read_back(ready, "identity", earlier(seconds=5)).found


def test_absence_is_proved_by_a_timeline_read_to_its_end(world, network):
    ready = prepared(network, Message(f"Never sent {LINK}", link=LINK))
    for number in range(7):
        world.server.write(world.server.paper, f"Something else {number}")
    found = network.read_back(ready, "identity", earlier(seconds=5))
    assert found.absent
    assert found.checked == 7


def test_another_link_is_not_ours_even_where_it_begins_alike(world, network):
    ready = prepared(network, Message(f"Look {LINK}", link=LINK))
    world.server.write(world.server.paper, f"Look {LINK}9")
    assert network.read_back(ready, "identity", earlier(seconds=5)).absent


def test_an_address_that_x_makes_no_link_of_is_found_in_the_text(network):
    from smeditor.networks.x.readback import is_ours

    link = "http://desk.internal/a?d=1"
    assert is_ours({"id": "1", "text": f"Look {link}"}, Prepared({"text": ""}, link))
    assert not is_ours({"id": "1", "text": f"Look {link}2"}, Prepared({"text": ""}, link))


def test_older_posts_are_not_read(world, network):
    ready = prepared(network, Message("Good morning"))
    world.server.write(world.server.paper, "Good morning", at=earlier(hours=2))
    found = network.read_back(ready, "identity", earlier(seconds=5))
    assert (found.absent, found.checked) == (True, 0)


def test_a_timeline_of_many_pages_is_read_to_its_end(world, network):
    from decimal import Decimal

    ready = prepared(network, Message("The first of many"))
    network.send(ready, "identity", now())
    for number in range(30):
        world.server.write(world.server.paper, f"Something else {number}")
    network.costs.budget, network.costs.until = Decimal("0.4"), now() + timedelta(days=3)
    assert network.read_back(ready, "identity", earlier(seconds=30)).found


def test_a_timeline_that_does_not_end_proves_no_absence(world, network, monkeypatch):
    from smeditor.networks.x import readback

    monkeypatch.setattr(readback, "MOST", 5)
    monkeypatch.setattr(readback, "MAX_PAGES", 2)
    ready = prepared(network, Message("Never sent"))
    for number in range(20):
        world.server.write(world.server.paper, f"Something else {number}")
    found = network.read_back(ready, "identity", earlier(seconds=5))
    assert not found.absent
    assert "newest 10" in found.note


def test_a_page_that_leaves_something_out_proves_no_absence(world, network):
    ready = prepared(network, Message("Never sent"))
    for body in (
        '{"meta": {"result_count": 0}, "errors": [{"title": "x", "type": "about:blank"}]}',
        '{"meta": {"result_count": 2}, "data": [{"id": "1", "text": "a"}]}',
        '{"meta": {"result_count": 0}, "data": {}}',
        '{"data": []}',
        "{}",
    ):
        world.fail("GET", f"/2/users/{world.server.paper.id}/tweets", Response(body, content_type="application/json"))
        found = network.read_back(ready, "identity", earlier(seconds=5))
        assert not found.absent, body


def test_a_timeline_that_cannot_be_read_proves_nothing(world, network):
    ready = prepared(network, Message("Never sent"))
    for response in (Response("", 404), Response("<html>", content_type="text/html"), Response("", 503)):
        world.fail("GET", "/2/users", response)
        with pytest.raises((BadAnswer, Temporary)):
            network.read_back(ready, "identity", earlier(seconds=5))


def test_a_part_of_a_thread_is_only_what_answers_the_part_before_it(world, network):
    first = sent(network, Message(f"One {LINK}", link=LINK))
    ready = prepared(network, Message(f"Two {LINK}", link=LINK, reply_to=first.ref))
    assert network.read_back(ready, "identity", earlier(seconds=5)).absent
    second = network.send(ready, "identity", now())
    assert network.read_back(ready, "identity", earlier(seconds=5)).found == second.ref


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"data": {}}',
        b'{"data": {"id": 7}}',
        b'{"data": {"id": "x"}}',
        b"<html>",
        b'{"da',
        b'{"errors": []}',
    ],
)
def test_an_answer_that_is_none_leaves_the_outcome_unknown(world, network, body):
    world.fail("POST", "/2/tweets", Response(body, 201, content_type="application/json"))
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared({"text": "Good morning"}), "identity", now())


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_server_error_while_publishing_leaves_the_outcome_unknown(world, network, status):
    world.fail("POST", "/2/tweets", Response("", status))
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared({"text": "Good morning"}), "identity", now())


def test_a_send_is_tried_once(world, network):
    world.fail("POST", "/2/tweets", Response("", 500))
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared({"text": "Good morning"}), "identity", now())
    assert world.asked("POST", "/2/tweets") == 1


def test_an_unreachable_server_has_published_nothing():
    with override("en"), x_world() as world:
        network = world.network(server_url="http://127.0.0.1:9")
        with pytest.raises(Temporary):
            network.send(Prepared({"text": "Good morning"}), "identity", now())
