"""Images, animations, videos and subtitles of a post on X: in steps, each of which can be the last before the worker dies."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from smeditor.exceptions import BadAnswer, NetworkError, RateLimited, Refused, Temporary
from smeditor.networks.base import Captions, Media, MediaKind, Message, Prepared, Progress, Ref
from smeditor.networks.x.uploads import PIECE, SHORTEST_WAIT
from tests.networks.x_world import image, now, prepared, publish, video, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


@pytest.fixture
def network(world):
    return world.network()


def animation(**facts: Any) -> Media:
    return Media.from_bytes(b"GIF89a moving", "image/gif", "A boat rocks", kind=MediaKind.ANIMATION, **facts)


def steps(network, message) -> list[Progress | Prepared]:
    taken: list[Progress | Prepared] = []
    state: dict[str, Any] = {}
    while not taken or isinstance(taken[-1], Progress):
        taken.append(network.prepare(message, state))
        state = getattr(taken[-1], "so_far", {})
    return taken


def test_an_image_is_published_with_its_alt_text(world, network):
    publish(network, Message("Look", media=(image(alt="A harbour at dawn"),)))
    (upload,) = world.server.posts[0].media
    assert (upload.content, upload.alt, upload.category) == (b"\x89PNG picture", "A harbour at dawn", "tweet_image")


def test_each_request_that_made_something_is_a_step(world, network):
    taken = steps(network, Message("Look", media=(image(),)))
    assert [len(step.so_far["uploads"]) for step in taken[:-1]] == [1, 1, 1, 1]
    assert [method_and_end(request) for request in world.server.requests] == [
        "POST initialize",
        "POST append",
        "POST finalize",
        "POST metadata",
    ]


def method_and_end(request: tuple[str, str]) -> str:
    return f"{request[0]} {request[1].rpartition('/')[2]}"


def test_four_images_are_published_in_their_order(world, network):
    pictures = tuple(image(bytes([number]) * 50, f"Picture {number}") for number in range(4))
    publish(network, Message("Look", media=pictures))
    assert [upload.alt for upload in world.server.posts[0].media] == [f"Picture {number}" for number in range(4)]


def test_the_same_image_twice_is_uploaded_twice(world, network):
    publish(network, Message("Look", media=(image(), image())))
    assert len({upload.id for upload in world.server.posts[0].media}) == 2


def test_an_image_without_alt_text_costs_no_description(world, network):
    publish(network, Message("Look", media=(image(alt="  "),)))
    assert world.asked("POST", "/2/media/metadata") == 0


def test_an_alt_text_is_cut_to_what_x_takes(world, network):
    publish(network, Message("Look", media=(image(alt="a" * 1200),)))
    assert len(world.server.posts[0].media[0].alt) == 1000


def test_an_image_alone_is_a_post(world, network):
    publish(network, Message("", media=(image(),)))
    assert world.server.posts[0].text == ""


def test_a_video_goes_in_pieces_and_arrives_whole(world, network):
    film = video(5_000_000)
    publish(network, Message("Look", media=(film,)))
    (upload,) = world.server.posts[0].media
    assert upload.content == film.read()
    assert sorted(upload.pieces) == [0, 1, 2]
    assert max(map(len, upload.pieces.values())) == PIECE


def test_a_video_is_waited_for_as_x_says_and_without_sleeping(world, network):
    world.server.polls = 2
    taken = steps(network, Message("Look", media=(video(100),)))
    waits = [step.again_after for step in taken if isinstance(step, Progress) and step.again_after]
    assert waits == [timedelta(seconds=2), timedelta(seconds=2)]
    assert any(isinstance(step, Progress) and "processing the video: 40 %" in step.sentence for step in taken)


def test_what_is_prepared_is_good_until_x_forgets_it(world, network):
    ready = prepared(network, Message("Look", media=(video(100),)))
    assert timedelta(hours=23) < ready.good_until - now() <= timedelta(hours=24)


def test_a_rejected_video_is_refused_with_what_x_says_of_it(world, network):
    world.server.video_failure = "Unsupported video format"
    with pytest.raises(Refused, match="does not take this video: Unsupported video format"):
        prepared(network, Message("Look", media=(video(100),)))
    assert world.server.posts == []


def test_a_rejected_video_without_a_reason_is_refused_with_a_hint(world, network):
    world.fail(
        "GET",
        "/2/media/upload",
        Response(
            json.dumps({"data": {"id": "1", "processing_info": {"state": "failed"}}}), content_type="application/json"
        ),
    )
    with pytest.raises(Refused, match=r"H\.264"):
        prepared(network, Message("Look", media=(video(100),)))


def test_an_animation_is_described_and_processed(world, network):
    publish(network, Message("Look", media=(animation(),)))
    (upload,) = world.server.posts[0].media
    assert (upload.category, upload.alt) == ("tweet_gif", "A boat rocks")


def test_subtitles_are_uploaded_before_the_video_and_told_of_after_it(world, network):
    film = video(100, captions=(Captions("fr-FR", "WEBVTT\n\nBonjour"), Captions("en", "WEBVTT\n\nHello")))
    publish(network, Message("Look", media=(film,)))
    (upload,) = world.server.posts[0].media
    assert [track["language_code"] for track in upload.subtitles] == ["FR", "EN"]
    contents = [world.server.uploads[track["id"]].content for track in upload.subtitles]
    assert contents == [b"WEBVTT\n\nBonjour", b"WEBVTT\n\nHello"]


def test_subtitles_in_a_language_without_two_letters_are_said_to_be_lost(network):
    film = video(100, captions=(Captions("gsw", "WEBVTT"),))
    assert "two letters" in network.losses(Message("Look", media=(film,)))[0]


def test_the_alt_text_of_a_video_is_said_to_be_lost(world, network):
    film = replace(video(100), alt="A boat")
    assert "no alt text for videos" in network.losses(Message("Look", media=(film,)))[0]
    publish(network, Message("Look", media=(film,)))
    assert world.asked("POST", "/2/media/metadata") == 0


# mixes


@pytest.mark.parametrize(
    "media",
    [
        (image(),) * 5,
        (video(10), image()),
        (video(10), video(10)),
        (animation(), animation()),
        (animation(), image()),
        (Media.from_bytes(b"%PDF", "application/pdf", kind=MediaKind.DOCUMENT),),
    ],
    ids=["five images", "video and image", "two videos", "two animations", "animation and image", "document"],
)
def test_what_x_does_not_take_together_is_refused_before_anything_is_sent(world, network, media):
    with pytest.raises(Refused):
        network.prepare(Message("Look", media=media), {})
    assert world.server.requests == []


def test_a_quote_with_an_image_is_refused_before_anything_is_sent(world, network):
    with pytest.raises(Refused, match="not both"):
        network.prepare(Message("Look", media=(image(),), quote=Ref("123")), {})
    assert world.server.requests == []


# killed between steps


def film_with_subtitles() -> Message:
    return Message("Look", media=(video(2 * PIECE + 5, captions=(Captions("fr", "WEBVTT\n\nBonjour"),)),))


def test_a_worker_that_dies_after_any_step_is_gone_on_from_by_another(world):
    message = film_with_subtitles()
    state: dict[str, Any] = {}
    for _step in range(40):
        other = world.network()  # a new worker each time, that knows only what was stored
        step = other.prepare(message, json.loads(json.dumps(state)))
        if isinstance(step, Prepared):
            break
        state = step.so_far
    other.send(step, "identity", now())
    (upload,) = world.server.posts[0].media
    assert upload.content == message.media[0].read()
    assert len(world.server.uploads) == 2
    assert world.asked("POST", f"/2/media/upload/{upload.id}/append") == 3


def test_a_step_whose_result_was_not_stored_may_be_repeated(world):
    message = film_with_subtitles()
    state: dict[str, Any] = {}
    network = world.network()
    for _step in range(40):
        network.prepare(message, state)  # done, and the worker died before it could say so
        step = network.prepare(message, state)
        if isinstance(step, Prepared):
            break
        state = step.so_far
    network.send(step, "identity", now())
    assert world.server.posts[0].media[0].content == message.media[0].read()


def test_an_upload_that_was_finished_by_a_dead_worker_is_not_refused(world, network):
    message = Message("Look", media=(video(100),))
    first = network.prepare(message, {})
    second = network.prepare(message, first.so_far)
    network.prepare(message, second.so_far)
    again = network.prepare(message, second.so_far)
    assert again.so_far["uploads"][0]["stage"] in {"processing", "ready"}


def test_another_file_begins_anew(world, network):
    state = network.prepare(Message("Look", media=(image(b"one"),)), {}).so_far
    publish_from(network, Message("Look", media=(image(b"two"),)), state)
    assert world.server.posts[0].media[0].content == b"two"


def publish_from(network, message, state):
    network.send(prepared(network, message, state), "identity", now())


def test_an_upload_that_x_forgot_begins_anew(world, network):
    message = Message("Look", media=(video(3 * PIECE),))
    state: dict[str, Any] = {}
    for _step in range(3):
        state = network.prepare(message, state).so_far
    next(iter(world.server.uploads.values())).forgotten = True
    publish_from(network, message, state)
    assert world.server.posts[0].media[0].content == message.media[0].read()


def test_an_upload_that_x_will_have_forgotten_is_not_gone_on_with(world, network):
    message = Message("Look", media=(image(),))
    state = network.prepare(message, {}).so_far
    state["uploads"][0]["until"] = (now() + timedelta(minutes=1)).isoformat()
    network.prepare(message, state)
    assert len(world.server.uploads) == 2


def test_an_upload_that_x_loses_again_and_again_is_given_up(world, network):
    message = Message("Look", media=(image(),))
    state: dict[str, Any] = {}
    given_up = ""
    for _step in range(20):
        try:
            state = network.prepare(message, state).so_far
        except Refused as error:
            given_up = error.sentence
        for upload in world.server.uploads.values():
            upload.forgotten = True
    assert "again and again" in given_up
    assert len(world.server.uploads) == 3


def test_a_file_that_shrank_meanwhile_is_refused(world, network):
    film = replace(video(2 * PIECE), open=lambda: io.BytesIO(b"short"))
    with pytest.raises(Refused, match="not the one any more"):
        prepared(network, Message("Look", media=(film,)))


def test_uploaded_media_that_x_lost_before_the_post_are_no_final_no(world, network):
    ready = prepared(network, Message("Look", media=(image(),)))
    next(iter(world.server.uploads.values())).forgotten = True
    with pytest.raises(Temporary, match="uploaded again"):
        network.send(ready, "identity", now())


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"data": {"id": "x y"}}', b'{"data": 7}'])
def test_an_upload_answer_that_is_none_is_of_our_tree(world, network, step, answer):
    message = Message("Look", media=(image(),))
    state: dict[str, Any] = {}
    for _step in range(step):
        state = network.prepare(message, state).so_far
    world.fail("POST", "/2/media", Response(answer, content_type="application/json"))
    try:
        step = network.prepare(message, state)
    except BadAnswer:
        return
    assert isinstance(step, Progress)


def test_a_used_up_window_of_uploads_says_until_when(world, network):
    world.server.limits["POST /2/media/upload/initialize"] = 0
    with pytest.raises(RateLimited):
        network.prepare(Message("Look", media=(image(),)), {})


def test_pauses_are_never_shorter_than_a_second():
    from smeditor.networks.x.uploads import _wait

    assert [_wait(value) for value in (0, -1, None, "2", True, 10**9)] == [timedelta(seconds=5)] * 6
    assert _wait(1) == SHORTEST_WAIT
    assert _wait(9999) == timedelta(minutes=2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    so_far=st.dictionaries(
        st.sampled_from(["uploads", "x"]),
        json_values
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    key: json_values
                    | st.sampled_from(["0/tweet_image/", "appending", "ready", "12", "2020-01-01T00:00:00"])
                    for key in ("mark", "id", "stage", "done", "described", "until", "beginnings")
                },
            ),
            max_size=3,
        ),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_stored_is_read_as_a_strangers(world, so_far):
    world.server.limits.clear()
    network = world.network()
    try:
        step = network.prepare(Message("Look", media=(image(),)), so_far)
        assert isinstance(step, Progress | Prepared)
    except NetworkError:
        pass
    finally:
        network.rates.clear()
