"""A video on its way to a page: piece by piece, processed, shown once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, OutcomeUnknown, Refused, Temporary
from smeditor.networks.base import Captions, Kind, Message, Prepared, Progress, Ref
from tests.networks.contract_steps import fully_prepared, fully_prepared_from, steps_of
from tests.networks.doubles.facebook.posts import PIECE
from tests.networks.doubles.graph import GraphError
from tests.networks.facebook_account import error_body, facebook_account, facebook_server, video
from tests.networks.harness import Fault

NOW = datetime.now(UTC)
FILM = video(700_000)


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


@pytest.fixture
def message():
    return Message("Le film de la crue", media=(FILM,))


def the_video(page):
    [found] = [node for node in page.server.nodes.values() if node.kind == "AdVideo"]
    return found


def test_a_video_arrives_whole_and_is_shown_when_it_is_sent(page, message):
    prepared = fully_prepared(page.network, message)
    assert the_video(page).hidden["bytes"] == FILM.read()
    assert page.server.posts_of(page.server.page) == []
    receipt = page.network.send(prepared, "id", NOW)
    [post] = page.server.posts_of(page.server.page)
    assert (receipt.ref.uri, post.data["message"]) == (post.id, "Le film de la crue")


def test_each_step_asks_for_the_next_at_once_until_facebook_works_by_itself(page, message):
    steps = list(steps_of(page.network, message))
    assert [type(step) for step in steps[:-1]] == [Progress] * (len(steps) - 1)
    pieces = -(-FILM.size // PIECE)
    assert [step.again_after for step in steps[: 1 + pieces]] == [timedelta()] * (1 + pieces)
    assert steps[1 + pieces].again_after >= timedelta(seconds=5)
    assert steps[1 + pieces].sentence == "Facebook is processing the video."
    assert steps[1].sentence == f"The video is uploaded to {100 * PIECE // FILM.size}%."


@pytest.mark.parametrize("killed_after", range(6))
def test_an_upload_goes_on_where_a_worker_was_killed(page, message, killed_after):
    steps = steps_of(page.network, message)
    so_far = {}
    for _step in range(killed_after):
        so_far = next(steps).so_far
    prepared = fully_prepared_from(page.network_with(), message, json.loads(json.dumps(so_far)))
    page.network.send(prepared, "id", NOW)
    assert the_video(page).hidden["bytes"] == FILM.read()
    assert len(page.server.posts_of(page.server.page)) == 1


def test_a_progress_holds_no_secret(page, message):
    for step in steps_of(page.network, message):
        assert page.server.token.value not in repr(step)


def test_an_upload_that_facebook_forgot_is_begun_anew(page, message):
    steps = steps_of(page.network, message)
    next(steps)
    so_far = next(steps).so_far
    the_video(page).hidden["expired"] = True
    step = page.network.prepare(message, so_far)
    assert (step.sentence, "video" in step.so_far) == ("The upload is begun anew.", False)
    page.network.send(fully_prepared_from(page.network, message, step.so_far), "id", NOW)
    assert len(page.server.posts_of(page.server.page)) == 1


def test_an_upload_that_is_forgotten_again_and_again_ends(page, message):
    so_far = {}
    for _attempt in range(2 * 4):
        so_far = page.network.prepare(message, so_far).so_far
        for node in page.server.nodes.values():
            node.hidden["expired"] = True
    with pytest.raises(Refused, match="not the video"):
        page.network.prepare(message, so_far)


def test_a_piece_whose_answer_was_lost_does_no_harm(page, message):
    steps = steps_of(page.network, message)
    so_far = next(steps).so_far
    page.server.fail(
        lambda method, path: path.endswith("/videos"), GraphError(2, "Service unavailable"), carried_out=True
    )
    with pytest.raises(Temporary):
        page.network.prepare(message, so_far)
    page.network.send(fully_prepared_from(page.network, message, so_far), "id", NOW)
    [post] = page.server.posts_of(page.server.page)
    shown = page.server.nodes[post.hidden["attachments"][0]["target"]["id"]]
    assert shown.hidden["bytes"] == FILM.read()


def test_a_video_that_facebook_cannot_process_says_why(page, message):
    page.server.video_fails = "The video's codec is not supported"
    with pytest.raises(Refused, match="codec is not supported"):
        fully_prepared(page.network, message)


def test_a_video_that_is_processed_for_long_is_asked_for_more_and_more_seldom(page, message):
    page.server.processing_polls = 8
    pauses = [step.again_after for step in steps_of(page.network, message) if step.__class__ is Progress]
    page.server.processing_polls = 2
    waiting = [pause for pause in pauses if pause]
    assert waiting == sorted(waiting)
    assert waiting[-1] <= timedelta(minutes=5)
    assert len(waiting) >= 8


def test_showing_a_video_twice_is_one_post(page, message):
    prepared = fully_prepared(page.network, message)
    first = page.network.send(prepared, "id", NOW)
    second = page.network.send(Prepared.from_json(prepared.as_json()), "id", NOW)
    assert first.ref == second.ref
    assert len(page.server.posts_of(page.server.page)) == 1


def test_a_lost_answer_is_resolved_by_asking_for_the_video(page, message):
    prepared = fully_prepared(page.network, message)
    page.transport.waiting.append((Fault.LOST_ANSWER, True))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)
    [post] = page.server.posts_of(page.server.page)
    assert page.network.read_back(prepared, "id", NOW).found.uri == post.id


def test_a_video_that_was_not_shown_is_proved_absent(page, message):
    result = page.network.read_back(fully_prepared(page.network, message), "id", NOW)
    assert (result.found, result.absent) == (None, True)


def test_a_post_that_facebook_names_late_costs_only_its_name(page, message):
    prepared = fully_prepared(page.network, message)
    page.server.fail(lambda method, path: method == "GET", GraphError(2, "Service unavailable"))
    assert page.network.send(prepared, "id", NOW).ref.uri == the_video(page).id


def test_a_video_in_one_request_is_shown_by_the_uploads_end(page, message):
    direct = page.network_with(publish_directly="yes")
    prepared = fully_prepared(direct, message)
    assert page.server.posts_of(page.server.page) == []
    receipt = direct.send(prepared, "id", NOW)
    [post] = page.server.posts_of(page.server.page)
    assert (receipt.ref.uri, post.data["message"]) == (post.id, "Le film de la crue")
    assert direct.read_back(prepared, "id", NOW).found.uri == post.id


def test_a_video_in_one_request_that_never_arrived_is_for_a_person(page, message):
    direct = page.network_with(publish_directly="yes")
    result = direct.read_back(fully_prepared(direct, message), "id", NOW)
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_readers_under_a_video_are_answered_like_others(page, message):
    ref = page.publish(message).ref
    comment = page.server.comment(ref.uri, "Où est-ce ?")
    batch = page.network.collect({}, [ref])
    assert [item.native_id for item in batch.inbound] == [comment]
    page.publish(Message("À Étretat.", reply_to=Ref(comment), answers=Kind.COMMENT, comment=True))


def test_a_comment_under_a_video_without_a_post_is_collected(page, message):
    page.publish(message)
    film = the_video(page)
    comment = page.server.comment(film.hidden["post"], "Où est-ce ?")
    batch = page.network.collect({}, [Ref(film.id)])
    assert [item.native_id for item in batch.inbound] == [comment]


def test_a_videos_text_is_corrected(page, message):
    page.publish(message)
    page.network.edit(Ref(the_video(page).id), Prepared({"text": "La crue"}))
    assert the_video(page).data["description"] == "La crue"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"video_id": "1"},
        {"video_id": "me", "upload_session_id": "1", "start_offset": "0", "end_offset": "10"},
        {"video_id": "1", "upload_session_id": "1", "start_offset": "x", "end_offset": "10"},
        {"video_id": "1", "upload_session_id": "1", "start_offset": "5", "end_offset": "1"},
        {"video_id": "1", "upload_session_id": "1", "start_offset": "0", "end_offset": "99999999"},
        {"video_id": "1", "upload_session_id": {}, "start_offset": "0", "end_offset": "10"},
    ],
)
def test_an_upload_that_lies_is_called_so(page, message, answer):
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with pytest.raises(BadAnswer):
        page.network.prepare(message, {})


def test_an_upload_that_asks_for_the_same_piece_for_ever_is_called_a_lie(page, message):
    so_far = page.network.prepare(message, {}).so_far
    same = {"start_offset": "0", "end_offset": "10"}
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json=same))
    with pytest.raises(BadAnswer):
        page.network.prepare(message, so_far)


def test_a_token_that_ends_in_the_middle_of_an_upload_asks_for_a_person(page, message):
    so_far = page.network.prepare(message, {}).so_far
    page.server.revoke(page.server.token.value, 460)
    with pytest.raises(AuthExpired):
        page.network.prepare(message, so_far)


def test_a_state_that_nobody_knows_is_no_end(page, message):
    so_far = {"digests": [FILM.digest], "video": {"id": "1", "session": "2", "state": "processing"}}
    answer = {"id": "1", "status": {"video_status": "levitating"}}
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with pytest.raises(BadAnswer):
        page.network.prepare(message, so_far)


def test_an_error_while_asking_whether_it_is_processed_passes(page):
    so_far = {"digests": [FILM.digest], "video": {"id": "1", "session": "2", "state": "processing"}}
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(500, json=dict(error_body(2))))
    with pytest.raises(Temporary):
        page.network.prepare(Message("x", media=(FILM,)), so_far)


def test_it_is_said_that_alt_text_and_subtitles_stay_behind(page):
    film = video(1000, captions=(Captions("fr", "WEBVTT"),))
    losses = page.network.losses(Message("x", media=(film,)))
    assert losses == ["The video goes without its subtitles: add them on Facebook."]
