"""What readers write and do on a page, and whether it is still there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, RateLimited, Refused, Temporary
from smeditor.networks.base import Kind, Message, Presence, ReaderOperation, Ref
from tests.networks.doubles.facebook.server import SCOPES
from tests.networks.doubles.graph import GraphError
from tests.networks.facebook_account import facebook_account, facebook_server
from tests.networks.harness import Fault

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


@pytest.fixture
def post(page):
    return page.publish("L’eau monte").ref


def of_kind(batch, kind):
    return [item for item in batch.inbound if item.kind is kind]


# what comes home


def test_a_comment_comes_home_whole(page, post):
    comment = page.server.comment(post.uri, "Et la nappe ? https://example.net/preuve")
    [item] = page.network.collect({}, [post]).inbound
    assert (item.kind, item.native_id, item.in_reply_to, item.root) == (Kind.COMMENT, comment, post.uri, post.uri)
    assert (item.text, item.links) == ("Et la nappe ? https://example.net/preuve", ("https://example.net/preuve",))
    assert (item.author.remote_id, item.author.display_name) == (page.server.reader.id, "Léo Lecteur")
    assert abs(item.published_at - datetime.now(UTC)) < timedelta(minutes=2)
    assert item.url.startswith("https://www.facebook.com/")


def test_answers_among_readers_belong_to_the_thread(page, post):
    first = page.server.comment(post.uri, "Un")
    deeper = page.server.comment(first, "Deux")
    items = {item.native_id: item for item in page.network.collect({}, [post]).inbound}
    assert (items[deeper].in_reply_to, items[deeper].root) == (first, post.uri)


def test_reactions_come_home_with_their_kind(page, post):
    for kind in ("LIKE", "LOVE", "WOW", "HAHA", "SAD", "ANGRY", "CARE"):
        page.server.add_reaction(post.uri, kind, page.server.add_reader(kind))
    items = of_kind(page.network.collect({}, [post]), Kind.LIKE)
    assert {item.reaction_type for item in items} == {"like", "love", "wow", "haha", "sad", "angry", "care"}
    assert {item.subject for item in items} == {post.uri}
    assert len({item.native_id for item in items}) == 7


def test_mentions_and_visitors_come_home(page):
    mention, visit = page.server.mention("Lisez La Gazette"), page.server.visit("Bonjour")
    items = page.network.collect({}).inbound
    assert {(item.native_id, item.kind) for item in items} == {(mention, Kind.MENTION), (visit, Kind.MENTION)}


def test_a_hidden_comment_says_so(page, post):
    comment = page.server.comment(post.uri, "Vulgaire")
    page.network.operate(comment, ReaderOperation.HIDE)
    [item] = page.network.collect({}, [post]).inbound
    assert item.hidden


def test_what_the_page_writes_and_likes_does_not_come_back(page, post):
    page.publish(Message("Suite", reply_to=post, comment=True))
    page.network.operate(post.uri, ReaderOperation.LIKE)
    assert page.network.collect({}, [post]).inbound == ()


def test_nothing_comes_twice_and_an_edit_comes_again(page, post):
    comment = page.server.comment(post.uri, "Avant")
    page.server.add_reaction(post.uri)
    page.server.mention("Lisez")
    first = page.network.collect({}, [post])
    assert len(first.inbound) == 3
    second = page.network.collect(json.loads(json.dumps(first.cursor)), [post])
    assert (second.inbound, second.more) == ((), False)
    page.server.edit_comment(comment, "Après")
    [item] = page.network.collect(second.cursor, [post]).inbound
    assert item.text == "Après"
    assert item.edited_at is not None


def test_a_comment_that_is_gone_is_noticed_in_its_thread(page, post):
    kept, gone = page.server.comment(post.uri, "Reste"), page.server.comment(post.uri, "Part")
    first = page.network.collect({}, [post])
    page.server.remove(gone)
    second = page.network.collect(first.cursor, [post])
    assert second.deleted == (gone,)
    assert page.network.collect(second.cursor, [post]).deleted == ()
    assert page.network.check([kept])[kept] is Presence.ALIVE


def test_our_post_that_somebody_deleted_by_hand_is_noticed(page, post):
    page.server.nodes[post.uri].hidden["gone"] = True
    assert page.network.collect({}, [post]).deleted == (post.uri,)


def test_a_thread_of_hundreds_is_read_to_its_end(page, post):
    ids = {page.server.comment(post.uri, f"Commentaire {number}") for number in range(250)}
    batch = page.network.collect({}, [post])
    assert {item.native_id for item in batch.inbound} == ids
    assert batch.unread == ()


def test_a_thread_of_thousands_goes_on_where_it_was_broken_off(page, post):
    ids = {page.server.comment(post.uri, f"Commentaire {number}") for number in range(1150)}
    first = page.network.collect({}, [post])
    assert first.unread == (post.uri,)
    second = page.network.collect(json.loads(json.dumps(first.cursor)), [post])
    assert second.unread == ()
    assert {item.native_id for item in (*first.inbound, *second.inbound)} == ids


def test_mentions_of_hundreds_are_read_in_several_calls(page):
    ids = {page.server.mention(f"Mention {number}") for number in range(350)}
    found, cursor, more = set(), {}, True
    while more:
        batch = page.network.collect(cursor)
        found |= {item.native_id for item in batch.inbound}
        cursor, more = json.loads(json.dumps(batch.cursor)), batch.more
    assert found == ids


def test_a_cursor_that_does_not_last_is_begun_anew(page):
    for number in range(350):
        page.server.mention(f"Mention {number}")
    cursor = page.network.collect({}).cursor
    cursor["lists"]["tagged"]["after"] = "not-base64-é"
    batch = page.network.collect(cursor)
    assert batch.more
    assert "after" not in batch.cursor["lists"]["tagged"]


def test_reactions_of_hundreds_are_all_read(page, post):
    for number in range(230):
        page.server.add_reaction(post.uri, "LIKE", page.server.add_reader(f"Lecteur {number}"))
    assert len(of_kind(page.network.collect({}, [post]), Kind.LIKE)) == 230


def test_a_reader_whom_facebook_does_not_name_is_nobody_else(page, post):
    scopes = [scope for scope in SCOPES if scope != "pages_read_user_content"]
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    for number in range(2):
        page.server.comment(post.uri, f"Anonyme {number}")
    page.server.add_reaction(post.uri)
    network = page.network_with(token.value)
    items = network.collect({}, [post]).inbound
    assert len({item.author.remote_id for item in items}) == 2
    assert {item.kind for item in items} == {Kind.COMMENT}


def test_without_the_permission_for_mentions_the_comments_come_all_the_same(page, post):
    scopes = [scope for scope in SCOPES if scope != "pages_read_user_content"]
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    page.server.mention("Lisez")
    comment = page.server.comment(post.uri, "Oui")
    batch = page.network_with(token.value).collect({}, [post])
    assert [item.native_id for item in batch.inbound] == [comment]


# when it goes wrong half-way


def test_what_was_read_before_a_failure_is_kept(page, post):
    mention = page.server.mention("Lisez")
    other = page.publish("Deux").ref
    page.server.comment(other.uri, "Oui")
    page.server.fail(lambda method, path: path.endswith(post.uri), GraphError(2, "Service unavailable"))
    batch = page.network.collect({}, [post, other])
    assert {item.native_id for item in batch.inbound} >= {mention}
    assert batch.unread == (post.uri,)
    assert of_kind(batch, Kind.COMMENT)


def test_a_limit_ends_the_walk_and_names_what_is_unread(page, post):
    page.server.mention("Lisez")
    other = page.publish("Deux").ref
    page.server.fail(lambda method, path: path.endswith(post.uri), GraphError(32, "Page request limit reached"))
    batch = page.network.collect({}, [post, other])
    assert batch.unread == (post.uri, other.uri)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (GraphError(190, "expired", 463), AuthExpired),
        (GraphError(4, "limit"), RateLimited),
        (GraphError(2, "x"), Temporary),
    ],
)
def test_where_nothing_came_the_reason_is_said(page, error, raised):
    for _number in range(2):
        page.server.fail(lambda method, path: True, error)
    with pytest.raises(raised):
        page.network.collect({})


@pytest.mark.parametrize("fault", [Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE])
def test_a_server_that_lies_is_called_so(page, fault):
    for _number in range(2):
        page.transport.waiting.append((fault, False))
    with pytest.raises(BadAnswer):
        page.network.collect({})


def test_a_cursor_that_a_stranger_wrote_is_begun_anew(page, post):
    comment = page.server.comment(post.uri, "Oui")
    trail = {"newest": 7, "after": [], "reached": "x", "known": {comment: None, "x": []}}
    for cursor in (
        {"v": 2, "lists": 1},
        {"v": 1, "lists": [], "threads": "x"},
        {"v": 1, "lists": {"tagged": trail}, "threads": {post.uri: {"comments": trail, "reactions": True}}},
        {"v": 1, "threads": {post.uri: {"comments": {"known": {comment: "|||"}, "after": "\x00"}}}},
    ):
        assert [item.native_id for item in page.network.collect(cursor, [post]).inbound] == [comment]


# whether it is still there


def test_presence_of_comments_mentions_and_reactions(page, post):
    comments = [page.server.comment(post.uri, f"Commentaire {number}") for number in range(60)]
    mention = page.server.mention("Lisez")
    page.server.add_reaction(post.uri)
    reaction = of_kind(page.network.collect({}, [post]), Kind.LIKE)[0].native_id
    page.network.operate(comments[1], ReaderOperation.HIDE)
    page.server.remove(comments[0])
    found = page.network.check([*comments, mention, reaction])
    assert found.pop(comments[0]) is Presence.DELETED
    assert found.pop(comments[1]) is Presence.HIDDEN
    assert set(found.values()) == {Presence.ALIVE}


def test_a_reaction_taken_back_is_gone_where_everybody_is_named(page, post):
    page.server.add_reaction(post.uri)
    [reaction] = of_kind(page.network.collect({}, [post]), Kind.LIKE)
    page.server.take_reaction(post.uri)
    assert page.network.check([reaction.native_id])[reaction.native_id] is Presence.DELETED
    page.server.add_reaction(post.uri, "LIKE", page.server.add_reader("Autre"))
    scopes = [scope for scope in SCOPES if scope != "pages_read_user_content"]
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    assert page.network_with(token.value).check([reaction.native_id])[reaction.native_id] is Presence.UNKNOWN


def test_what_cannot_be_read_for_want_of_access_is_not_called_deleted(page, post):
    comment = page.server.comment(post.uri, "Oui")
    refused = GraphError(100, "Unsupported get request", 33)
    for _number in range(3):
        page.server.fail(lambda method, path: method == "GET", refused)
    assert page.network.check([comment])[comment] is Presence.UNKNOWN


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.NOT_JSON, Fault.TIMEOUT, Fault.CUT, Fault.WRONG_SHAPE])
def test_a_failed_check_is_no_deletion(page, post, fault):
    comments = [page.server.comment(post.uri, f"Commentaire {number}") for number in range(2)]
    for _number in range(3):
        page.transport.waiting.append((fault, False))
    assert Presence.DELETED not in page.network.check(comments).values()


def test_an_id_that_is_none_is_unknown_and_asks_nobody(page):
    strange = ["", "../me", "1_2_3_4", "https://x/", "a/reactions/b", "1/reactions/../me"]
    assert set(page.network.check(strange[:5]).values()) == {Presence.UNKNOWN}
    assert page.transport.requests == []


# what the desk does to a comment


def test_hiding_and_showing_again(page, post):
    comment = page.server.comment(post.uri, "Vulgaire")
    for operation, hidden in ((ReaderOperation.HIDE, True), (ReaderOperation.UNHIDE, False)):
        for _twice in range(2):
            page.network.operate(comment, operation)
        assert page.server.nodes[comment].data["is_hidden"] is hidden


def test_liking_as_the_page_and_taking_it_back(page, post):
    comment = page.server.comment(post.uri, "Merci")
    for operation, likes in ((ReaderOperation.LIKE, True), (ReaderOperation.UNLIKE, False)):
        for _twice in range(2):
            page.network.operate(comment, operation)
        assert page.server.nodes[comment].data["user_likes"] is likes


def test_a_comment_that_is_gone_cannot_be_hidden(page, post):
    comment = page.server.comment(post.uri, "Parti")
    page.server.remove(comment)
    with pytest.raises(Gone):
        page.network.operate(comment, ReaderOperation.HIDE)


def test_the_pages_own_comment_cannot_be_hidden_and_the_account_stays_connected(page, post):
    own = page.publish(Message("Suite", reply_to=post, comment=True)).ref
    with pytest.raises(Refused, match="can't be hidden"):
        page.network.operate(own.uri, ReaderOperation.HIDE)


def test_an_optional_permission_that_is_missing_does_not_disconnect_the_account(page, post):
    scopes = [scope for scope in SCOPES if scope != "pages_manage_engagement"]
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    comment = page.server.comment(post.uri, "Vulgaire")
    with pytest.raises(Refused, match="permission is missing"):
        page.network_with(token.value).operate(comment, ReaderOperation.HIDE)


def test_an_operation_that_is_not_confirmed_is_no_success(page):
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json={"success": False}))
    with pytest.raises(BadAnswer):
        page.network.operate("1_2", ReaderOperation.HIDE)


# limits


def test_collecting_stops_where_the_rest_is_kept_for_sending(page, post):
    usage = {page.server.page.id: [{"type": "pages", "call_count": 90, "total_time": 1, "total_cputime": 1}]}
    page.server.use_up(X_Business_Use_Case_Usage=usage)
    page.network.verify()
    page.network.rates.reserve = 0.2
    with pytest.raises(RateLimited):
        page.network.collect({}, [Ref(post.uri)])
