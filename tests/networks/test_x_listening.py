"""Listening on X: what readers write and do comes home once, what is gone is only what X itself says is not found."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from werkzeug.wrappers import Response

from smeditor.exceptions import AuthExpired
from smeditor.networks.base import Kind, Message
from smeditor.networks.x import parse
from tests.networks.doubles.x.consent import KNOWN
from tests.networks.x_world import by_text, earlier, image, publish, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        found.reader = found.server.add_user("reader", "A Reader")
        yield found


@pytest.fixture
def network(world):
    return world.network()


def ours(world, network, text="The harbour is closed."):
    ref = publish(network, Message(text)).ref
    return ref, world.server.post(ref.uri)


def test_a_reply_is_read_without_the_names_that_x_put_before_it(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "Why is that? https://paper.example/why", reply_to=post)
    (item,) = network.collect({}, [ref]).inbound
    assert item.text == "Why is that? https://paper.example/why"
    assert item.links == ("https://paper.example/why",)
    assert (item.kind, item.in_reply_to, item.root) == (Kind.REPLY, ref.uri, ref.uri)
    assert item.url == f"https://x.com/reader/status/{item.native_id}"
    assert (item.author.handle, item.author.display_name) == ("reader", "A Reader")


def test_a_reply_that_comes_as_mention_and_in_its_thread_comes_once(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "Why?", reply_to=post)
    assert len(network.collect({}, [ref]).inbound) == 1


def test_a_reply_to_a_reader_that_does_not_name_us_is_found_in_its_thread(world, network):
    ref, post = ours(world, network)
    first = world.server.write(world.reader, "Why?", reply_to=post)
    second = world.server.write(world.server.add_user("other"), "@reader Ice.", reply_to=first)
    second.names = ""  # its author took our name out
    found = by_text(network.collect({}, [ref]).inbound)
    assert found["@reader Ice."].kind is Kind.REPLY
    assert found["@reader Ice."].root == ref.uri


def test_entities_of_html_are_what_their_author_wrote(world, network):
    world.server.write(world.reader, "@paper Fish & chips <3 &amp;")
    (item,) = network.collect({}).inbound
    assert item.text == "@paper Fish & chips <3 &amp;"


def test_a_long_post_is_read_whole(world, network):
    text = "@paper " + "a long word " * 40 + "https://paper.example/end"
    world.server.write(world.reader, text)
    (item,) = network.collect({}).inbound
    assert item.text == text
    assert item.links == ("https://paper.example/end",)


def test_an_image_of_a_reader_is_noted_and_its_address_is_not_its_text(world, network):
    upload = publish_image(world)
    world.server.write(world.reader, "@paper Look", media=[upload])
    (item,) = network.collect({}).inbound
    assert (item.text, item.has_media, item.links) == ("@paper Look", True, ())


def publish_image(world):
    helper = world.network()
    publish(helper, Message("Ours", media=(image(),)))
    return world.server.posts[-1].media[0]


def test_a_mention_is_one_and_our_own_posts_are_none(world, network):
    world.server.write(world.reader, "Does @paper know?")
    world.server.write(world.server.paper, "We, @paper, know.")
    assert [item.kind for item in network.collect({}).inbound] == [Kind.MENTION]


def test_a_quote_names_what_it_quotes(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "Read this", quote=post)
    (item,) = network.collect({}, [ref]).inbound
    assert (item.kind, item.quotes, item.subject) == (Kind.QUOTE, ref.uri, ref.uri)


def test_a_quote_that_names_us_is_a_quote(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "@paper Read this", quote=post)
    assert [item.kind for item in network.collect({}, [ref]).inbound] == [Kind.QUOTE]


def test_likes_and_reposts_come_with_whose_they_are(world, network):
    ref, post = ours(world, network)
    post.likes.append(world.reader)
    post.reposts.append(world.reader)
    found = {item.kind: item for item in network.collect({}, [ref]).inbound}
    assert found[Kind.LIKE].native_id == f"{ref.uri}/liking_users/{world.reader.id}"
    assert found[Kind.REPOST].subject == ref.uri


def test_only_likes_that_were_added_are_read_and_paid(world, network):
    ref, post = ours(world, network)
    post.likes += [world.server.add_user(f"fan{number}") for number in range(30)]
    batch = network.collect({}, [ref])
    post.likes.append(world.reader)
    before = network.costs.spent()
    after = network.collect(batch.cursor, [ref])
    assert [item.author.handle for item in after.inbound] == ["reader"]
    assert network.costs.spent() - before <= Decimal("0.02")


def test_without_the_permission_likes_are_not_asked_for(world):
    network = world.network(scopes=KNOWN - {"like.read"})
    ref, post = ours(world, network)
    post.likes.append(world.reader)
    assert network.collect({}, [ref]).inbound == ()
    assert world.asked("GET", f"/2/tweets/{ref.uri}/liking_users") == 0


def test_a_thread_that_nobody_touched_is_not_walked(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "Why?", reply_to=post)
    batch = network.collect({}, [ref])
    searches = world.asked("GET", "/2/tweets/search")
    network.collect(batch.cursor, [ref])
    assert world.asked("GET", "/2/tweets/search") == searches


def test_what_was_read_is_not_read_again(world, network):
    ref, post = ours(world, network)
    world.server.write(world.reader, "One", reply_to=post)
    batch = network.collect({}, [ref])
    world.server.write(world.reader, "Two", reply_to=post)
    assert [item.text for item in network.collect(batch.cursor, [ref]).inbound] == ["Two"]


def test_many_mentions_come_in_several_collections_and_none_is_lost(world, network, monkeypatch):
    from smeditor.networks.x import collect

    monkeypatch.setattr(collect, "MENTION_PAGES", 1)
    for number in range(250):
        world.server.write(world.reader, f"@paper {number}")
    first = network.collect({})
    assert first.more
    world.server.write(world.reader, "@paper late")
    second = network.collect(first.cursor)
    third = network.collect(second.cursor)
    fourth = network.collect(third.cursor)
    texts = {item.text for batch in (first, second, third, fourth) for item in batch.inbound}
    assert {f"@paper {number}" for number in range(250)} <= texts
    assert "@paper late" in texts


def test_a_token_of_a_page_that_x_does_not_take_any_more_is_forgotten(world, network):
    world.server.write(world.reader, "@paper Hello")
    batch = network.collect({"since": "", "newest": "", "token": "expired", "threads": {}})
    assert [item.text for item in batch.inbound] == ["@paper Hello"]


def test_a_reply_older_than_what_x_searches_does_not_break_the_collection(world, network):
    ref, post = ours(world, network)
    old = str((int((earlier(days=9).timestamp()) * 1000) - parse.EPOCH_MS) << 22)
    cursor = {"threads": {ref.uri: {"n": [0, 0, 0, 0], "reply": old, "quote": ""}}}
    world.server.write(world.reader, "Why?", reply_to=post)
    batch = network.collect(cursor, [ref])
    assert [item.text for item in batch.inbound] == ["Why?"]
    assert batch.unread == ()


def test_an_edited_mention_comes_again_under_its_first_name(world, network):
    post = world.server.write(world.reader, "@paper Befor")
    batch = network.collect({})
    world.server.rewrite(post, "@paper Before")
    (item,) = network.collect(batch.cursor).inbound
    assert item.native_id == post.versions[0]
    assert item.cid == post.versions[1]
    assert item.edited_at is not None
    assert item.text == "@paper Before"


def test_our_own_post_that_somebody_deleted_there_is_told(world, network):
    ref, post = ours(world, network)
    post.deleted = True
    assert network.collect({}, [ref]).deleted == (ref.uri,)


def test_a_protected_reader_is_not_shown(world, network):
    world.reader.protected = True
    world.server.write(world.reader, "@paper psst")
    assert network.collect({}).inbound == ()


def test_a_profile_that_opts_out_is_marked(world, network):
    world.reader.description = "I write. #nobot"
    world.server.write(world.reader, "@paper Hello")
    assert network.collect({}).inbound[0].author.opted_out


def test_a_collection_that_fails_half_way_returns_what_came_and_names_the_rest(world, network):
    first, _post = ours(world, network, "One")
    second, other = ours(world, network, "Two")
    world.server.write(world.reader, "@paper Hello")
    world.server.write(world.reader, "Why?", reply_to=other)
    other.names = ""
    world.fail("GET", "/2/tweets/search/recent", Response("", 503))
    batch = network.collect({}, [first, second])
    assert {"@paper Hello", "Why?"} >= set(by_text(batch.inbound))
    assert batch.unread == (second.uri,)


def test_a_failure_in_looking_posts_up_keeps_the_mentions(world, network):
    ref, _post = ours(world, network)
    world.server.write(world.reader, "@paper Hello")
    world.fail("GET", "/2/tweets", Response("", 503))
    batch = network.collect({}, [ref])
    assert [item.text for item in batch.inbound] == ["@paper Hello"]
    assert batch.unread == (ref.uri,)


def test_a_used_up_window_ends_the_walk(world, network):
    world.server.limits["GET /2/tweets/search/recent"] = 1
    refs = []
    for number in range(3):
        ref, post = ours(world, network, f"Post {number}")
        world.server.write(world.reader, f"Why {number}?", reply_to=post)
        refs.append(ref)
    batch = network.collect({}, refs)
    assert len(batch.unread) == 2


def test_a_revoked_token_is_an_expired_one(world, network):
    network.revoke()
    with pytest.raises(AuthExpired):
        network.collect({})
