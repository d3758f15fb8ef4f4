"""Publishing on X: posts, threads, replies, quotes, corrections, deletion, and what an unknown outcome is found to be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override
from werkzeug.wrappers import Response

from smeditor.exceptions import (
    AuthExpired,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    UnsupportedFeature,
)
from smeditor.networks.base import Guarantee, Kind, Message, Prepared, Ref
from smeditor.networks.messages import ONLY_SELF
from smeditor.networks.registry import get_network_class
from smeditor.networks.x import X
from tests.networks.x_world import LINK, World, image, now, prepared, publish, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


@pytest.fixture
def network(world):
    return world.network()


def sent(network: X, message: Message):
    return network.send(prepared(network, message), "identity", now())


def test_x_is_a_network_that_ships():
    assert get_network_class("x") is X
    assert X.capabilities.guarantee is Guarantee.READ_BACK


def test_a_post_is_published_with_its_text_and_its_address(world, network):
    receipt = sent(network, Message(f"The harbour is closed. {LINK}", link=LINK))
    (post,) = world.server.posts
    assert post.text == f"The harbour is closed. {LINK}"
    assert receipt.ref.uri == post.id
    assert receipt.ref.url == f"https://x.com/paper/status/{post.id}"


def test_nothing_but_what_the_message_says_is_sent(world, network):
    assert prepared(network, Message("Good morning", language="en")).body == {"text": "Good morning"}


def test_a_thread_is_a_chain_of_replies(world, network):
    first = sent(network, Message("One"))
    second = sent(network, Message("Two", reply_to=first.ref, root=first.ref))
    third = sent(network, Message("Three", reply_to=second.ref, root=first.ref))
    posts = {post.id: post for post in world.server.posts}
    assert posts[third.ref.uri].reply_to is posts[second.ref.uri]
    assert posts[third.ref.uri].root is posts[first.ref.uri]


def test_a_reader_who_named_us_is_answered(world, network):
    reader = world.server.add_user("reader")
    theirs = world.server.write(reader, "@paper is this true?")
    answer = sent(network, Message("Yes.", reply_to=Ref(theirs.id), answers=Kind.MENTION))
    assert world.server.post(answer.ref.uri).reply_to is theirs


def test_a_reader_who_answered_us_is_answered(world, network):
    ours = sent(network, Message("The harbour is closed."))
    theirs = world.server.write(world.server.add_user("reader"), "Why?", reply_to=world.server.post(ours.ref.uri))
    assert sent(network, Message("Ice.", reply_to=Ref(theirs.id), answers=Kind.REPLY)).ref.uri


def test_a_reader_who_did_not_name_us_cannot_be_answered_and_a_sentence_says_so(world, network):
    theirs = world.server.write(world.server.add_user("reader"), "The harbour is closed")
    with pytest.raises(Refused, match="only where its author named the account"):
        sent(network, Message("Indeed.", reply_to=Ref(theirs.id)))


def test_a_quote_is_refused_without_an_enterprise_contract_and_a_sentence_says_so(world, network):
    theirs = world.server.write(world.server.add_user("reader"), "A fine photo")
    message = Message("Look", quote=Ref(theirs.id))
    assert "only from apps with an Enterprise contract" in network.losses(message)[0]
    with pytest.raises(Refused, match="another contract"):
        sent(network, message)


def test_a_quote_is_published_with_an_enterprise_contract(world, network):
    world.server.enterprise = True
    theirs = world.server.write(world.server.add_user("reader"), "A fine photo")
    receipt = sent(network, Message("Look", quote=Ref(theirs.id)))
    assert world.server.post(receipt.ref.uri).quote is theirs


def test_a_second_cashtag_is_warned_of_and_refused(world, network):
    message = Message("$AAPL and $MSFT fall")
    assert "more than one cashtag" in network.losses(message)[0]
    with pytest.raises(Refused):
        sent(network, message)


def test_a_post_of_nothing_is_refused_before_it_is_sent(world, network):
    with pytest.raises(Refused, match="needs a text"):
        network.prepare(Message("  "), {})


@pytest.mark.parametrize("wrong", ["", "at://did:plc:x/app.bsky.feed.post/1", "12a", "1" * 20, "../users/me"])
def test_an_answer_to_what_is_no_post_of_x_is_refused_before_it_is_sent(world, network, wrong):
    with pytest.raises(Refused, match="not the id of a post"):
        network.prepare(Message("Yes", reply_to=Ref(wrong)), {})


def test_a_test_that_nobody_else_shall_see_is_refused_before_it_is_sent(world, network):
    with pytest.raises(Refused, match="only the account sees"):
        network.prepare(Message("Test", visibility=ONLY_SELF), {})
    assert world.server.requests == []


# limits


def test_an_account_without_premium_writes_280_weighted_characters(network):
    limits = network.limits()
    assert (limits.max_length, limits.unit) == (280, "weighted")
    assert network.length("故" * 141) - limits.max_length == 2


def test_an_account_with_premium_writes_more(world, network):
    world.server.paper.subscription_type = "Premium"
    assert network.limits().max_length == 25_000
    receipt = sent(network, Message("word " * 100))
    assert len(world.server.post(receipt.ref.uri).text) == 500


@pytest.mark.parametrize("kind", [None, 7, [], {}, "None", "premium"])
def test_a_subscription_that_x_does_not_tell_is_none(kind):
    from smeditor.networks.x.limits import STANDARD, limits_of

    assert limits_of({"subscription_type": kind}) is STANDARD


# correcting and deleting


def test_a_correction_within_thirty_minutes_makes_a_new_version(world, network):
    world.server.paper.subscription_type = "Premium"
    first = sent(network, Message("The harbor is closed"))
    second = network.edit(first.ref, prepared(network, Message("The harbour is closed")))
    (post,) = world.server.posts
    assert post.text == "The harbour is closed"
    assert post.versions == [first.ref.uri, second.ref.cid]
    assert second.ref.uri == first.ref.uri
    third = network.edit(first.ref, prepared(network, Message("The port is closed")))
    assert post.versions[-1] == third.ref.cid


def test_a_correction_keeps_the_images(world, network):
    world.server.paper.subscription_type = "Premium"
    first = sent(network, Message("The harbor", media=(image(),)))
    before = world.server.posts[0].media
    network.edit(first.ref, prepared(network, Message("The harbour")))
    assert world.server.posts[0].media == before


def test_an_account_without_premium_is_told_that_it_cannot_correct(world, network):
    first = sent(network, Message("The harbor is closed"))
    with pytest.raises(Refused, match="X Premium"):
        network.edit(first.ref, Prepared({"text": "The harbour is closed"}))
    network.verify()
    with pytest.raises(UnsupportedFeature, match="X Premium"):
        network.edit(first.ref, Prepared({"text": "The harbour is closed"}))


def test_a_correction_that_comes_too_late_is_refused_with_a_sentence(world, network):
    world.server.paper.subscription_type = "Premium"
    first = sent(network, Message("The harbor is closed"))
    world.server.clock.ahead += 1860
    with pytest.raises(Refused, match="thirty minutes"):
        network.edit(first.ref, Prepared({"text": "The harbour is closed"}))


def test_a_correction_whose_answer_was_lost_is_unknown(world, network):
    world.server.paper.subscription_type = "Premium"
    first = sent(network, Message("The harbor is closed"))
    world.fail("POST", "/2/tweets")
    with pytest.raises(OutcomeUnknown):
        network.edit(first.ref, Prepared({"text": "The harbour is closed"}))


def test_a_deleted_post_is_gone_and_deleting_it_again_is_done(world, network):
    receipt = sent(network, Message("Good morning"))
    network.delete(receipt.ref)
    assert world.server.post(receipt.ref.uri) is None
    network.delete(receipt.ref)


def test_a_deletion_that_x_does_not_confirm_is_no_deletion(world, network):
    receipt = sent(network, Message("Good morning"))
    world.fail("DELETE", "/2/tweets", Response('{"data": {"deleted": false}}', content_type="application/json"))
    with pytest.raises(Refused):
        network.delete(receipt.ref)
    world.fail("DELETE", "/2/tweets", Response("{}", content_type="application/json"))
    with pytest.raises(OutcomeUnknown):
        network.delete(receipt.ref)
    world.fail("DELETE", "/2/tweets", Response("", 404))
    with pytest.raises(NetworkError):
        network.delete(receipt.ref)
    assert world.server.post(receipt.ref.uri)


def test_a_post_of_somebody_else_is_not_deleted(world, network):
    theirs = world.server.write(world.server.add_user("reader"), "Mine")
    with pytest.raises(Refused):
        network.delete(Ref(theirs.id))


# limits of rates


def test_a_used_up_window_says_until_when(world, network):
    world.server.limits["POST /2/tweets"] = 1
    sent(network, Message("One"))
    with pytest.raises(RateLimited) as caught:
        sent(network, Message("Two"))
    assert timedelta(minutes=14) < caught.value.until - now() <= timedelta(minutes=15)
    assert network.rates["posts"].remaining == 0


def test_the_days_limit_counts_where_it_is_what_is_used_up(world, network):
    world.server.day_limit_reached = True
    with pytest.raises(RateLimited) as caught:
        sent(network, Message("One"))
    assert caught.value.until - now() > timedelta(hours=19)


def test_each_endpoint_has_its_own_limit(world, network):
    world.server.limits["POST /2/tweets"] = 1
    sent(network, Message("One"))
    network.verify()
    assert {bucket: rate.limit for bucket, rate in network.rates.items()} == {"posts": 1, "users": 75}


def test_missing_credits_are_waited_for(world, network):
    from decimal import Decimal

    world.server.credit = Decimal(0)
    with pytest.raises(RateLimited, match="credits"):
        sent(network, Message("One"))
    assert world.server.posts == []


def test_a_suspended_account_is_said_to_be_one(world, network):
    world.server.paper.suspended = True
    with pytest.raises(AuthExpired, match="suspended"):
        publish(network, Message("One"))


def test_a_world_is_closed_without_a_breach(world: World):
    assert world.server.breaches == []
