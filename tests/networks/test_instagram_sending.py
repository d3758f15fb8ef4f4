"""Publishing on Instagram: containers first, then one request that readers see; comments, which need none."""

from __future__ import annotations

import json
from dataclasses import replace
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
from smeditor.networks.base import Card, Kind, MediaKind, Message, Prepared, Progress, ReaderOperation, Ref
from smeditor.networks.marks import MarkKind
from tests.networks import instagram_steps
from tests.networks.doubles.graph import GraphError
from tests.networks.instagram_steps import Fault, image, now, prepared, publish, video

double, world, network = instagram_steps.double, instagram_steps.world, instagram_steps.network


def test_an_image_arrives_with_its_text_and_its_alt_text(world, network):
    text = "« Où va l’eau ? » 3 ans, 2 000 € 🌊"
    receipt = publish(network, Message(text, media=(image(alt="Une digue rompue"),)))
    [post] = world.ours()
    assert (post.data["caption"], post.data["alt_text"]) == (text, "Une digue rompue")
    assert receipt.ref == Ref(post.id, post.data["permalink"])


def test_nothing_is_seen_before_it_is_sent(world, network):
    prepared(network, Message("Pas encore", media=(image(), video())))
    assert world.ours() == []
    assert world.asked("POST", "/media_publish") == 0


def test_a_video_alone_is_a_reel(world, network):
    publish(network, Message("La marée", media=(video(),)))
    assert world.ours()[0].hidden["params"]["media_type"] == "REELS"


def test_a_video_is_waited_for_without_sleeping(world, network):
    world.server.polls["REELS"] = 3
    pauses = []
    prepared(network, Message("La marée", media=(video(),)), each=lambda step: pauses.append(step.again_after))
    assert len(pauses) == 4
    assert all(pause > timedelta() for pause in pauses)


def test_a_carousel_keeps_its_order_and_mixes_images_and_videos(world, network):
    publish(network, Message("Trois", media=(image("un"), video("deux"), image("trois"))))
    children = world.ours()[0].hidden["params"]["children"]
    params = [world.server.nodes[child].hidden["params"] for child in children]
    assert [found.get("image_url") or found["video_url"] for found in params] == [
        "https://journal.example/m/un.jpg",
        "https://journal.example/m/deux.mp4",
        "https://journal.example/m/trois.jpg",
    ]


@pytest.mark.parametrize("killed_after", range(1, 8))
def test_a_preparation_that_was_killed_goes_on_from_what_was_stored(world, killed_after):
    message = Message("Deux", media=(image("a"), video("b")))
    so_far: dict = {}
    for _number in range(killed_after):
        step = world.network().prepare(message, so_far)
        if isinstance(step, Prepared):
            break
        so_far = json.loads(json.dumps(step.so_far))
    prepared(world.network(), message, so_far)
    assert len(world.server.processing) == 3


def test_what_was_made_for_another_text_is_not_gone_on_with(world, network):
    step = network.prepare(Message("Un", media=(image(),)), {})
    ready = prepared(network, Message("Deux", media=(image(),)), step.so_far)
    assert world.server.nodes[ready.body["creation_id"]].hidden["params"]["caption"] == "Deux"


def test_containers_of_yesterday_are_made_anew(world, network):
    message = Message("Hier", media=(image(),))
    step = network.prepare(message, {})
    world.later(hours=25)
    prepared(world.network(), message, step.so_far)
    assert len(world.server.processing) == 2


def test_a_container_that_meta_does_not_show_once_is_asked_for_again(world, network):
    """gitroomhq/postiz-app#1562: 100/33 for a container that is there."""
    message = Message("Où ?", media=(image(),))
    step = network.prepare(message, {})
    container = step.so_far["whole"]["id"]
    world.server.fail(lambda _m, path: path.endswith(container), GraphError(100, "does not exist", 33))
    again = network.prepare(message, step.so_far)
    assert isinstance(again, Progress)
    prepared(network, message, again.so_far)
    assert len(world.server.processing) == 1


@pytest.mark.parametrize(
    ("status", "part"),
    [
        ("Media upload has failed with error code 2207026", "format"),
        ("2207052", "fetch"),
        ("2207009", "4:5"),
        ("Something went wrong", "does not say why"),
    ],
)
def test_a_rejected_file_is_explained(world, network, status, part):
    world.server.reject_next(status)
    with pytest.raises(Refused) as caught:
        prepared(network, Message("Non", media=(video(),)))
    assert part in caught.value.sentence


@pytest.mark.parametrize("subcode", [2207003, 2207052, 2207001, 2207032, 2207053])
def test_a_file_that_could_not_be_fetched_or_made_is_tried_again(world, network, subcode):
    """gitroomhq/postiz-app#1900: one image of six on the same host."""
    error = GraphError(9004 if subcode == 2207052 else -1, "Only photo or video can be accepted.", subcode)
    world.server.fail(lambda method, path: method == "POST" and path.endswith("/media"), error)
    with pytest.raises(Temporary):
        network.prepare(Message("x", media=(image(),)), {})


