"""What X charges: said before it is spent, noted for each call, never below what X itself counts, never beyond the ceiling."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from smeditor.exceptions import OutcomeUnknown, RateLimited
from smeditor.networks.base import App, Captions, Message, Prepared, ReaderOperation, Ref
from smeditor.networks.costs import Costs
from smeditor.networks.x import prices
from tests.networks.doubles.x.consent import CLIENT_ID, CLIENT_SECRET
from tests.networks.x_world import LINK, earlier, image, now, prepared, publish, video, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        found.reader = found.server.add_user("reader", "A Reader")
        yield found


@pytest.fixture
def network(world):
    return world.network()


@pytest.mark.parametrize(
    ("message", "price"),
    [
        (Message("Good morning"), "0.015"),
        (Message(f"Good morning {LINK}"), "0.200"),
        (Message("Good morning, lemonde.fr"), "0.200"),
        (Message("Look", media=(image(),)), "0.020"),
        (Message("Look", media=(image(alt=""),)), "0.015"),
        (Message("Look", media=(image(), image())), "0.025"),
        (Message("Look", media=(video(10, captions=(Captions("fr", "WEBVTT"), Captions("en", "WEBVTT"))),)), "0.025"),
    ],
    ids=["text", "link", "bare host", "image", "image without alt", "two images", "video with two subtitles"],
)
def test_the_price_of_a_message_is_what_publishing_it_then_costs(world, network, message, price):
    assert network.price(message) == Decimal(price)
    publish(network, message)
    assert network.costs.spent() == Decimal(price)
    assert world.server.billed <= network.costs.spent()


def test_each_call_of_a_day_is_noted_and_the_sum_is_never_below_what_x_counts(world, network):
    network.verify()
    refs = [publish(network, Message(f"Post {number}")).ref for number in range(3)]
    for number, ref in enumerate(refs):
        post = world.server.post(ref.uri)
        reply = world.server.write(world.reader, f"Why {number}?", reply_to=post)
        post.likes.append(world.reader)
        post.reposts.append(world.reader)
        world.server.write(world.reader, "See", quote=post)
        network.operate(reply.id, ReaderOperation.HIDE)
    cursor = {}
    for _time in range(3):
        batch = network.collect(cursor, refs)
        cursor = batch.cursor
    network.check([ref.uri for ref in refs])
    network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=5))
    network.delete(refs[0])
    assert network.costs.spent() >= world.server.billed > 0
    assert {"post", "own account", "hide", "delete", "look up posts"} <= {cost.operation for cost in network.costs}
    assert all(cost.amount >= 0 for cost in network.costs)


def test_what_is_refused_costs_nothing(world, network):
    publish(network, Message("Good morning"))
    before = network.costs.spent()
    with pytest.raises(OutcomeUnknown):
        publish(network, Message("Good morning"))
    assert network.costs.spent() == before
    assert world.server.billed == before


def test_an_unknown_outcome_is_counted_as_if_it_had_been_charged(world, network):
    world.fail("POST", "/2/tweets")
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared({"text": f"Good morning {LINK}"}), "identity", now())
    assert network.costs.spent() == prices.POST_WITH_LINK


def test_the_owner_of_the_app_pays_less_for_its_own_posts_and_mentions(world):
    keys = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "owner_handle": "@Paper"}
    network = world.network(app=App(world.server.url, keys))
    for number in range(10):
        world.server.write(world.server.paper, f"Ours {number}")
    network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=5))
    assert network.costs.spent() == Decimal("0.010")
    assert network.costs.spent() == world.server.billed


def test_whoever_does_not_own_the_app_is_counted_the_full_price(world, network):
    world.server.paper_owns_app = False
    for number in range(10):
        world.server.write(world.server.paper, f"Ours {number}")
    network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=5))
    assert network.costs.spent() == Decimal("0.050") == world.server.billed


def capped(network, budget):
    network.costs = Costs()
    network.costs.budget, network.costs.until = Decimal(budget), now() + timedelta(days=3)


def test_beyond_the_ceiling_nothing_is_asked(world, network):
    capped(network, "0.004")
    ref = Ref("123")
    deeds = [
        lambda: publish(network, Message("Good morning")),
        lambda: network.delete(ref),
        lambda: network.collect({}, [ref]),
        lambda: network.check(["123"]),
        lambda: network.operate("123", ReaderOperation.HIDE),
        lambda: network.read_back(Prepared({"text": "x"}), "identity", now()),
        network.verify,
    ]
    for deed in deeds:
        with pytest.raises(RateLimited, match="ceiling") as caught:
            deed()
        assert caught.value.until == network.costs.until
    assert world.server.requests == []


def test_near_the_ceiling_less_is_asked_for_at_a_time(world, network):
    for number in range(40):
        world.server.write(world.server.paper, f"Ours {number}")
    capped(network, "0.060")
    with pytest.raises(RateLimited):
        network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=30))
    assert Decimal("0.04") < network.costs.spent() <= Decimal("0.060")


def test_reading_with_less_to_spend_stops_before_posting(world, network):
    reading, sending = network, world.network()
    capped(reading, "0.010")
    capped(sending, "0.250")
    ready = prepared(sending, Message(f"Good morning {LINK}"))
    with pytest.raises(RateLimited):
        reading.collect({})
    assert sending.send(ready, "identity", now()).ref.uri


def test_a_post_with_a_link_that_cannot_be_paid_is_not_sent(world, network):
    capped(network, "0.1")
    with pytest.raises(RateLimited):
        publish(network, Message(f"Good morning {LINK}"))
    publish(network, Message("Good morning"))
    assert len(world.server.posts) == 1
