"""What others met who publish on X, each tried here: the address of the report stands with its test."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override
from werkzeug.wrappers import Response

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Temporary,
    UnsupportedFeature,
)
from smeditor.networks.base import Message, Prepared, ReaderOperation, Ref
from smeditor.networks.x import X
from tests.networks.x_world import LINK, earlier, image, now, prepared, publish, video, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


@pytest.fixture
def network(world):
    return world.network()


def problem(code: int, **members: Any) -> Response:
    return Response(json.dumps(members), code, content_type="application/json; charset=utf-8")


def test_a_duplicates_403_is_no_crash_and_no_plain_refusal(world, network):
    """https://github.com/akrherz/iembot/issues/163"""
    body = {"detail": "You are not allowed to create a Tweet with duplicate content.", "type": "about:blank"}
    world.fail("POST", "/2/tweets", problem(403, **body, title="Forbidden", status=403))
    with pytest.raises(OutcomeUnknown) as caught:
        network.send(Prepared({"text": "Good morning"}), "identity", now())
    assert caught.value.code == "duplicate"


def test_the_id_of_what_a_duplicate_repeats_is_found(world, network):
    """https://github.com/plhery/node-twitter-api-v2/issues/469"""
    first = publish(network, Message(f"Good morning {LINK}", link=LINK))
    ready = prepared(network, Message(f"Good morning {LINK}", link=LINK))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "identity", now())
    assert network.read_back(ready, "identity", earlier(seconds=5)).found == first.ref


def test_two_submissions_of_one_post_make_one(world, network):
    """https://github.com/sferik/x-ruby/issues/24"""
    ready = prepared(network, Message(f"Good morning {LINK}", link=LINK))
    network.send(ready, "identity", now())
    with pytest.raises(OutcomeUnknown):
        world.network().send(ready, "identity", now())
    assert len(world.server.posts) == 1


def test_two_workers_that_renew_at_once_do_not_both_think_that_they_did(world, network):
    """https://github.com/gptme/gptme-contrib/issues/600"""
    twin = X(network.credentials, client=world.client(), app=world.app)
    fresh = network.refresh()
    with pytest.raises(AuthExpired):
        twin.refresh()
    assert twin.credentials.secret != fresh.secret
    assert not twin.credentials_changed


def test_the_refresh_token_that_came_last_is_the_one_that_is_used_next(world, network):
    """https://github.com/r-lib/httr2/issues/197"""
    for _time in range(3):
        network.refresh()
    assert network.verify().handle == "paper"


def test_a_confidential_app_renews_with_its_header(world, network):
    """https://github.com/unasuke/omniauth-twitter2/issues/4"""
    network.refresh()
    assert world.recorder.requests[-1].headers["authorization"].startswith("Basic ")


def test_no_piece_is_so_large_that_x_refuses_it(world, network):
    """https://github.com/abraham/twitteroauth/issues/1257"""
    publish(network, Message("Look", media=(video(5_000_000),)))
    assert max(len(request.content) for request in world.recorder.requests) < 2 * 1024 * 1024 + 1000