@pytest.mark.parametrize(
    "media",
    [
        (),
        (replace(image(), media_type="image/png"),),
        (replace(image(), kind=MediaKind.ANIMATION),),
        (replace(image(), public_url=""),),
        tuple(image(str(number)) for number in range(11)),
    ],
)
def test_what_instagram_cannot_take_is_refused_before_anything_is_made(world, network, media):
    with pytest.raises(Refused) as caught:
        network.prepare(Message("Un texte", media=media), {})
    assert caught.value.sentence
    assert world.server.requests == []


@pytest.mark.parametrize("text", [" ".join(f"#a{n}" for n in range(31)), " ".join(f"@a{n}" for n in range(21))])
def test_too_many_tags_or_names_are_refused(world, network, text):
    with pytest.raises(Refused):
        network.prepare(Message(text, media=(image(),)), {})
    assert world.server.requests == []


def test_a_text_as_long_as_the_limit_is_accepted_and_one_longer_is_refused(world, network):
    publish(network, Message("é" * 2200, media=(image(),)))
    with pytest.raises(Refused) as caught:
        publish(network, Message("é" * 2201, media=(image(),)))
    assert "2,200" in caught.value.sentence


def test_what_readers_do_not_get_is_said(network):
    message = Message(
        "#a #b #c #d #e #f",
        media=(replace(video(), alt="La marée"),),
        link="https://example.org/x",
        card=Card("https://example.org/x", "T", ""),
    )
    assert len(network.losses(message)) == 4
    assert network.losses(Message("Bien", media=(image(),))) == []


def test_names_and_tags_are_set_apart_and_links_are_not():
    from smeditor.networks.instagram import Instagram

    text = "Avec @lectrice.du_port : #eau https://example.org/x"
    found = [(mark.kind, text[mark.start : mark.end]) for mark in Instagram.marks(text)]
    assert found == [(MarkKind.MENTION, "@lectrice.du_port"), (MarkKind.TAG, "#eau")]


# comments


