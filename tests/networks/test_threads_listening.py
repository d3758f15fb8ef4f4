"""What comes home from Threads: replies, mentions, quotes; what was edited, hidden, deleted; and what cannot be known."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from smeditor.exceptions import AuthExpired, RateLimited, Temporary
from smeditor.networks.base import Kind, Message, Presence, ReaderOperation, Ref
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import SCOPES, ThreadsError
from tests.networks.threads_steps import now, publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network


def collected(network, ours=(), cursor=None):
    batch = network.collect(cursor or {}, ours)
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor
    return batch


def test_a_reply_comes_home(world, network):
    ref = publish(network, Message("Article")).ref
    reply = world.server.write("lectrice_du_port", "Et la nappe ? https://example.net/preuve", parent=ref.uri)
    [item] = collected(network, [ref]).inbound
    assert (item.kind, item.native_id, item.in_reply_to, item.root) == (Kind.REPLY, reply.id, ref.uri, ref.uri)
    assert item.links == ("https://example.net/preuve",)
    assert item.author.handle == "lectrice_du_port"
    assert item.published_at.utcoffset() == timedelta(0)
    assert item.public


def test_a_reply_to_a_reply_belongs_to_our_thread(world, network):
    ref = publish(network, Message("Article")).ref
    first = world.server.write("a", "Un", parent=ref.uri)
    deeper = world.server.write("b", "Deux", parent=first.id)
    item = next(item for item in collected(network, [ref]).inbound if item.native_id == deeper.id)
    assert (item.in_reply_to, item.root) == (first.id, ref.uri)


def test_a_mention_comes_home(world, network):
    world.server.write("a", "Vous avez vu, @gazette ?")
    [item] = collected(network).inbound
    assert (item.kind, item.text) == (Kind.MENTION, "Vous avez vu, @gazette ?")


def test_a_quote_that_names_us_comes_home_as_a_quote(world, network):
    ref = publish(network, Message("Article")).ref
    world.server.write("a", "Lisez @gazette", quotes=ref.uri)
    [item] = collected(network, [ref]).inbound
    assert (item.kind, item.quotes, item.subject) == (Kind.QUOTE, ref.uri, ref.uri)


def test_a_reply_that_names_us_is_still_a_reply(world, network):
    ref = publish(network, Message("Article")).ref
    world.server.write("a", "@gazette non", parent=ref.uri)
    [item] = collected(network, [ref]).inbound
    assert (item.kind, item.in_reply_to) == (Kind.REPLY, ref.uri)


def test_a_reply_that_names_us_under_an_older_post_of_ours_is_a_reply(world, network):
    ref = publish(network, Message("Article")).ref
    before = collected(network, [ref])
    world.server.write("a", "@gazette non", parent=ref.uri)
    [item] = collected(network, (), before.cursor).inbound
    assert (item.kind, item.root) == (Kind.REPLY, ref.uri)


def test_our_own_answers_do_not_come_back(world, network):
    ref = publish(network, Message("Article")).ref
    publish(network, Message("Suite @gazette", reply_to=ref, root=ref))
    assert collected(network, [ref]).inbound == ()


def test_after_the_cursor_nothing_comes_twice(world, network):
    ref = publish(network, Message("Article")).ref
    world.server.write("a", "Une fois", parent=ref.uri)
    world.server.write("b", "@gazette !")
    first = collected(network, [ref])
    assert len(first.inbound) == 2
    assert collected(network, [ref], first.cursor).inbound == ()


def test_an_edited_reply_comes_again(world, network):
    ref = publish(network, Message("Article")).ref
    reply = world.server.write("a", "Fautte", parent=ref.uri)
    first = collected(network, [ref])
    world.server.edit(reply.id, "Faute")
    [item] = collected(network, [ref], first.cursor).inbound
    assert item.text == "Faute"
    assert abs(item.edited_at - now()) < timedelta(minutes=1)


def test_a_hidden_reply_comes_again_as_hidden_and_not_as_edited(world, network):
    ref = publish(network, Message("Article")).ref
    reply = world.server.write("a", "Nul", parent=ref.uri)
    first = collected(network, [ref])
    network.operate(reply.id, ReaderOperation.HIDE)
    [item] = collected(network, [ref], first.cursor).inbound
    assert (item.hidden, item.edited_at) == (True, None)


def test_a_deleted_reply_is_told(world, network):
    ref = publish(network, Message("Article")).ref
    reply = world.server.write("a", "Je regrette", parent=ref.uri)
    first = collected(network, [ref])
    world.server.remove(reply.id)
    assert collected(network, [ref], first.cursor).deleted == (reply.id,)


def test_a_reply_that_is_only_left_out_of_the_list_is_not_deleted(world, network):
    ref = publish(network, Message("Article")).ref
    reply = world.server.write("a", "Là", parent=ref.uri)
    first = collected(network, [ref])
    world.server.posts[reply.id].root = world.server.posts[reply.id].parent = "elsewhere"
    assert collected(network, [ref], first.cursor).deleted == ()


def test_nothing_is_deleted_when_the_conversation_was_not_read_to_its_end(world, network):
    ref = publish(network, Message("Article")).ref
    oldest = world.server.write("a", "Vieux", parent=ref.uri, age=timedelta(hours=1))
    first = collected(network, [ref])
    for number in range(8):
        world.server.write("b", str(number), parent=ref.uri)
    world.server.remove(oldest.id)
    world.server.page_size = 1
    assert collected(network, [ref], first.cursor).deleted == ()


def test_a_long_conversation_is_read_page_by_page(world, network):
    ref = publish(network, Message("Article")).ref
    for number in range(9):
        world.server.write("b", str(number), parent=ref.uri)
    world.server.page_size = 2
    assert len(collected(network, [ref]).inbound) == 9


def test_many_mentions_are_read_page_by_page(world, network):
    for number in range(9):
        world.server.write("b", f"@gazette {number}")
    world.server.page_size = 2
    first = collected(network)
    assert [item.text for item in first.inbound] == [f"@gazette {number}" for number in range(9)]
    world.server.write("b", "@gazette encore")
    assert [item.text for item in collected(network, (), first.cursor).inbound] == ["@gazette encore"]


def test_one_of_our_posts_that_somebody_deleted_there_is_told(world, network):
    ref = publish(network, Message("Article")).ref
    world.server.remove(ref.uri)
    assert collected(network, [ref]).deleted == (ref.uri,)


def test_a_thread_that_fails_hides_no_other(world, network):
    first, second = publish(network, Message("Un")).ref, publish(network, Message("Deux")).ref
    world.server.write("a", "Oui", parent=second.uri)
    world.server.fail(lambda _m, path: path == f"/{first.uri}/conversation", ThreadsError(1, "unknown"))
    batch = collected(network, [first, second])
    assert batch.unread == (first.uri,)
    assert len(batch.inbound) == 1


def test_mentions_that_fail_do_not_hide_the_replies(world, network):
    ref = publish(network, Message("Un")).ref
    world.server.write("a", "Oui", parent=ref.uri)
    world.server.fail(lambda _m, path: path == "/me/mentions", ThreadsError(1, "unknown"))
    assert len(collected(network, [ref]).inbound) == 1


def test_a_collection_in_which_all_failed_says_so(world, network):
    ref = publish(network, Message("Un")).ref
    world.server.fail(lambda _m, path: path == "/me/mentions", ThreadsError(1, "unknown"))
    world.server.fail(lambda _m, path: path.endswith("conversation"), ThreadsError(1, "unknown"))
    with pytest.raises(Temporary):
        network.collect({}, [ref])


def test_a_limit_ends_the_collection_at_once(world, network):
    ref = publish(network, Message("Un")).ref
    world.server.fail(lambda _m, path: path == "/me/mentions", ThreadsError(17, "User request limit reached"))
    with pytest.raises(RateLimited):
        network.collect({}, [ref])


@pytest.mark.parametrize("left_out", ["threads_manage_mentions", "threads_read_replies"])
@pytest.mark.parametrize("known", [True, False])
def test_without_a_permission_the_rest_comes_home(world, left_out, known):
    token = world.server.token([scope for scope in SCOPES if scope != left_out])
    network = world.network(token, scopes=token.scopes if known else None)
    ref = publish(world.network(), Message("Un")).ref
    world.server.write("a", "Oui", parent=ref.uri)
    world.server.write("b", "@gazette oui")
    if left_out == "threads_read_replies" and not known:
        batch = network.collect({}, [ref])
        assert batch.unread == (ref.uri,)
    else:
        batch = network.collect({}, [ref])
    assert {item.kind for item in batch.inbound} == (
        {Kind.REPLY} if left_out == "threads_manage_mentions" else {Kind.MENTION}
    )


def test_a_revoked_token_asks_for_a_person(world, network):
    for token in world.server.tokens.values():
        token.valid = False
    with pytest.raises(AuthExpired):
        network.collect({}, ())


@pytest.mark.parametrize(
    "cursor",
    [
        {"mentions": 5, "threads": []},
        {"mentions": [1, None, "../x"], "threads": {"1": 3, "../x": {}, "2": {"3": None}}},
        {"threads": {"1": {"2": "x" * 10_000}}},
    ],
)
def test_a_strange_cursor_loses_nothing(world, network, cursor):
    ref = publish(network, Message("Un")).ref
    world.server.write("a", "Oui", parent=ref.uri)
    world.server.write("b", "@gazette oui")
    assert len(collected(network, [ref], cursor).inbound) == 2


def test_half_a_post_hides_no_other(world, network):
    world.server.write("a", "@gazette un")
    broken = world.server.write("b", "@gazette deux")
    broken.data["timestamp"] = "hier"
    world.server.write("c", "@gazette trois")
    assert len(collected(network).inbound) == 2


# presence


def test_a_reply_is_alive_until_its_author_deletes_it(world, network):
    ref = publish(network, Message("Un")).ref
    reply = world.server.write("a", "Je regrette", parent=ref.uri)
    assert network.check([reply.id]) == {reply.id: Presence.ALIVE}
    world.server.remove(reply.id)
    assert network.check([reply.id]) == {reply.id: Presence.DELETED}


def test_a_hidden_reply_is_there_and_hidden(world, network):
    ref = publish(network, Message("Un")).ref
    reply = world.server.write("a", "Nul", parent=ref.uri)
    network.operate(reply.id, ReaderOperation.HIDE)
    assert network.check([reply.id])[reply.id] is Presence.HIDDEN


def test_a_post_that_has_no_such_field_is_asked_for_without_it(world, network):
    mention = world.server.write("a", "@gazette !")
    error = ThreadsError(100, "Tried accessing nonexisting field (hide_status)")
    world.server.fail(lambda _m, path: path == f"/{mention.id}", error)
    assert network.check([mention.id])[mention.id] is Presence.ALIVE


def test_a_post_that_threads_does_not_show_alone_but_in_the_list_is_alive(world, network):
    mention = world.server.write("a", "@gazette !")
    world.server.fail(lambda _m, path: path == f"/{mention.id}", ThreadsError(100, "does not exist", 33))
    assert network.check([mention.id])[mention.id] is Presence.ALIVE


def test_a_list_that_was_not_read_to_its_end_proves_no_deletion(world, network):
    mention = world.server.write("a", "@gazette !", age=timedelta(hours=1))
    world.server.remove(mention.id)
    world.server.page_size = 1
    for number in range(25):
        world.server.write("b", f"@gazette {number}")
    assert network.check([mention.id])[mention.id] is Presence.UNKNOWN


@pytest.mark.parametrize(
    "error", [ThreadsError(1, "unknown"), ThreadsError(10, "no permission"), ThreadsError(999, "new")]
)
def test_a_check_that_fails_is_unknown_and_never_deleted(world, network, error):
    reply = world.server.write("a", "@gazette !")
    world.server.fail(lambda _m, path: path == f"/{reply.id}", error)
    assert network.check([reply.id])[reply.id] is Presence.UNKNOWN


def test_without_the_permission_to_read_replies_nothing_is_called_deleted(world):
    network = world.with_scopes("threads_basic", "threads_content_publish")
    assert network.check(["17999999999999999"]) == {"17999999999999999": Presence.UNKNOWN}


def test_an_account_that_answers_nothing_calls_nothing_deleted(world, network):
    world.server.fail(lambda _m, path: path == "/me", ThreadsError(1, "unknown"))
    assert network.check(["17999999999999999"])["17999999999999999"] is Presence.UNKNOWN


@pytest.mark.parametrize("native_id", ["", "../me", "1/2", "é"])
def test_what_is_no_id_is_unknown_and_never_asked_for(world, network, native_id):
    assert network.check([native_id]) == {native_id: Presence.UNKNOWN}
    assert world.server.requests == []


def test_a_name_in_capitals_is_the_same_reader(world, network):
    world.server.write("Lectrice", "@gazette un")
    world.server.write("lectrice", "@gazette deux")
    assert {item.author.remote_id for item in collected(network).inbound} == {"https://www.threads.com/@lectrice"}


def test_a_reply_of_only_an_image_says_what_is_on_it(world, network):
    ref = publish(network, Message("Un")).ref
    world.server.write("a", "", parent=ref.uri, media_type="IMAGE", alt_text="Un chat")
    [item] = collected(network, [ref]).inbound
    assert (item.text, item.has_media) == ("[Un chat]", True)


def test_a_ref_that_is_no_id_is_not_asked_for(world, network):
    assert network.collect({}, [Ref("../me")]).inbound == ()
    assert world.asked("GET", "conversation") == 0
