"""Images, videos and documents on their way to LinkedIn: step by step, resumed, processed, rejected."""

from __future__ import annotations

import logging
from dataclasses import replace

import httpx
import pytest

from smeditor.exceptions import BadAnswer, Refused, SmeditorError, Temporary
from smeditor.networks.base import Card, Media, MediaKind, Message, Prepared, Progress, Ref
from tests.networks.doubles.linkedin.files import PART
from tests.networks.doubles.linkedin.readers import TOKEN
from tests.networks.linkedin_steps import document, image, linkedin_server, opened, publish, steps, video
from tests.networks.telegram_steps import Wire


@pytest.fixture(scope="module")
def server():
    with linkedin_server() as double:
        yield double


@pytest.fixture
def double(server):
    server.reset()
    server.breaches.clear()
    server.requests.clear()
    server.faults.clear()
    yield server
    assert server.breaches == []


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def network(double, wire):
    opened_network = opened(double, wire)
    yield opened_network
    opened_network.close()


def content(double, receipt):
    return double.posts[receipt.ref.uri]["content"]


def test_an_image_arrives_with_its_alternative_text(double, network):
    media = content(double, publish(network, Message("x", media=(image("La digue 🌊"),))))["media"]
    assert media["altText"] == "La digue 🌊"
    assert double.assets[media["id"]]["data"] == b"\xff\xd8 an image"


@pytest.mark.parametrize("count", [2, 20])
def test_several_images_are_one_post_in_their_order(double, network, count):
    images = tuple(image(f"Vue {place}", b"\xff\xd8 %d" % place) for place in range(count))
    made = content(double, publish(network, Message("x", media=images)))["multiImage"]["images"]
    assert [item["altText"] for item in made] == [f"Vue {place}" for place in range(count)]
    assert [double.assets[item["id"]]["data"] for item in made] == [media.read() for media in images]


def test_a_document_bears_its_title(double, network):
    assert content(double, publish(network, Message("x", media=(document(),))))["media"]["title"] == "Le rapport"


def test_an_animation_is_an_image_that_moves(double, network):
    gif = Media.from_bytes(b"GIF89a", "image/gif", "Vagues", kind=MediaKind.ANIMATION)
    assert content(double, publish(network, Message("x", media=(gif,))))["media"]["altText"] == "Vagues"


@pytest.mark.parametrize("size", [1, PART, PART + 1, 4 * PART + 17])
def test_a_video_goes_in_parts_and_arrives_whole(double, network, size):
    data = bytes(place % 251 for place in range(256)) * (size // 256 + 1)
    media = content(double, publish(network, Message("x", media=(video(data[:size]),))))["media"]
    assert double.assets[media["id"]]["data"] == data[:size]
    assert media["title"] == "La digue"


def test_no_step_lies_in_wait_for_the_network(double, network):
    double.processing = 3
    taken = steps(network, Message("x", media=(video(),)))
    waits = [step for step in taken if isinstance(step, Progress) and step.again_after]
    assert len(waits) == 3
    assert {step.sentence for step in waits} == {"LinkedIn is processing the file."}


@pytest.mark.parametrize("media", [(image("a"), image("b", b"\xff\xd8 b")), (video(b"v" * (5 * PART)),), (document(),)])
def test_a_worker_that_dies_between_any_two_steps_costs_nothing_that_was_made(double, network, media):
    message = Message("x", media=media)
    whole = steps(network, message)
    made = len(double.assets)
    for stopped in range(len(whole) - 1):
        resumed = steps(opened(double), message, whole[stopped].so_far)
        assert len(resumed) == len(whole) - stopped - 1
    first_only = sum(1 for _item in media) * (len(media) - 1 and 1)
    assert len(double.assets) <= made + first_only * len(whole)


def test_a_file_that_changed_meanwhile_is_uploaded_anew(double, network):
    whole = steps(network, Message("x", media=(image(data=b"\xff\xd8 old"),)))
    last = steps(network, Message("x", media=(image(data=b"\xff\xd8 new"),)), whole[-2].so_far)[-1]
    assert double.assets[last.body["post"]["content"]["media"]["id"]]["data"] == b"\xff\xd8 new"


def test_an_upload_that_linkedin_has_forgotten_is_made_anew(double, network):
    whole = steps(network, Message("x", media=(image(),)))
    double.assets.clear()
    [*_others, last] = steps(network, Message("x", media=(image(),)), whole[0].so_far)
    assert isinstance(last, Prepared)
    assert len(double.assets) == 1


@pytest.mark.parametrize(
    "media", [image(data=b"broken"), video(b"broken video"), replace(document(), open=image(data=b"broken").open)]
)
def test_a_file_that_linkedin_cannot_process_is_refused(double, network, media):
    with pytest.raises(Refused, match="could not process"):
        steps(network, Message("x", media=(media,)))
    assert double.posts == {}


@pytest.mark.parametrize(
    "media",
    [(image(), video()), (image(), document()), (video(), video()), tuple(image(data=b"%d" % n) for n in range(21))],
)
def test_what_cannot_stand_together_is_refused_before_anything_leaves(double, network, media):
    with pytest.raises(Refused):
        network.prepare(Message("x", media=media), {})
    assert double.requests == []


def test_a_comment_goes_without_files(double, network):
    with pytest.raises(Refused):
        network.prepare(Message("x", media=(image(),), reply_to=Ref("urn:li:share:1")), {})


def test_the_picture_of_a_card_that_gives_way_to_images_is_not_uploaded(double, network):
    card = Card("https://example.org/", "T", "", image(data=b"\xff\xd8 card"))
    publish(network, Message("x", media=(image(),), card=card))
    assert len(double.assets) == 1


def test_whoever_may_not_read_assets_still_publishes(double, network, wire):
    first = network.prepare(Message("x", media=(image(),)), {})
    wire.answers.append(httpx.Response(403, json={"status": 403, "code": "ACCESS_DENIED"}))
    second = network.prepare(Message("x", media=(image(),)), first.so_far)
    assert isinstance(network.prepare(Message("x", media=(image(),)), second.so_far), Prepared)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/dms-uploads/x",
        "http://www.linkedin.com/x",
        "https://linkedin.com.evil.example/x",
        "",
        "file:///x",
    ],
)
def test_neither_file_nor_token_goes_to_a_strange_server(network, wire, url):
    wire.answers.append(httpx.Response(200, json={"value": {"image": "urn:li:image:C1", "uploadUrl": url}}))
    with pytest.raises(BadAnswer):
        network.prepare(Message("x", media=(image(),)), {})
    assert len(wire.requests) == 1