def test_a_first_comment_stands_below_our_post(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    receipt = publish(network, Message("Le lien est dans la bio", reply_to=ref, root=ref, comment=True))
    comment = world.server.nodes[receipt.ref.uri]
    assert (comment.data["text"], comment.hidden["media"]) == ("Le lien est dans la bio", ref.uri)
    assert "parent_id" not in comment.data


def test_an_answer_stands_below_the_readers_comment(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    asked = world.server.comment(ref.uri, "lectrice", "Et la nappe ?")
    receipt = publish(network, Message("La voici", reply_to=Ref(asked.id), root=ref, answers=Kind.COMMENT))
    assert world.server.nodes[receipt.ref.uri].data["parent_id"] == asked.id


def test_an_answer_to_an_answer_stands_below_the_topmost_comment(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    top = world.server.comment(ref.uri, "a", "Oui")
    deeper = world.server.comment(top.id, "b", "Non")
    receipt = publish(network, Message("Peut-être", reply_to=Ref(deeper.id), root=ref, answers=Kind.COMMENT))
    assert world.server.nodes[receipt.ref.uri].data["parent_id"] == top.id


def test_a_hidden_comment_is_not_answered(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    asked = world.server.comment(ref.uri, "a", "Nul")
    network.operate(asked.id, ReaderOperation.HIDE)
    with pytest.raises(Refused) as caught:
        network.prepare(Message("Merci", reply_to=Ref(asked.id), answers=Kind.COMMENT), {})
    assert "show it first" in caught.value.sentence


def test_an_answer_to_what_is_gone_says_so(network):
    with pytest.raises(Gone):
        network.prepare(Message("Merci", reply_to=Ref("17999999999999999"), answers=Kind.COMMENT), {})


@pytest.mark.parametrize("code", [100, 1, -1, 2, 999])
def test_an_error_while_a_comment_is_made_may_hide_that_it_stands_there(world, network, code):
    """BrightBean met HTTP 400 for comments that stood there four times."""
    ref = publish(network, Message("Un", media=(image(),))).ref
    ready = prepared(network, Message("Merci", reply_to=ref, comment=True))
    error = GraphError(code, "An unknown error occurred", status=400)
    world.server.fail(lambda method, path: method == "POST", error, carried_out=True)
    with pytest.raises((OutcomeUnknown, Refused)) as caught:
        network.send(ready, "x", now())
    if code != 100:
        assert isinstance(caught.value, OutcomeUnknown)


# sending


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.TIMEOUT, Fault.LOST_ANSWER, Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE]
)
@pytest.mark.parametrize("comment", [False, True])
def test_a_send_without_a_clear_answer_has_an_unknown_outcome(world, network, fault, comment):
    message = Message("Qui sait", media=(image(),))
    if comment:
        ref = publish(network, message).ref
        message = Message("Qui sait", reply_to=ref, comment=True)
    ready = prepared(network, message)
    world.faults.waiting.append((fault, True))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())


def test_a_post_that_is_taken_for_spam_may_be_live_all_the_same(world, network):
    """gitroomhq/postiz-app#1681: 4/2207051 for a post that was there."""
    ready = prepared(network, Message("Pas du tout", media=(image(),)))
    error = GraphError(4, "We restrict certain activity to protect our community.", 2207051)
    world.server.fail(lambda _m, path: path.endswith("media_publish"), error, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "x", now())


def test_a_container_that_is_not_ready_is_sent_later(world, network):
    """exileum/meta-mcp#138."""
    ready = prepared(network, Message("Bientôt", media=(image(),)))
    world.server.processing[ready.body["creation_id"]].polls = 1
    with pytest.raises(Temporary) as caught:
        network.send(ready, "x", now())
    assert not isinstance(caught.value, PreparationLost)


@pytest.mark.parametrize("lost", ["forgotten", "expired"])
def test_a_container_that_got_lost_is_prepared_anew(world, network, lost):
    ready = prepared(network, Message("Perdu", media=(image(),)))
    if lost == "expired":
        world.later(hours=25)
        network = world.network()
    else:
        world.server.nodes[ready.body["creation_id"]].hidden["gone"] = True
    with pytest.raises(PreparationLost):
        network.send(ready, "x", now())
    assert world.ours() == []


def test_publishing_a_container_twice_makes_no_second_post(world, network):
    ready = prepared(network, Message("Une fois", media=(image(),)))
    network.send(ready, "x", now())
    with pytest.raises(Temporary):
        network.send(ready, "x", now())
    assert len(world.ours()) == 1


@pytest.mark.parametrize("body", [{}, {"creation_id": "../me"}, {"creation_id": None}])
def test_a_prepared_body_that_was_spoilt_is_prepared_anew(network, body):
    with pytest.raises(PreparationLost):
        network.send(Prepared(body), "x", now())


def test_a_spoilt_place_of_a_comment_never_leaves(world, network):
    with pytest.raises(Refused):
        network.send(Prepared({"on": "../me", "edge": "x", "message": "y"}), "x", now())
    assert world.server.requests == []


def test_the_days_quota_stops_before_anything_is_made(world, network):
    world.server.published = [world.server.now()] * 50
    with pytest.raises(RateLimited) as caught:
        network.prepare(Message("Le 51e", media=(image(),)), {})
    assert "50" in caught.value.sentence
    assert not world.server.processing


def test_the_accounts_own_quota_is_read_and_not_the_documents(world, network):
    world.server.quota, world.server.published = 100, [world.server.now()] * 7
    network.limits()
    assert (network.rates["publish"].limit, network.rates["publish"].remaining) == (100, 93)


def test_a_quota_that_ends_in_between_names_the_time_to_come_back(world, network):
    ready = prepared(network, Message("Trop", media=(image(),)))
    world.server.published = [world.server.now()] * 50
    with pytest.raises(RateLimited) as caught:
        network.send(ready, "x", now())
    assert now() < caught.value.until <= now() + timedelta(days=1)


def test_the_use_of_the_account_stands_among_the_rates(world, network):
    usage = {"17": [{"type": "instagram", "call_count": 28, "total_cputime": 25, "total_time": 61}]}
    world.server.use_up(X_Business_Use_Case_Usage=usage)
    network.verify()
    assert network.rates["business"].remaining == 39


def test_a_comment_costs_nothing_of_the_quota(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    world.server.published = [world.server.now()] * 50
    publish(network, Message("Merci", reply_to=ref, comment=True))


def test_a_permission_that_is_missing_asks_for_a_person(world):
    network = world.with_scopes("instagram_business_basic")
    with pytest.raises(AuthExpired) as caught:
        network.prepare(Message("x", media=(image(),)), {})
    assert "instagram_business_content_publish" in caught.value.sentence


def test_a_comment_is_hidden_and_shown_again(world, network):
    ref = publish(network, Message("Un", media=(image(),))).ref
    rude = world.server.comment(ref.uri, "fache", "Nul")
    for _twice in range(2):
        network.operate(rude.id, ReaderOperation.HIDE)
    assert world.server.nodes[rude.id].data["hidden"] is True
    network.operate(rude.id, ReaderOperation.UNHIDE)
    assert world.server.nodes[rude.id].data["hidden"] is False


def test_hiding_what_is_gone_says_so(network):
    with pytest.raises(Gone):
        network.operate("17999999999999999", ReaderOperation.HIDE)


def test_what_is_not_offered_is_refused_honestly(network):
    with pytest.raises(UnsupportedFeature):
        network.operate("1", ReaderOperation.LIKE)
    with pytest.raises(UnsupportedFeature):
        network.edit(Ref("1"), Prepared({}))
    with pytest.raises(UnsupportedFeature):
        network.delete(Ref("1"))
    assert not network.capabilities.delete
