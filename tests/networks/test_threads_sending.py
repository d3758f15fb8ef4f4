"""Publishing on Threads: containers first, then one request that readers see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.exceptions import (
    AuthExpired,
    Gone,
    OutcomeUnknown,
    PreparationLost,
    RateLimited,
    Refused,
    Temporary,
    UnsupportedFeature,
)
from smeditor.networks.base import Message, Prepared, ReaderOperation, Ref
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import ThreadsError, lost
from tests.networks.threads_steps import Fault, now, prepared, publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network


# sending


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.TIMEOUT, Fault.LOST_ANSWER, Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE]
)
def test_a_send_without_a_clear_answer_has_an_unknown_outcome(world, network, fault):
    ready = prepared(network, Message("Qui sait"))
    world.faults.waiting.append((fault, True))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())


@pytest.mark.parametrize("code", [-1, 1, 2, 999])
def test_an_error_that_may_come_while_it_publishes_leaves_the_outcome_open(world, network, code):
    ready = prepared(network, Message("Peut-être"))
    error = ThreadsError(code, "An unknown error occurred", http=400)
    world.server.fail(lambda _method, path: path.endswith("publish"), error, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())


def test_the_same_error_while_preparing_is_a_passing_thing(world, network):
    world.server.fail(lambda _m, path: path == "/me/threads", ThreadsError(2, "Service temporarily unavailable"))
    with pytest.raises(Temporary):
        network.prepare(Message("Plus tard"), {})


def test_a_container_that_got_lost_is_prepared_anew(world, network):
    ready = prepared(network, Message("Perdu"))
    world.server.containers[ready.body["creation_id"]].forgotten = True
    with pytest.raises(PreparationLost):
        network.send(ready, "x", now())
    assert issubclass(PreparationLost, Temporary)


def test_a_finished_container_that_publishing_does_not_find_is_prepared_anew(world, network):
    """gitroomhq/postiz-app#2047, nopara73/LongevityWorldCup#815."""
    ready = prepared(network, Message("Course"))
    world.server.fail(lambda _m, path: path.endswith("publish"), lost("1"))
    with pytest.raises(PreparationLost):
        network.send(ready, "x", now())
    assert world.ours() == []


def test_publishing_a_container_twice_is_never_a_second_preparation(world, network):
    ready = prepared(network, Message("Une fois"))
    network.send(ready, "x", now())
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())
    assert len(world.ours()) == 1


def test_a_prepared_body_that_was_spoilt_is_prepared_anew(network):
    with pytest.raises(PreparationLost):
        network.send(Prepared({"creation_id": "../me"}), "x", now())


def test_too_many_posts_name_the_time_to_come_back(world, network):
    ready = prepared(network, Message("Trop"))
    world.faults.waiting.append((Fault.RATE_LIMITED, True))
    with pytest.raises(RateLimited) as caught:
        network.send(ready, "x", now())
    assert now() < caught.value.until <= now() + timedelta(days=1)


def test_the_days_quota_stops_before_anything_is_made(world, network):
    world.server.used["publish"] = 250
    with pytest.raises(RateLimited) as caught:
        network.prepare(Message("Le 251e"), {})
    assert "250" in caught.value.sentence
    assert not world.server.containers


def test_replies_have_a_quota_of_their_own(world, network):
    root = publish(network, Message("Un")).ref
    world.server.used["publish"] = 250
    publish(network, Message("Réponse", reply_to=root, root=root))
    world.server.used["reply"] = 1000
    with pytest.raises(RateLimited):
        network.prepare(Message("Une de plus", reply_to=root, root=root), {})


def test_the_quota_stands_among_the_rates(world, network):
    world.server.used["publish"] = 3
    network.limits()
    assert (network.rates["publish"].limit, network.rates["publish"].remaining) == (250, 247)
    assert network.rates["delete"].limit == 100


def test_without_the_permission_for_replies_the_quota_of_posts_is_still_read(world):
    network = world.with_scopes("threads_basic", "threads_content_publish")
    network.limits()
    assert network.rates["publish"].limit == 250
    assert "reply" not in network.rates


def test_a_quota_that_cannot_be_read_stops_nobody(world, network):
    world.server.fail(lambda _m, path: path.endswith("limit"), ThreadsError(1, "An unknown error"))
    publish(network, Message("Quand même"))
    assert len(world.ours()) == 1


def test_the_usage_of_the_app_stands_among_the_rates(world, network):
    world.server.usage = {"call_count": 28, "total_cputime": 25, "total_time": 61}
    network.verify()
    assert network.rates["app"].remaining == 39


# afterwards


def test_a_post_can_be_deleted_twice(world, network):
    ref = publish(network, Message("À effacer")).ref
    network.delete(ref)
    network.delete(ref)
    assert world.ours() == []


def test_deleting_has_a_quota(world, network):
    ref = publish(network, Message("À garder")).ref
    world.server.used["delete"] = 100
    with pytest.raises(RateLimited):
        network.delete(ref)


def test_deleting_without_the_permission_asks_for_a_person(world):
    ref = publish(world.network(), Message("À effacer")).ref
    network = world.with_scopes("threads_basic", "threads_content_publish")
    with pytest.raises(AuthExpired) as caught:
        network.delete(ref)
    assert "threads_delete" in caught.value.sentence


def test_a_deletion_whose_answer_is_lost_has_an_unknown_outcome(world, network):
    ref = publish(network, Message("À effacer")).ref
    world.faults.sends = lambda request: request.method == "DELETE"
    world.faults.waiting.append((Fault.LOST_ANSWER, True))
    with pytest.raises(OutcomeUnknown):
        network.delete(ref)


def test_a_post_cannot_be_edited(network):
    with pytest.raises(UnsupportedFeature):
        network.edit(Ref("1"), Prepared({}))


def test_a_reply_is_hidden_and_shown_again(world, network):
    root = publish(network, Message("Un")).ref
    rude = world.server.write("fache", "Nul", parent=root.uri)
    for _twice in range(2):
        network.operate(rude.id, ReaderOperation.HIDE)
    assert world.server.posts[rude.id].hide_status == "HIDDEN"
    network.operate(rude.id, ReaderOperation.UNHIDE)
    assert world.server.posts[rude.id].hide_status == "UNHUSHED"


def test_a_reply_to_a_reply_cannot_be_hidden_alone(world, network):
    root = publish(network, Message("Un")).ref
    first = world.server.write("a", "Oui", parent=root.uri)
    deeper = world.server.write("b", "Non", parent=first.id)
    with pytest.raises(Refused) as caught:
        network.operate(deeper.id, ReaderOperation.HIDE)
    assert "nested deeper" in caught.value.sentence


def test_hiding_what_is_gone_says_so(network):
    with pytest.raises(Gone):
        network.operate("17999999999999999", ReaderOperation.HIDE)


def test_a_like_is_not_offered(network):
    with pytest.raises(UnsupportedFeature):
        network.operate("1", ReaderOperation.LIKE)


@pytest.mark.parametrize("native_id", ["../me", "a/b", "", "1?x=y", "é"])
def test_an_id_that_is_none_never_leaves(world, network, native_id):
    with pytest.raises(Refused):
        network.operate(native_id, ReaderOperation.HIDE)
    assert world.server.requests == []
