"""In doubt: the container is asked, our own posts are read, and only what proves something is called proved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.exceptions import NetworkError, OutcomeUnknown, RateLimited, Temporary
from smeditor.networks.base import Message, Prepared
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import ThreadsError
from tests.networks.threads_steps import Fault, image, now, prepared, publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network
LINK = "https://example.org/eau?c=zq42"
LATER = timedelta(minutes=10)


def doubtful(world, network, message, fault):
    """Send, and lose the answer (carried out) or the request."""
    ready = prepared(network, message)
    world.faults.waiting.append((fault, True))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())
    return ready


@pytest.mark.parametrize("text", [f"Avec lien {LINK}", "Sans lien, mais à nous", "Deux\n\nlignes  et   des blancs 🌊"])
def test_a_post_whose_answer_was_lost_is_found_again(world, network, text):
    ready = doubtful(world, network, Message(text), Fault.LOST_ANSWER)
    found = network.read_back(ready, "x", now()).found
    assert found.uri == world.ours()[0].id
    assert found.url == world.ours()[0].data["permalink"]


def test_a_reply_whose_answer_was_lost_is_found_among_the_replies(world, network):
    root = publish(network, Message("Un")).ref
    ready = doubtful(world, network, Message("Suite", reply_to=root, root=root), Fault.LOST_ANSWER)
    assert world.server.posts[network.read_back(ready, "x", now()).found.uri].parent == root.uri


def test_the_same_words_under_another_message_are_not_ours(world, network):
    first, second = publish(network, Message("Un")).ref, publish(network, Message("Deux")).ref
    publish(network, Message("Merci !", reply_to=first, root=first))
    ready = doubtful(world, network, Message("Merci !", reply_to=second, root=second), Fault.TIMEOUT)
    assert network.read_back(ready, "x", now() - LATER).found is None


def test_a_link_that_only_begins_alike_is_not_ours(world, network):
    publish(network, Message(f"Autre {LINK}0"))
    ready = doubtful(world, network, Message(f"Le nôtre {LINK}"), Fault.TIMEOUT)
    assert network.read_back(ready, "x", now() - LATER).found is None


def test_an_image_without_a_text_is_found_where_it_is_the_only_one(world, network):
    ready = doubtful(world, network, Message("", media=(image(),)), Fault.LOST_ANSWER)
    assert network.read_back(ready, "x", now()).found.uri == world.ours()[0].id


def test_two_images_without_a_text_are_for_a_person(world, network):
    publish(network, Message("", media=(image("other"),)))
    ready = doubtful(world, network, Message("", media=(image(),)), Fault.LOST_ANSWER)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent) == (None, False)


def test_somebody_elses_image_is_not_taken_for_ours(world, network):
    publish(network, Message("", media=(image("other"),)))
    ready = doubtful(world, network, Message("", media=(image(),)), Fault.TIMEOUT)
    assert network.read_back(ready, "x", now() - LATER).found is None


def test_a_post_that_never_left_is_proved_absent_when_it_can_not_come_any_more(world, network):
    ready = doubtful(world, network, Message(f"Jamais {LINK}"), Fault.TIMEOUT)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent) == (None, True)


def test_a_post_that_may_still_be_under_way_is_not_called_absent(world, network):
    """A publication was measured to take 222 seconds: zernio-dev/zernio-python#42."""
    ready = doubtful(world, network, Message(f"Peut-être {LINK}"), Fault.TIMEOUT)
    result = network.read_back(ready, "x", now() - timedelta(seconds=230))
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_a_container_that_says_published_is_never_absent(world, network):
    ready = doubtful(world, network, Message(f"Publié {LINK}"), Fault.LOST_ANSWER)
    world.server.remove(world.ours()[0].id)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent) == (None, False)
    assert "published" in result.note


def test_a_container_that_expired_was_never_published(world, network):
    ready = doubtful(world, network, Message(f"Périmé {LINK}"), Fault.TIMEOUT)
    since = now()
    world.later(hours=25)
    result = world.network().read_back(ready, "x", since - LATER)
    assert result.absent


def test_a_container_that_is_still_at_work_proves_nothing(world, network):
    ready = doubtful(world, network, Message(f"En cours {LINK}"), Fault.TIMEOUT)
    world.server.containers[ready.body["creation_id"]].polls = 5
    assert not network.read_back(ready, "x", now() - LATER).absent


def test_an_id_that_has_become_the_posts_own_counts_as_published(world, network):
    """exileum/meta-mcp#143: a post has no status."""
    ready = doubtful(world, network, Message(f"Le même {LINK}"), Fault.TIMEOUT)
    world.server.fail(
        lambda method, path: path.endswith(ready.body["creation_id"]),
        ThreadsError(100, "Tried accessing nonexisting field (status)"),
    )
    assert not network.read_back(ready, "x", now() - LATER).absent


def test_a_container_that_is_forgotten_leaves_the_timeline_to_decide(world, network):
    ready = doubtful(world, network, Message(f"Oublié {LINK}"), Fault.TIMEOUT)
    world.server.containers[ready.body["creation_id"]].forgotten = True
    assert network.read_back(ready, "x", now() - LATER).absent


def test_a_timeline_that_is_longer_than_what_is_read_proves_nothing(world, network):
    ready = doubtful(world, network, Message(f"Loin {LINK}"), Fault.TIMEOUT)
    world.server.page_size = 1
    for number in range(12):
        world.server._published(world.server.us, {"text": str(number), "timestamp": time_of(world)}, None)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.absent, result.checked) == (False, 10)
    assert "10" in result.note


def time_of(world):
    return world.server.now().strftime("%Y-%m-%dT%H:%M:%S+0000")


def test_older_posts_end_the_reading(world, network):
    for number in range(5):
        old = (world.server.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        world.server._published(world.server.us, {"text": f"{LINK} {number}", "timestamp": old}, None)
    ready = doubtful(world, network, Message(f"Neuf {LINK}"), Fault.TIMEOUT)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent, result.checked) == (None, True, 0)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ThreadsError(1, "An unknown error"), Temporary),
        (ThreadsError(4, "Application request limit reached"), RateLimited),
    ],
)
@pytest.mark.parametrize("where", ["container", "timeline"])
def test_a_read_back_that_fails_proves_nothing(world, network, error, expected, where):
    ready = doubtful(world, network, Message(f"Échec {LINK}"), Fault.TIMEOUT)
    place = ready.body["creation_id"] if where == "container" else "/me/threads"
    world.server.fail(lambda method, path: method == "GET" and path.endswith(place), error)
    with pytest.raises(expected):
        network.read_back(ready, "x", now() - LATER)


@pytest.mark.parametrize("spoilt", [{}, {"creation_id": 5}, {"creation_id": "../x", "text": None, "reply_to": []}])
def test_a_spoilt_memory_proves_nothing_wrong(network, spoilt):
    try:
        result = network.read_back(Prepared(spoilt), "x", now())
    except NetworkError:
        return
    assert not result.absent
    assert result.found is None
