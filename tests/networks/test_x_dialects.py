"""X calls a post ``tweet`` in one official document and ``post`` in a newer one: the adapter speaks both."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from smeditor.networks.base import Captions, Kind, Message, Prepared, Presence, ReaderOperation
from smeditor.networks.x.dialect import renamed
from tests.networks.doubles.x.document import document
from tests.networks.x_world import LINK, by_text, earlier, image, publish, video, x_world


@pytest.fixture
def world():
    document("post")  # now, for reading it takes longer than a request may
    with override("en"), x_world() as found:
        found.server.names = "post"
        found.server.enterprise = True
        found.server.paper.subscription_type = "Premium"
        found.reader = found.server.add_user("reader", "A Reader")
        yield found


@pytest.fixture
def network(world):
    return world.network()


def test_a_parameter_that_is_not_known_any_more_is_asked_for_by_its_newer_name(world, network):
    world.server.write(world.reader, "@paper Hello")
    assert [item.text for item in network.collect({}).inbound] == ["@paper Hello"]
    assert network.renamed
    asked = world.asked("GET", "/2/users")
    network.collect({})
    assert world.asked("GET", "/2/users") == asked + 1


def test_what_readers_write_is_read_as_before(world, network):
    ref = publish(network, Message("The harbour is closed.")).ref
    post = world.server.post(ref.uri)
    world.server.write(world.reader, "Why?", reply_to=post)
    world.server.write(world.reader, "See", quote=post)
    text = "@paper " + "a long word " * 40 + "https://paper.example/end"
    world.server.write(world.reader, text)
    edited = world.server.write(world.reader, "@paper befor")
    world.server.rewrite(edited, "@paper before")
    found = by_text(network.collect({}, [ref]).inbound)
    assert found["Why?"].kind is Kind.REPLY
    assert found["Why?"].in_reply_to == ref.uri
    assert found["See"].kind is Kind.QUOTE
    assert found[text].links == ("https://paper.example/end",)
    assert found["@paper before"].native_id == edited.versions[0]
    assert network.check([edited.versions[0]]) == {edited.versions[0]: Presence.EDITED}


def test_a_doubtful_post_is_found_and_a_thread_kept_apart(world, network):
    first = publish(network, Message(f"One {LINK}", link=LINK)).ref
    ready = Prepared({"text": f"Two {LINK}", "reply": {"in_reply_to_tweet_id": first.uri}}, LINK)
    assert network.read_back(ready, "identity", earlier(seconds=5)).absent
    assert network.read_back(Prepared({"text": f"One {LINK}"}, LINK), "identity", earlier(seconds=5)).found == first


def test_the_sum_is_never_below_what_x_counts(world, network):
    ref = publish(network, Message("The harbour is closed.")).ref
    world.server.write(world.reader, "Why?", reply_to=world.server.post(ref.uri))
    network.collect({}, [ref])
    assert network.costs.spent() >= world.server.billed


def test_names_are_translated_and_nothing_else_is_changed():
    params = {"tweet.fields": "created_at,author_id,referenced_tweets", "expansions": "author_id", "max_results": "5"}
    assert renamed(params) == {
        "post.fields": "created_at",
        "expansions": "author_id,referenced_posts",
        "max_results": "5",
    }
    assert renamed({"tweet.fields": "edit_history_tweet_ids", "ids": "1"}) == {
        "expansions": "edit_history_post_ids",
        "ids": "1",
    }


def test_every_operation_is_exercised_against_the_newer_document_as_well(world, network):
    if document("post") is None:
        pytest.skip("specs/x-openapi-2.167.json is not in the shared folder (openapi.json of xdevplatform/docs)")
    server = world.server
    network.verify()
    ref = publish(network, Message(f"Look {LINK}", media=(image(),))).ref
    publish(network, Message("A film", media=(video(100, captions=(Captions("fr", "WEBVTT"),)),)))
    post = server.post(ref.uri)
    reply = server.write(world.reader, "Why?", reply_to=post)
    server.write(world.reader, "See", quote=post)
    post.likes.append(world.reader)
    post.reposts.append(world.reader)
    network.collect({}, [ref])
    network.check([reply.id, "1"])
    for operation in ReaderOperation:
        network.operate(reply.id, operation)
    network.read_back(Prepared({"text": "Never"}), "identity", earlier(seconds=5))
    network.edit(ref, Prepared({"text": "Look again"}))
    network.delete(ref)
    assert server.breaches == []
    assert len(server.operations) == 19
