"""The double of X itself: held to the official document in all that is exercised, and alive for a demo."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from django.utils.translation import override

from smeditor.networks.base import Captions, Message, Prepared, ReaderOperation
from tests.networks.doubles.x.document import document
from tests.networks.x_world import LINK, earlier, image, publish, video, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


def test_every_operation_that_the_adapter_uses_is_exercised_against_the_document(world):
    if document() is None:
        pytest.skip("specs/x-openapi.json is not beside this checkout (set SMEDITOR_SHARED to its folder)")
    server, network = world.server, world.network()
    server.enterprise = True
    server.paper.subscription_type = "Premium"
    reader = server.add_user("reader")
    network.verify()
    ref = publish(network, Message(f"Look {LINK}", media=(image(),))).ref
    publish(network, Message("A film", media=(video(100, captions=(Captions("fr", "WEBVTT"),)),)))
    post = server.post(ref.uri)
    reply = server.write(reader, "Why?", reply_to=post)
    server.write(reader, "See", quote=post)
    post.likes.append(reader)
    post.reposts.append(reader)
    network.collect({}, [ref])
    network.check([reply.id, "1"])
    for operation in ReaderOperation:
        network.operate(reply.id, operation)
    network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=5))
    network.edit(ref, Prepared({"text": "Look again"}))
    network.delete(ref)
    assert server.breaches == []
    assert server.operations == {
        "appendMediaUpload",
        "createMediaMetadata",
        "createMediaSubtitles",
        "createPosts",
        "deletePosts",
        "finalizeMediaUpload",
        "getMediaUploadStatus",
        "getPostsByIds",
        "getPostsLikingUsers",
        "getPostsQuotedPosts",
        "getPostsRepostedBy",
        "getUsersMe",
        "getUsersMentions",
        "getUsersPosts",
        "hidePostsReply",
        "initializeMediaUpload",
        "likePost",
        "searchPostsRecent",
        "unlikePost",
    }


@pytest.mark.parametrize(
    ("method", "path", "how"),
    [
        ("POST", "/2/tweets", {"json": {"text": "a", "mood": "glad"}}),
        ("POST", "/2/tweets", {"json": {"text": "a", "reply": {"in_reply_to_tweet_id": "at://x"}}}),
        ("GET", "/2/tweets", {"params": {"ids": "1", "fields": "text"}}),
        ("GET", "/2/tweets", {"params": {"ids": "1", "tweet.fields": "mood"}}),
        ("GET", "/2/tweets/search/recent", {"params": {"query": "conversation_id:1", "max_results": "5000"}}),
    ],
)
def test_a_request_that_the_document_does_not_allow_is_a_breach(world, method, path, how: dict[str, Any]):
    if document() is None:
        pytest.skip("specs/x-openapi.json is not beside this checkout (set SMEDITOR_SHARED to its folder)")
    headers = {"Authorization": f"Bearer {world.server.token()}"}
    httpx.request(method, world.server.url + path, headers=headers, timeout=60, **how)
    assert len(world.server.breaches) == 1
    world.server.breaches.clear()


def test_an_answer_that_the_document_does_not_allow_is_a_breach(world, monkeypatch):
    if document() is None:
        pytest.skip("specs/x-openapi.json is not beside this checkout (set SMEDITOR_SHARED to its folder)")
    monkeypatch.setattr(world.server.paper, "id", "not a number")
    headers = {"Authorization": f"Bearer {world.server.token()}"}
    httpx.get(f"{world.server.url}/2/users/me", headers=headers, timeout=60)
    assert len(world.server.breaches) == 1
    world.server.breaches.clear()


def test_readers_of_a_demo_live_here(world):
    network, url = world.network(), world.server.url
    ref = publish(network, Message("The harbour is closed.")).ref
    for deed in ("reply", "quote", "like", "repost"):
        answer = httpx.post(f"{url}/_double/{deed}", json={"post": ref.uri, "user": "grace", "text": f"A {deed}"})
        assert answer.status_code == 201
    httpx.post(f"{url}/_double/mention", json={"user": "grace", "text": "hello"})
    assert len(network.collect({}, [ref]).inbound) == 5
    assert len(httpx.get(f"{url}/_double/posts").json()["posts"]) == 4


def test_the_double_can_be_started_by_hand():
    from tests.networks.doubles.__main__ import double_of

    assert double_of("x").slug == "x"


def test_the_double_forgets_everything(world):
    publish(world.network(), Message("Good morning"))
    world.server.reset()
    assert world.server.posts == []
    assert [user.username for user in world.server.users.values()] == ["paper"]
