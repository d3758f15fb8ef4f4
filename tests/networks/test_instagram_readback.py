"""In doubt: the container is asked, our own posts or comments are read, and only what proves something is called proved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.exceptions import NetworkError, OutcomeUnknown, RateLimited, Temporary
from smeditor.networks.base import Kind, Message, Prepared, Ref
from tests.networks import instagram_steps
from tests.networks.doubles.graph import GraphError
from tests.networks.instagram_steps import Fault, image, now, prepared, publish

double, world, network = instagram_steps.double, instagram_steps.world, instagram_steps.network
LINK = "https://example.org/eau?c=zq42"
LATER = timedelta(minutes=10)


def post(text):
    return Message(text, media=(image(),), link=LINK)


def doubtful(world, network, message, fault):
    ready = prepared(network, message)
    world.faults.waiting.append((fault, True))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())
    return ready


@pytest.mark.parametrize(
    "text", [f"Avec lien {LINK}", "Sans lien, mais à nous", "Deux\n\nlignes  et   des blancs 🌊", ""]
)
def test_a_post_whose_answer_was_lost_is_found_again(world, network, text):
    ready = doubtful(world, network, post(text), Fault.LOST_ANSWER)
    found = network.read_back(ready, "x", now()).found
    assert (found.uri, found.url) == (world.ours()[0].id, world.ours()[0].data["permalink"])


def test_a_post_that_never_left_is_proved_absent_when_it_can_not_come_any_more(world, network):
    ready = doubtful(world, network, post(f"Jamais {LINK}"), Fault.TIMEOUT)
    assert not network.read_back(ready, "x", now()).absent
    assert network.read_back(ready, "x", now() - LATER).absent


def test_a_container_that_says_published_is_never_absent(world, network):
    ready = doubtful(world, network, post(f"Publié {LINK}"), Fault.LOST_ANSWER)
    world.server.remove(world.ours()[0].id)
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent) == (None, False)


def test_a_container_that_expired_was_never_published(world, network):
    ready = doubtful(world, network, post(f"Périmé {LINK}"), Fault.TIMEOUT)
    since = now()
    world.later(hours=25)
    assert world.network().read_back(ready, "x", since - LATER).absent


def test_a_container_that_is_still_at_work_proves_nothing(world, network):
    ready = doubtful(world, network, post(f"En cours {LINK}"), Fault.TIMEOUT)
    world.server.processing[ready.body["creation_id"]].polls = 5
    assert not network.read_back(ready, "x", now() - LATER).absent


def test_a_container_that_meta_does_not_show_leaves_the_posts_to_decide(world, network):
    ready = doubtful(world, network, post(f"Oublié {LINK}"), Fault.LOST_ANSWER)
    world.server.nodes[ready.body["creation_id"]].hidden["gone"] = True
    assert network.read_back(ready, "x", now() - LATER).found


def test_a_list_that_is_longer_than_what_is_read_proves_nothing(world, network):
    ready = doubtful(world, network, post(f"Loin {LINK}"), Fault.TIMEOUT)
    world.server.page_size = 1
    for number in range(12):
        world.server.media.append(world.server._media({"caption": str(number), "media_type": "IMAGE"}, "gazette"))
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.absent, result.checked) == (False, 10)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(GraphError(1, "An unknown error"), Temporary), (GraphError(4, "Application request limit reached"), RateLimited)],
)
@pytest.mark.parametrize("where", ["container", "posts"])
def test_a_read_back_that_fails_proves_nothing(world, network, error, expected, where):
    ready = doubtful(world, network, post(f"Échec {LINK}"), Fault.TIMEOUT)
    place = ready.body["creation_id"] if where == "container" else "/me/media"
    world.server.fail(lambda method, path: method == "GET" and path.endswith(place), error)
    with pytest.raises(expected):
        network.read_back(ready, "x", now() - LATER)


@pytest.mark.parametrize("below", ["post", "comment"])
def test_a_comment_whose_answer_was_lost_is_found_again(world, network, below):
    ref = publish(network, post("Un")).ref
    world.server.comment(ref.uri, "lectrice", "Merci !")
    target = ref if below == "post" else Ref(world.server.comment(ref.uri, "a", "Et ?").id)
    answers = None if below == "post" else Kind.COMMENT
    ready = doubtful(world, network, Message("Merci !", reply_to=target, answers=answers), Fault.LOST_ANSWER)
    found = network.read_back(ready, "x", now()).found
    assert world.server.nodes[found.uri].data["username"] == "gazette"


def test_a_readers_comment_with_the_same_words_is_not_ours(world, network):
    ref = publish(network, post("Un")).ref
    ready = doubtful(world, network, Message("Merci !", reply_to=ref, comment=True), Fault.TIMEOUT)
    world.server.comment(ref.uri, "lectrice", "Merci !")
    result = network.read_back(ready, "x", now() - LATER)
    assert (result.found, result.absent) == (None, True)


def test_our_own_earlier_comment_with_the_same_words_is_not_this_one(world, network):
    ref = publish(network, post("Un")).ref
    publish(network, Message("Merci !", reply_to=ref, comment=True))
    world.server.comments[-1].data["timestamp"] = world.server.time(timedelta(hours=2))
    ready = doubtful(world, network, Message("Merci !", reply_to=ref, comment=True), Fault.TIMEOUT)
    assert network.read_back(ready, "x", now() - LATER).absent


@pytest.mark.parametrize("spoilt", [{}, {"creation_id": 5}, {"on": "../x", "text": None}, {"on": "12", "edge": []}])
def test_a_spoilt_memory_proves_nothing_wrong(network, spoilt):
    try:
        result = network.read_back(Prepared(spoilt), "x", now())
    except NetworkError:
        return
    assert not result.absent
    assert result.found is None
