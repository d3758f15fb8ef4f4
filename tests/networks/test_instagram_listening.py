"""What comes home from Instagram: comments and tags; what was hidden, deleted; what it tells by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import AuthExpired, BadAnswer, NetworkError, RateLimited, Refused, Temporary
from smeditor.networks.base import Kind, Message, Presence, ReaderOperation, Ref, WebhookRequest
from smeditor.networks.instagram import Instagram
from smeditor.networks.instagram.webhooks import read_events
from tests.networks import instagram_steps
from tests.networks.doubles.graph import GraphError, Sender, signature
from tests.networks.doubles.graph.server import APP_SECRET
from tests.networks.doubles.instagram.server import SCOPES, VERIFY_TOKEN
from tests.networks.instagram_steps import KEYS, image, now, publish

double, world, network = instagram_steps.double, instagram_steps.world, instagram_steps.network
SENDER = Sender(APP_SECRET, VERIFY_TOKEN, "instagram")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def article(network, text="Article"):
    return publish(network, Message(text, media=(image(),))).ref


def collected(network, ours=(), cursor=None):
    batch = network.collect(cursor or {}, ours)
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor
    return batch


def test_a_comment_comes_home(world, network):
    ref = article(network)
    comment = world.server.comment(ref.uri, "Lectrice.du.port", "Et la nappe ? https://example.net/preuve")
    [item] = collected(network, [ref]).inbound
    assert (item.kind, item.native_id, item.in_reply_to, item.root) == (Kind.COMMENT, comment.id, ref.uri, ref.uri)
    assert item.links == ("https://example.net/preuve",)
    assert (item.author.handle, item.author.remote_id) == ("lectrice.du.port", comment.data["from"]["id"])
    assert item.published_at.utcoffset() == timedelta(0)
    assert (item.own_address, item.public) == ("", True)


def test_an_answer_to_a_comment_belongs_to_our_post(world, network):
    ref = article(network)
    first = world.server.comment(ref.uri, "a", "Un")
    deeper = world.server.comment(first.id, "b", "Deux")
    item = next(item for item in collected(network, [ref]).inbound if item.native_id == deeper.id)
    assert (item.in_reply_to, item.root) == (first.id, ref.uri)


def test_a_tag_comes_home_as_a_mention(world, network):
    post = world.server.tag("a", "Au port avec @gazette")
    [item] = collected(network).inbound
    assert (item.kind, item.native_id, item.url) == (Kind.MENTION, post.id, post.data["permalink"])


def test_our_own_comments_do_not_come_back(world, network):
    ref = article(network)
    publish(network, Message("Le lien est dans la bio", reply_to=ref, comment=True))
    assert collected(network, [ref]).inbound == ()


def test_after_the_cursor_nothing_comes_twice(world, network):
    ref = article(network)
    world.server.comment(ref.uri, "a", "Une fois")
    world.server.tag("b", "@gazette")
    first = collected(network, [ref])
    assert len(first.inbound) == 2
    assert collected(network, [ref], first.cursor).inbound == ()


def test_a_hidden_comment_comes_again_as_hidden(world, network):
    ref = article(network)
    comment = world.server.comment(ref.uri, "a", "Nul")
    first = collected(network, [ref])
    network.operate(comment.id, ReaderOperation.HIDE)
    [item] = collected(network, [ref], first.cursor).inbound
    assert item.hidden
    assert network.check([comment.id])[comment.id] is Presence.HIDDEN


def test_a_deleted_comment_is_told(world, network):
    ref = article(network)
    comment = world.server.comment(ref.uri, "a", "Je regrette")
    answer = world.server.comment(comment.id, "b", "Moi aussi")
    first = collected(network, [ref])
    world.server.remove(answer.id)
    assert collected(network, [ref], first.cursor).deleted == (answer.id,)


def test_a_comment_that_is_only_left_out_of_the_list_is_not_deleted(world, network):
    ref = article(network)
    comment = world.server.comment(ref.uri, "a", "Là")
    first = collected(network, [ref])
    world.server.comments.remove(comment)
    assert collected(network, [ref], first.cursor).deleted == ()


def test_nothing_is_deleted_when_the_list_was_not_read_to_its_end(world, network):
    ref = article(network)
    oldest = world.server.comment(ref.uri, "a", "Vieux")
    first = collected(network, [ref])
    for number in range(8):
        world.server.comment(ref.uri, "b", str(number))
    world.server.remove(oldest.id)
    world.server.page_size = 1
    assert collected(network, [ref], first.cursor).deleted == ()


def test_many_comments_and_many_answers_are_read_page_by_page(world, network):
    ref = article(network)
    for number in range(5):
        top = world.server.comment(ref.uri, "a", str(number))
    for number in range(7):
        world.server.comment(top.id, "b", f"réponse {number}")
    world.server.page_size = 2
    assert len(collected(network, [ref]).inbound) == 12


def test_one_of_our_posts_that_somebody_deleted_there_is_told(world, network):
    ref = article(network)
    world.server.remove(ref.uri)
    assert collected(network, [ref]).deleted == (ref.uri,)


def test_a_post_that_fails_hides_no_other(world, network):
    first, second = article(network, "Un"), article(network, "Deux")
    world.server.comment(second.uri, "a", "Oui")
    world.server.fail(lambda _m, path: path.endswith(f"{first.uri}/comments"), GraphError(1, "unknown"))
    batch = collected(network, [first, second])
    assert (batch.unread, len(batch.inbound)) == ((first.uri,), 1)


def test_tags_that_fail_do_not_hide_the_comments(world, network):
    ref = article(network)
    world.server.comment(ref.uri, "a", "Oui")
    world.server.fail(lambda _m, path: path.endswith("/me/tags"), GraphError(1, "unknown"))
    assert len(collected(network, [ref]).inbound) == 1


def test_a_collection_in_which_all_failed_says_so(world, network):
    ref = article(network)
    world.server.fail(lambda _m, path: path.endswith("/me/tags"), GraphError(1, "unknown"))
    world.server.fail(lambda _m, path: path.endswith("/comments"), GraphError(1, "unknown"))
    with pytest.raises(Temporary):
        network.collect({}, [ref])


def test_a_limit_ends_the_collection_at_once(world, network):
    world.server.fail(lambda _m, path: path.endswith("/me/tags"), GraphError(4, "limit reached"))
    with pytest.raises(RateLimited):
        network.collect({}, [article(network)])


def test_without_the_permission_for_comments_tags_come_home(world):
    ref = article(world.network())
    world.server.comment(ref.uri, "a", "Oui")
    world.server.tag("b", "@gazette")
    network = world.with_scopes(*SCOPES[:2])
    assert [item.kind for item in collected(network, [ref]).inbound] == [Kind.MENTION]


def test_a_revoked_token_asks_for_a_person(world, network):
    world.server.revoke(network.credentials.secret["access_token"], 460)
    with pytest.raises(AuthExpired):
        network.collect({}, ())


@pytest.mark.parametrize(
    "cursor", [{"mentions": 5, "threads": []}, {"threads": {"1": 3, "../x": {}, "2": {"3": None}}}]
)
def test_a_strange_cursor_loses_nothing(world, network, cursor):
    ref = article(network)
    world.server.comment(ref.uri, "a", "Oui")
    world.server.tag("b", "@gazette")
    assert len(collected(network, [ref], cursor).inbound) == 2


def test_a_comment_is_alive_until_its_author_deletes_it(world, network):
    comment = world.server.comment(article(network).uri, "a", "Je regrette")
    assert network.check([comment.id]) == {comment.id: Presence.ALIVE}
    world.server.remove(comment.id)
    assert network.check([comment.id]) == {comment.id: Presence.DELETED}


def test_a_tagged_post_that_is_not_shown_alone_but_in_the_list_is_alive(world, network):
    post = world.server.tag("a", "@gazette")
    for _twice in range(2):
        world.server.fail(lambda _m, path: path.endswith(post.id), GraphError(100, "does not exist", 33))
    assert network.check([post.id])[post.id] is Presence.ALIVE


def test_a_list_that_was_not_read_to_its_end_proves_no_deletion(world, network):
    post = world.server.tag("a", "@gazette", age=timedelta(hours=1))
    world.server.remove(post.id)
    world.server.page_size = 1
    for _number in range(25):
        world.server.tag("b", "@gazette")
    assert network.check([post.id])[post.id] is Presence.UNKNOWN


@pytest.mark.parametrize("error", [GraphError(1, "unknown"), GraphError(10, "no permission"), GraphError(999, "new")])
def test_a_check_that_fails_is_unknown_and_never_deleted(world, network, error):
    comment = world.server.comment(article(network).uri, "a", "Oui")
    for _twice in range(2):
        world.server.fail(lambda _m, path: path.endswith(comment.id), error)
    assert network.check([comment.id])[comment.id] is Presence.UNKNOWN


def test_without_the_permission_for_comments_nothing_is_called_deleted(world):
    network = world.with_scopes(*SCOPES[:2])
    assert network.check(["17999999999999999"]) == {"17999999999999999": Presence.UNKNOWN}


@pytest.mark.parametrize("native_id", ["", "../me", "1/2", "é"])
def test_what_is_no_id_is_unknown_and_never_asked_for(world, network, native_id):
    assert network.check([native_id]) == {native_id: Presence.UNKNOWN}
    assert network.collect({}, [Ref(native_id)]).inbound == ()
    assert world.asked("GET", "comments") == 0


# webhooks


def comment_change(**changes):
    value = {
        "id": "17870913679156914",
        "from": {"id": "232323", "username": "lectrice"},
        "text": "Et la nappe ?",
        "media": {"id": "17895695668004550", "media_product_type": "FEED"},
    }
    return ("17841400000000001", "comments", value | changes)


def test_the_challenge_is_answered():
    assert Instagram.receive(SENDER.challenge(), KEYS).answer == "1158201444"


@pytest.mark.parametrize("token", ["", "another", VERIFY_TOKEN + "x"])
def test_a_challenge_with_another_word_is_refused(token):
    with pytest.raises(Refused):
        Instagram.receive(SENDER.challenge(token=token), KEYS)


def test_a_comment_that_happens_is_told_and_is_what_is_collected(world, network):
    ref = article(network)
    world.server.comment(ref.uri, "lectrice", "Oui https://example.org/x")
    [event] = Instagram.receive(world.server.sender.waiting[0], KEYS).events
    assert event.account == network.verify().remote_id
    [item] = network.read_events([json.loads(json.dumps(event.data))]).inbound
    [other] = network.collect({}, [ref]).inbound
    assert abs(item.published_at - other.published_at) < timedelta(seconds=5)
    assert replace(item, published_at=other.published_at) == other


def test_our_own_comments_are_none_of_readers(network):
    changes = [
        comment_change(**{"from": {"id": "1", "username": "Gazette"}}),
        comment_change(**{"from": {"id": network.credentials.remote_id, "username": "x"}}),
    ]
    for event in Instagram.receive(SENDER.delivery(*changes), KEYS).events:
        assert network.read_events([event.data]).inbound == ()


def test_a_mention_only_wakes():
    change = ("17841400000000001", "mentions", {"media_id": "1", "comment_id": "2"})
    [event] = Instagram.receive(SENDER.delivery(change), KEYS).events
    assert event.data == {}


def test_the_same_event_has_the_same_key():
    first, second = (
        Instagram.receive(SENDER.delivery(comment_change(), at=1_790_000_000), KEYS).events[0] for _twice in range(2)
    )
    assert first.key == second.key


def test_what_is_not_signed_or_signed_by_another_is_refused():
    request = SENDER.delivery(comment_change())
    strangers = [
        replace(request, headers={}),
        replace(request, body=request.body + b" "),
        Sender("another-secret-of-32-characters!").delivery(comment_change()),
    ]
    for strange in strangers:
        with pytest.raises(Refused):
            Instagram.receive(strange, KEYS)


@pytest.mark.parametrize("body", [b"", b"[]", b"42", b"<html>", b"\xff"])
def test_what_is_signed_and_cannot_be_read_is_a_bad_answer(body):
    request = WebhookRequest("POST", {}, {"x-hub-signature-256": signature(body, APP_SECRET)}, body)
    with pytest.raises(BadAnswer):
        Instagram.receive(request, KEYS)


def test_another_products_webhook_is_left_out():
    assert Instagram.receive(Sender(APP_SECRET, "", "page").delivery(comment_change()), KEYS).events == ()


@given(st.sampled_from(["id", "from", "text", "media", "parent_id", "timestamp", "username"]), JSON)
def test_any_json_in_any_place_of_an_event_gives_a_batch(key, junk):
    for event in Instagram.receive(SENDER.delivery(comment_change(**{key: junk})), KEYS).events:
        read_events([event.data], frozenset({"gazette"}))


@given(st.lists(st.dictionaries(st.sampled_from(["field", "value", "at"]), JSON), max_size=4))
def test_strange_stored_events_give_a_batch(events):
    read_events(events, frozenset({"gazette"}))


@given(JSON)
def test_any_signed_json_gives_events_or_an_error_of_ours(data):
    try:
        Instagram.receive(SENDER.signed(data), KEYS)
    except NetworkError:
        return


def test_webhooks_are_asked_for_and_given_up_again(world, network):
    for _twice in range(2):
        network.subscribe("https://desk.example/hook", "")
    assert "comments" in world.server.subscribed
    for _twice in range(2):
        network.unsubscribe()
    assert world.server.subscribed == []


def test_the_time_of_a_check_is_ours(world, network):
    assert abs(world.server.now() - now()) < timedelta(minutes=1)