def test_the_pieces_of_the_largest_video_have_an_index_that_x_knows():
    """https://github.com/plhery/node-twitter-api-v2/pull/585: the index begins at 0 and ends at 999 (OpenAPI document)."""
    from smeditor.networks.media import MediaKind
    from smeditor.networks.x.limits import STANDARD
    from smeditor.networks.x.uploads import PIECE

    assert -(-STANDARD.of(MediaKind.VIDEO).max_bytes // PIECE) - 1 <= 999


def test_closing_an_upload_brings_no_body_that_x_would_read_as_json(world, network):
    """https://github.com/sferik/x-ruby/issues/71"""
    publish(network, Message("Look", media=(image(),)))
    (closing,) = [request for request in world.recorder.requests if request.url.path.endswith("/finalize")]
    assert closing.content == b""


def test_pieces_that_do_not_add_up_are_sent_anew(world, network):
    """https://github.com/retifrav/retifrav.github.io/issues/30"""
    message = Message("Look", media=(video(5_000_000),))
    state: dict[str, Any] = {}
    for _step in range(3):
        state = network.prepare(message, state).so_far
    next(iter(world.server.uploads.values())).pieces.pop(0)
    network.send(prepared(network, message, state), "identity", now())
    assert world.server.posts[0].media[0].content == message.media[0].read()


def test_what_x_says_of_a_failed_video_reaches_a_person(world, network):
    """https://github.com/linvi/tweetinvi/issues/597"""
    world.server.video_failure = "Video longer than 2 min"
    with pytest.raises(Refused, match="Video longer than 2 min"):
        prepared(network, Message("Look", media=(video(100),)))


def test_an_image_is_not_uploaded_as_a_video(world, network):
    """https://github.com/xdevplatform/xurl/issues/29"""
    publish(network, Message("Look", media=(image(),)))
    (upload,) = world.server.uploads.values()
    assert (upload.category, upload.media_type) == ("tweet_image", "image/png")


def test_nothing_is_posted_while_a_video_is_still_processed(world, network):
    """https://github.com/ttezel/twit/issues/517"""
    world.server.polls = 5
    publish(network, Message("Look", media=(video(100),)))
    assert world.asked("GET", "/2/media/upload") == 5
    assert len(world.server.posts) == 1


def test_a_limit_says_until_when_without_a_retry_after(world, network):
    """https://github.com/tweepy/tweepy/issues/2227"""
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0"}
    headers["x-rate-limit-reset"] = str(int((now() + timedelta(minutes=7)).timestamp()))
    world.fail("POST", "/2/tweets", Response("", 429, headers=headers))
    with pytest.raises(RateLimited) as caught:
        network.send(Prepared({"text": "Good morning"}), "identity", now())
    assert timedelta(minutes=6) < caught.value.until - now() <= timedelta(minutes=7)


def test_a_days_limit_is_not_taken_for_a_quarter_of_an_hour(world, network):
    """https://github.com/tweepy/tweepy/issues/1240"""
    quarter, day = (int((now() + span).timestamp()) for span in (timedelta(minutes=15), timedelta(hours=9)))
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "40", "x-rate-limit-reset": str(quarter)}
    headers |= {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": str(day)}
    world.fail("POST", "/2/tweets", Response("", 429, headers=headers))
    with pytest.raises(RateLimited) as caught:
        network.send(Prepared({"text": "Good morning"}), "identity", now())
    assert caught.value.until - now() > timedelta(hours=8)


@pytest.mark.parametrize("reset", ["soon", "", "-1", "99999999999999999999", "nan"])
def test_a_limit_with_a_nonsense_time_is_still_one_with_an_end(world, network, reset):
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    world.fail("POST", "/2/tweets", Response("", 429, headers=headers))
    with pytest.raises(RateLimited) as caught:
        network.send(Prepared({"text": "Good morning"}), "identity", now())
    assert timedelta(0) < caught.value.until - now() <= timedelta(days=1)


def test_used_up_credits_are_no_final_no(world, network):
    """https://github.com/tryethernal/ethernal/issues/1324"""
    body = {"title": "CreditsDepleted", "type": "https://api.twitter.com/2/problems/credits"}
    world.fail("POST", "/2/tweets", problem(402, **body, detail="no credits to fulfill this request"))
    with pytest.raises(RateLimited, match="credits"):
        network.send(Prepared({"text": "Good morning"}), "identity", now())


def test_an_empty_404_of_a_call_that_x_does_not_offer_is_no_deletion(world, network):
    """https://github.com/xdevplatform/docs/issues/395"""
    receipt = publish(network, Message("Good morning"))
    world.fail("DELETE", "/2/tweets", Response("", 404))
    with pytest.raises(NetworkError) as caught:
        network.delete(receipt.ref)
    assert isinstance(caught.value, BadAnswer)


def test_an_author_who_restricts_replies_is_named_as_the_reason(world, network):
    """https://github.com/nminaya/grammar-nazi-bot/issues/221"""
    detail = "The original Tweet author restricted who can reply to this Tweet. (433)"
    world.fail("POST", "/2/tweets", problem(403, detail=detail, type="about:blank", title="Forbidden", status=403))
    with pytest.raises(Refused, match="lets everybody"):
        network.send(Prepared({"text": "Yes", "reply": {"in_reply_to_tweet_id": "1"}}), "identity", now())


def test_an_access_level_that_lacks_the_call_is_said_to_be_one(world, network):
    """https://github.com/nminaya/grammar-nazi-bot/issues/592"""
    body = {"type": "https://api.twitter.com/2/problems/client-forbidden", "reason": "client-not-enrolled"}
    world.fail("GET", "/2/users", problem(403, **body, title="Client Forbidden", detail="subset of endpoints"))
    with pytest.raises(Refused, match="another contract"):
        network.verify()


def test_a_token_of_the_app_alone_is_said_to_be_of_the_wrong_kind(world, network):
    body = {
        "type": "https://api.twitter.com/2/problems/unsupported-authentication",
        "title": "Unsupported Authentication",
    }
    world.fail("GET", "/2/users", problem(403, **body, detail="Application-Only is forbidden for this endpoint"))
    with pytest.raises(AuthExpired, match="consent screen"):
        network.verify()


def test_a_page_of_a_doorkeeper_instead_of_json_is_a_bad_answer(world, network):
    page = "<!doctype html><title>Just a moment...</title>"
    for status, error in ((200, BadAnswer), (403, Refused), (404, BadAnswer), (503, Temporary)):
        world.fail("GET", "/2/users", Response(page, status, content_type="text/html"))
        with pytest.raises(error):
            network.verify()


def test_unknown_members_of_an_answer_change_nothing(world, network):
    body = {"data": {"id": world.server.paper.id, "name": "The Paper", "username": "paper", "new": [{}]}, "more": 1}
    world.fail("GET", "/2/users", problem(200, **body))
    assert network.verify().handle == "paper"


def test_a_liked_post_that_is_liked_again_is_liked(world, network):
    world.fail("POST", "/2/users", problem(403, detail="You have already liked this Tweet.", type="about:blank"))
    network.operate("123", ReaderOperation.LIKE)


def test_a_reply_to_a_post_that_was_deleted_meanwhile_is_refused_and_nothing_is_published(world, network):
    with pytest.raises(Refused):
        publish(network, Message("Yes", reply_to=Ref("123")))
    assert world.server.posts == []


def test_an_author_who_blocked_the_account_does_not_end_its_connection(world, network):
    detail = "You have been blocked from the author of this post."
    world.fail("POST", "/2/tweets", problem(403, detail=detail, type="about:blank", title="Forbidden", status=403))
    with pytest.raises(Refused):
        network.send(Prepared({"text": "Yes", "reply": {"in_reply_to_tweet_id": "1"}}), "identity", now())


def test_a_suspected_robot_is_no_final_no_and_no_lost_connection(world, network):
    detail = (
        "This request looks like it might be automated. To protect our users from spam and other malicious activity, we "
        "can't complete this action right now. Please try again later. (226)"
    )
    world.fail("POST", "/2/tweets", problem(403, detail=detail, type="about:blank", title="Forbidden", status=403))
    with pytest.raises(RateLimited):
        network.send(Prepared({"text": "Good morning"}), "identity", now())


def test_a_locked_account_is_said_to_be_one(world, network):
    detail = "To protect our users from spam and other malicious activity, this account is temporarily locked. (326)"
    world.fail("POST", "/2/tweets", problem(403, detail=detail, type="about:blank", title="Forbidden", status=403))
    with pytest.raises(AuthExpired, match="suspended or locked"):
        network.send(Prepared({"text": "Good morning"}), "identity", now())


def test_a_number_in_an_error_does_not_make_a_like_of_it(world, network):
    world.fail("POST", "/2/users", problem(403, detail="Post 1391390 is not yours to like.", type="about:blank"))
    with pytest.raises(UnsupportedFeature):
        network.operate("139", ReaderOperation.LIKE)