def test_the_token_goes_along_with_images_and_not_with_parts_of_videos(network, wire):
    for media in (image(), video()):
        steps(network, Message("x", media=(media,)))
    tokens = ["authorization" in request.headers for request in wire.requests if request.method == "PUT"]
    assert tokens == [True, False]


def test_an_upload_that_breaks_off_is_tried_again(network, wire):
    wire.answers += [
        httpx.Response(
            200, json={"value": {"image": "urn:li:image:C1", "uploadUrl": f"{network.api.base_url}/upload/x"}}
        ),
        httpx.RemoteProtocolError("cut"),
    ]
    with pytest.raises(Temporary):
        network.prepare(Message("x", media=(image(),)), {})


@pytest.mark.parametrize(
    "lie", [None, [], {}, "x", 5, [{"firstByte": 0, "lastByte": 10**9}], [{"firstByte": True, "lastByte": 1}]]
)
def test_instructions_that_make_no_sense_are_a_bad_answer(network, wire, lie):
    wire.answers.append(httpx.Response(200, json={"value": {"video": "urn:li:video:C1", "uploadInstructions": lie}}))
    with pytest.raises(BadAnswer):
        network.prepare(Message("x", media=(video(),)), {})


@pytest.mark.parametrize(
    "so_far",
    [
        {"0": 5},
        {"0": {"urn": []}},
        {"0": {"urn": "urn:li:video:C1", "digest": video().digest, "state": "made"}},
        {
            "0": {
                "urn": "urn:li:video:C1",
                "digest": video().digest,
                "state": "made",
                "parts": [[0, "x", 1]],
                "etags": [1],
            }
        },
    ],
)
def test_what_a_stranger_wrote_as_progress_is_begun_anew(double, network, so_far):
    assert isinstance(steps(network, Message("x", media=(video(),)), so_far)[-1], Prepared)


def test_no_step_holds_the_token(double, network, caplog):
    caplog.set_level(logging.DEBUG)
    for step in steps(network, Message("x", media=(video(b"v" * (2 * PART)),))):
        assert TOKEN not in repr(step)
    assert TOKEN not in caplog.text


def test_subtitles_that_do_not_go_along_are_named(network):
    from smeditor.networks.base import Captions

    spoken = replace(video(), captions=(Captions("fr", "WEBVTT"),))
    assert network.losses(Message("x", media=(spoken,)))
    assert network.losses(Message("x", media=(video(),))) == []


def test_a_server_error_while_uploading_is_one_of_our_tree(network, wire):
    wire.answers.append(httpx.Response(500))
    with pytest.raises(SmeditorError):
        network.prepare(Message("x", media=(image(),)), {})
