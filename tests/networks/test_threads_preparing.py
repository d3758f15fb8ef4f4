"""Preparing for Threads: containers in steps, of which readers see nothing; and what stands there afterwards."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.exceptions import (
    Gone,
    Refused,
)
from smeditor.networks.base import Card, Kind, Message, Prepared, Progress, Ref
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import ThreadsError
from tests.networks.threads_steps import image, now, prepared, publish, video

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network


def test_a_text_arrives_as_it_was_written(world, network):
    text = "« Où va l’eau ? » 3 ans, 2 000 € 🌊 https://journal.example/eau?c=1"
    receipt = publish(network, Message(text))
    post = world.server.posts[receipt.ref.uri]
    assert post.data["text"] == text
    assert receipt.ref.url == post.data["permalink"]


def test_a_text_is_published_by_one_request_alone(world, network):
    publish(network, Message("Un"))
    assert world.asked("POST", "/threads_publish") == 1
    assert len(world.ours()) == 1


def test_nothing_is_seen_before_it_is_sent(world, network):
    prepared(network, Message("Pas encore", media=(image(), video())))
    assert world.ours() == []


def test_an_image_has_its_alt_text(world, network):
    receipt = publish(network, Message("Vu", media=(image(alt="Une digue rompue 🌊"),)))
    data = world.server.posts[receipt.ref.uri].data
    assert (data["media_type"], data["alt_text"]) == ("IMAGE", "Une digue rompue 🌊")


def test_a_video_is_waited_for_without_sleeping(world, network):
    world.server.polls["VIDEO"] = 3
    pauses = []
    prepared(network, Message("La marée", media=(video(),)), each=lambda step: pauses.append(step.again_after))
    assert len(pauses) == 4
    assert all(pause > timedelta() for pause in pauses)


def test_a_carousel_keeps_the_order_of_its_images(world, network):
    names = ["un", "deux", "trois"]
    receipt = publish(network, Message("Trois", media=tuple(image(name) for name in names)))
    children = world.server.posts[receipt.ref.uri].data["children"]["data"]
    urls = [world.server.containers[child["id"]].params["image_url"] for child in children]
    assert urls == [f"https://journal.example/m/{name}.jpg" for name in names]


def test_a_carousel_mixes_images_and_videos(world, network):
    receipt = publish(network, Message("", media=(image(), video())))
    assert world.server.posts[receipt.ref.uri].data["media_type"] == "CAROUSEL_ALBUM"


def test_twenty_one_images_are_refused_before_anything_is_made(world, network):
    with pytest.raises(Refused):
        network.prepare(Message("x", media=tuple(image(str(n)) for n in range(21))), {})
    assert world.server.requests == []


def test_each_step_makes_one_container_at_most(world, network):
    made = []
    prepared(
        network,
        Message("Deux", media=(image("a"), image("b"))),
        each=lambda _step: made.append(len(world.server.containers)),
    )
    assert made[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(made))


@pytest.mark.parametrize("killed_after", range(1, 8))
def test_a_preparation_that_was_killed_goes_on_from_what_was_stored(world, killed_after):
    world.server.polls["VIDEO"] = 1
    message = Message("Deux", media=(image("a"), video("b")))
    so_far: dict = {}
    for _number in range(killed_after):
        step = world.network().prepare(message, so_far)
        if isinstance(step, Prepared):
            break
        so_far = json.loads(json.dumps(step.so_far))
    prepared(world.network(), message, so_far)
    assert len(world.server.containers) == 3


def test_a_step_may_be_repeated_from_what_was_reached_before(world, network):
    message = Message("Encore")
    first = network.prepare(message, {})
    assert isinstance(first, Progress)
    again = network.prepare(message, first.so_far)
    assert isinstance(again, Prepared)
    assert network.prepare(message, first.so_far).body == again.body


def test_what_was_made_for_another_text_is_not_gone_on_with(world, network):
    step = network.prepare(Message("Un"), {})
    ready = prepared(network, Message("Deux"), step.so_far)
    assert world.server.containers[ready.body["creation_id"]].params["text"] == "Deux"


def test_what_was_made_for_another_image_is_not_gone_on_with(world, network):
    step = network.prepare(Message("Un", media=(image("a"),)), {})
    ready = prepared(network, Message("Un", media=(image("b"),)), step.so_far)
    assert world.server.containers[ready.body["creation_id"]].params["image_url"].endswith("b.jpg")


def test_a_new_address_of_the_same_image_makes_nothing_twice(world, network):
    step = network.prepare(Message("Un", media=(image("a"),)), {})
    moved = replace(image("a"), public_url="https://journal.example/other-token/a.jpg")
    prepared(network, Message("Un", media=(moved,)), step.so_far)
    assert len(world.server.containers) == 1


@pytest.mark.parametrize(
    "stored",
    [
        {"for": 1},
        {"for": "x", "items": 3, "whole": []},
        {"items": [{"id": "../me", "at": "2026-11-30T00:00:00+00:00"}]},
        {"whole": {"id": "1", "at": "never"}},
        {"whole": {"id": None}},
    ],
)
def test_a_strange_memory_begins_anew(world, network, stored):
    plan = network.prepare(Message("Étrange"), {}).so_far["for"]
    prepared(network, Message("Étrange"), {"for": plan, **{k: v for k, v in stored.items() if k != "for"}})
    assert world.server.breaches == []


def test_a_container_is_good_for_a_day(world, network):
    ready = prepared(network, Message("Un jour"))
    assert abs(ready.good_until - now() - timedelta(hours=24)) < timedelta(minutes=1)


def test_containers_of_yesterday_are_made_anew(world, network):
    step = network.prepare(Message("Hier"), {})
    old = {
        **step.so_far,
        "whole": {**step.so_far["whole"], "at": (now() - timedelta(hours=23, minutes=30)).isoformat()},
    }
    prepared(network, Message("Hier"), old)
    assert len(world.server.containers) == 2


def test_a_container_that_threads_calls_expired_is_made_anew(world, network):
    step = network.prepare(Message("Périmé"), {})
    world.later(hours=25)
    prepared(world.network(world.server.token()), Message("Périmé"), step.so_far)
    assert len(world.server.containers) == 2


def test_a_container_that_is_not_found_once_is_asked_for_again(world, network):
    step = network.prepare(Message("Où ?"), {})
    missing = ThreadsError(100, "Object does not exist", 33)
    world.server.fail(lambda method, path: method == "GET", missing)
    again = network.prepare(Message("Où ?"), step.so_far)
    assert isinstance(again, Progress)
    prepared(network, Message("Où ?"), again.so_far)
    assert len(world.server.containers) == 1


def test_a_container_that_stays_away_is_made_anew(world, network):
    step = network.prepare(Message("Perdu"), {})
    world.server.containers[step.so_far["whole"]["id"]].forgotten = True
    prepared(network, Message("Perdu"), step.so_far)
    assert len(world.server.containers) == 2


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("FAILED_DOWNLOADING_VIDEO", "fetch"),
        ("INVALID_DURATION", "five minutes"),
        ("INVALID_ASPEC_RATIO", "proportions"),
        ("UNKNOWN", "does not say why"),
        ("SOMETHING_NEW", "does not say why"),
    ],
)
def test_a_rejected_video_is_explained(world, network, word, part):
    world.server.reject_next(word)
    with pytest.raises(Refused) as caught:
        prepared(network, Message("Non", media=(video(),)))
    assert part in caught.value.sentence


def test_a_video_that_is_never_processed_comes_to_an_end(world, network):
    world.server.polls["VIDEO"] = 10_000
    step = network.prepare(Message("Long", media=(video(),)), {})
    stuck = {**step.so_far, "whole": {**step.so_far["whole"], "at": (now() - timedelta(hours=2)).isoformat()}}
    with pytest.raises(Refused) as caught:
        network.prepare(Message("Long", media=(video(),)), stuck)
    assert caught.value.code == "stuck"


def test_media_without_a_public_address_is_refused(network):
    with pytest.raises(Refused):
        network.prepare(Message("x", media=(replace(image(), public_url=""),)), {})


def test_nothing_at_all_is_refused(network):
    with pytest.raises(Refused):
        network.prepare(Message("  "), {})


def test_six_links_are_refused_before_anything_is_made(world, network):
    text = " ".join(f"https://example.org/{n}" for n in range(6))
    with pytest.raises(Refused):
        network.prepare(Message(text), {})
    assert world.server.requests == []


def test_the_same_link_six_times_is_one_link(world, network):
    publish(network, Message(" ".join(["https://example.org/x"] * 6)))
    assert len(world.ours()) == 1


def test_a_card_becomes_the_link_whose_preview_is_shown(world, network):
    link = "https://journal.example/eau?c=42"
    ready = prepared(network, Message("Sans adresse dans le texte", card=Card(link, "Titre", ""), link=link))
    assert ready.link == link
    receipt = network.send(ready, "x", now())
    assert world.server.posts[receipt.ref.uri].data["link_attachment_url"] == link


def test_a_card_beside_an_image_is_said_to_be_lost(network):
    message = Message("Sans lien", media=(image(),), card=Card("https://journal.example/x", "T", ""))
    assert any("no link" in sentence for sentence in network.losses(message))


def test_further_tags_are_said_to_be_lost(network):
    assert network.losses(Message("#eau et #mer"))
    assert not network.losses(Message("#eau"))


def test_a_reply_hangs_under_its_message(world, network):
    first = publish(network, Message("Un")).ref
    second = publish(network, Message("Deux", reply_to=first, root=first)).ref
    third = publish(network, Message("Trois", reply_to=second, root=first)).ref
    assert [world.server.posts[ref.uri].parent for ref in (second, third)] == [first.uri, second.uri]


def test_an_answer_to_a_reader_hangs_under_the_reader(world, network):
    root = publish(network, Message("Un")).ref
    asked = world.server.write("lectrice_du_port", "Et la nappe ?", parent=root.uri)
    answer = publish(network, Message("La voici", reply_to=Ref(asked.id), root=root, answers=Kind.REPLY))
    assert world.server.posts[answer.ref.uri].parent == asked.id


def test_a_quote_names_what_it_quotes(world, network):
    first = publish(network, Message("Un")).ref
    quote = publish(network, Message("Voyez", quote=first)).ref
    assert world.server.posts[quote.uri].data["quoted_post"] == {"id": first.uri}


def test_an_image_can_quote(world, network):
    first = publish(network, Message("Un")).ref
    quote = publish(network, Message("Voyez", media=(image(),), quote=first)).ref
    assert world.server.posts[quote.uri].data["quoted_post"] == {"id": first.uri}


@pytest.mark.parametrize("control", ["accounts_you_follow", "mentioned_only", "followers_only"])
def test_who_may_answer_can_be_chosen(world, network, control):
    receipt = publish(network, Message("Entre nous", reply_control=control))
    assert world.server.posts[receipt.ref.uri].data["reply_audience"] == control.upper()


def test_an_unknown_choice_of_who_may_answer_is_refused(network):
    with pytest.raises(Refused):
        network.prepare(Message("x", reply_control="friends"), {})


def test_a_reply_to_what_is_gone_says_so(world, network):
    with pytest.raises(Gone):
        network.prepare(Message("Trop tard", reply_to=Ref("17999999999999999")), {})
