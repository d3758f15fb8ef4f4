"""What the doubles of Threads and Instagram promise by themselves: readers live there, and nothing undocumented passes."""

from __future__ import annotations

import httpx
import pytest

from smeditor.networks.base import Message
from tests.networks import instagram_steps, threads_steps
from tests.networks.doubles.base import ContractBroken, served
from tests.networks.doubles.instagram import Server
from tests.networks.doubles.threads import collection
from tests.shared import shared

double, threads = threads_steps.double, threads_steps.world


def ask(server, name, **form):
    return httpx.post(f"{server.url}/_double/{name}", data=form).json()["id"]


def test_readers_reply_mention_quote_edit_and_delete_on_threads(threads):
    network, server = threads.network(), threads.server
    ref = threads_steps.publish(network, Message("Article")).ref
    reply = ask(server, "reply", post=ref.uri, text="Oui", username="a")
    ask(server, "mention", text="bonjour")
    ask(server, "quote", post=ref.uri, text="lisez")
    assert len(network.collect({}, [ref]).inbound) == 3
    ask(server, "edit", post=reply, text="Non")
    assert server.posts[reply].data["text"] == "Non"
    ask(server, "delete", post=reply)
    assert server.posts[reply].gone
    assert "Article" in httpx.get(f"{server.url}/_double/").text


@pytest.fixture
def collected():
    shared("specs/threads-postman.json")


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize(
    ("method", "path", "params"),
    [
        ("POST", "/me/threads", {"media_type": "TEXT", "txt": "x"}),
        ("POST", "/me/threads", {"text": "x"}),
        ("POST", "/me/threads", {"media_type": "IMAGE", "image_url": "x", "link_attachment": "y"}),
        ("POST", "/me/threads", {"media_type": "AUDIO"}),
        ("POST", "/me/threads_publish", {}),
        ("POST", "/1/like", {}),
        ("PUT", "/1", {}),
        ("GET", "/me", {"fields": "id,password"}),
        ("GET", "/1/conversation", {"fields": "id,likes"}),
        ("GET", "/1/conversation", {"fields": "id", "limit": "5"}),
        ("GET", "/refresh_access_token", {}),
    ],
)
def test_what_the_collection_does_not_have_is_a_breach(method, path, params):
    with pytest.raises(ContractBroken):
        collection.matching(method, path, params)


@pytest.mark.usefixtures("collected")
def test_a_key_that_no_saved_answer_has_is_a_breach():
    found = collection.matching("POST", "/me/threads", {"media_type": "TEXT", "text": "x"})
    collection.check_answer("POST", "/me/threads", found, {"id": "1"})
    with pytest.raises(ContractBroken):
        collection.check_answer("POST", "/me/threads", found, {"id": "1", "url": "x"})


@pytest.mark.usefixtures("collected")
def test_the_collection_is_read_whole():
    assert len(collection.templates()) >= 35


@pytest.fixture
def instagram():
    """An Instagram on loopback."""
    with served(Server()) as server:
        world = instagram_steps.World(server)
        yield world
        for client in world.opened:
            client.close()


def test_readers_comment_tag_and_delete_on_instagram(instagram):
    network, server = instagram.network(), instagram.server
    ref = instagram_steps.publish(network, Message("Article", media=(instagram_steps.image(),))).ref
    comment = ask(server, "comment", under=ref.uri, text="Oui", username="a")
    ask(server, "tag", text="@gazette")
    assert len(network.collect({}, [ref]).inbound) == 2
    ask(server, "delete", under=comment)
    assert network.check([comment])
    assert "Article" in httpx.get(f"{server.url}/_double/").text
    assert server.breaches == []


@pytest.mark.parametrize(
    ("method", "path", "params"),
    [
        ("POST", "media", {"image_url": "https://x.example/a.jpg", "captoin": "x"}),
        ("POST", "media", {"image_url": "https://x.example/a.jpg", "is_carousel_item": "maybe"}),
        ("POST", "media_publish", {"creation_id": "abc"}),
        ("GET", "followers", {}),
        ("GET", "", {"fields": "id,password"}),
        ("POST", "subscribed_apps", {"subscribed_fields": "everything"}),
    ],
)
def test_what_meta_does_not_describe_is_a_breach(instagram, method, path, params):
    shared("specs/meta/IGUserForIGOnlyAPI.json")
    token = instagram.server.token_of_account(instagram_steps.SCOPES).value
    sent = {"params": params} if method == "GET" else {"data": params}
    answer = httpx.request(
        method, f"{instagram.server.url}/v26.0/me/{path}", headers={"Authorization": f"Bearer {token}"}, **sent
    )
    assert answer.status_code == 400
    assert len(instagram.server.breaches) == 1
