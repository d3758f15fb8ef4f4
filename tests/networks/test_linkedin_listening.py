"""Comments and reactions beneath a LinkedIn page's posts, what becomes of them, and a server that fails or lies."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import AuthExpired, RateLimited, SmeditorError, Temporary
from smeditor.networks.base import App, Credentials, Kind, Presence, Ref
from smeditor.networks.linkedin import LinkedIn
from smeditor.networks.linkedin.cursor import Cursor
from tests.networks.doubles.linkedin.readers import ORGANIZATION, READER, TOKEN
from tests.networks.linkedin_steps import NOW, guarded, linkedin_server, opened, prepared, publish
from tests.networks.telegram_steps import Wire

OTHER_READER = "urn:li:person:Autre_z"
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


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


@pytest.fixture
def post(network):
    return publish(network, "Enquête").ref


def the(batch):
    [inbound] = batch.inbound
    return inbound


def test_a_comment_comes_home(double, network, post):
    made = double.add_comment(post.uri, "Et la nappe ? (1) https://example.net/preuve")
    inbound = the(network.collect({}, [post]))
    assert (inbound.kind, inbound.native_id) == (Kind.COMMENT, made["commentUrn"])
    assert (inbound.in_reply_to, inbound.root) == (post.uri, post.uri)
    assert inbound.text == "Et la nappe ? (1) https://example.net/preuve"
    assert inbound.links == ("https://example.net/preuve",)
    assert inbound.author.remote_id == READER
    assert inbound.author.display_name == ""
    assert inbound.url.startswith(f"https://www.linkedin.com/feed/update/{post.uri}/?commentUrn=")
    assert abs(inbound.published_at - timezone.now()) < timedelta(minutes=1)


def test_an_answer_to_a_comment_belongs_to_the_post(double, network, post):
    first = double.add_comment(post.uri, "Un")["commentUrn"]
    deeper = double.add_comment(post.uri, "Deux", OTHER_READER, first)["commentUrn"]
    inbound = {item.native_id: item for item in network.collect({}, [post]).inbound}[deeper]
    assert (inbound.in_reply_to, inbound.root) == (first, post.uri)


def test_more_comments_than_a_page_all_come(double, network, post):
    double.page_size = 3
    for place in range(10):
        double.add_comment(post.uri, f"Voix {place}")
    assert len(network.collect({}, [post]).inbound) == 10


def test_reactions_come_home_by_their_kind(double, network, post):
    double.add_reaction(post.uri, "LIKE")
    double.add_reaction(post.uri, "INTEREST", OTHER_READER)
    inbound = network.collect({}, [post]).inbound
    assert {(item.kind, item.reaction_type, item.subject) for item in inbound} == {
        (Kind.LIKE, "like", post.uri),
        (Kind.LIKE, "interest", post.uri),
    }
    assert {item.author.remote_id for item in inbound} == {READER, OTHER_READER}


def test_what_the_page_itself_wrote_or_liked_does_not_come_back(double, network, post):
    double.add_comment(post.uri, "Merci", ORGANIZATION)
    double.add_reaction(post.uri, "LIKE", ORGANIZATION)
    assert network.collect({}, [post]).inbound == ()


def test_after_the_cursor_nothing_comes_twice_and_a_quiet_post_costs_one_request(double, network, wire, post):
    double.add_comment(post.uri, "Un")
    double.add_reaction(post.uri)
    cursor = json.loads(json.dumps(network.collect({}, [post]).cursor))
    wire.requests.clear()
    batch = network.collect(cursor, [post])
    assert (batch.inbound, batch.more) == ((), False)
    assert len(wire.requests) == 1


def test_an_edit_is_noticed_when_the_post_is_read_again(double, network, post):
    urn = double.add_comment(post.uri, "Fautte")["commentUrn"]
    cursor = network.collect({}, [post]).cursor
    double.edit_comment(urn, "Faute")
    assert network.collect(cursor, [post]).inbound == ()
    cursor["threads"][post.uri]["at"] = (timezone.now() - timedelta(hours=7)).isoformat()
    inbound = the(network.collect(cursor, [post]))
    assert (inbound.text, inbound.edited_at - inbound.published_at) == ("Faute", timedelta(minutes=1))


def test_a_changed_reaction_comes_again(double, network, post):
    double.add_reaction(post.uri, "LIKE")
    cursor = network.collect({}, [post]).cursor
    double.add_reaction(post.uri, "EMPATHY")
    assert the(network.collect(cursor, [post])).reaction_type == "empathy"


def test_what_a_reader_deletes_is_named(double, network, post):
    urn = double.add_comment(post.uri, "Je regrette")["commentUrn"]
    reaction = double.add_reaction(post.uri)
    cursor = network.collect({}, [post]).cursor
    del double.comments[urn]
    double.reactions.clear()
    assert set(network.collect(cursor, [post]).deleted) == {urn, reaction}


def test_a_list_that_was_not_read_to_its_end_deletes_nothing(double, network, post):
    urns = [double.add_comment(post.uri, f"Voix {place}")["commentUrn"] for place in range(15)]
    cursor = network.collect({}, [post]).cursor
    double.page_size = 1
    double.add_comment(post.uri, "Neuf")
    assert network.collect(cursor, [post]).deleted == ()
    assert len(urns) == 15


def test_a_failed_question_deletes_nothing(double, network, wire, post):
    double.add_comment(post.uri, "Un")
    urn = double.add_comment(post.uri, "Deux")["commentUrn"]
    cursor = network.collect({}, [post]).cursor
    del double.comments[urn]
    real = wire.inner.handle_request
    wire.inner.handle_request = lambda request: (
        httpx.Response(500) if request.url.path.rpartition("/")[2].isdigit() else real(request)
    )
    assert network.collect(cursor, [post]).deleted == ()


def test_one_post_that_fails_hides_no_other(double, network, wire, post):
    other = publish(network, "Autre").ref
    double.add_comment(other.uri, "Un")
    wire.answers.append(httpx.Response(500))
    batch = network.collect({}, [post, other])
    assert (the(batch).root, batch.unread) == (other.uri, (post.uri,))


def test_a_limit_that_is_reached_at_once_is_said(network, wire, post):
    wire.answers.append(httpx.Response(429, json={"status": 429}))
    with pytest.raises(RateLimited):
        network.collect({}, [post])


def test_without_the_permission_to_read_comments_nothing_is_asked(double, post):
    double.requests.clear()
    network = opened(double, scopes=frozenset({"w_organization_social", "r_organization_social"}))
    assert network.collect({}, [post]).inbound == ()
    assert double.requests == []


def test_a_token_that_was_revoked_ends_the_collection(double, post):
    with pytest.raises(AuthExpired):
        opened(double, secret={"access_token": "AQX-revoked-token-0123456789"}).collect({}, [post])


# presence


def test_a_comment_is_alive_edited_deleted(double, network, post):
    urn = double.add_comment(post.uri, "Un")["commentUrn"]
    assert network.check([urn])[urn] is Presence.ALIVE
    double.edit_comment(urn, "Deux")
    assert network.check([urn])[urn] is Presence.EDITED
    del double.comments[urn]
    assert network.check([urn])[urn] is Presence.DELETED


def test_a_reaction_is_alive_until_it_is_taken_back(double, network, post):
    urn = double.add_reaction(post.uri)
    assert network.check([urn])[urn] is Presence.ALIVE
    double.reactions.clear()
    assert network.check([urn])[urn] is Presence.DELETED


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(500), httpx.Response(200, json=42), httpx.Response(404, text="<html>"), httpx.ReadTimeout("x")],
)
def test_a_failed_question_is_unknown_and_never_deleted(network, wire, answer):
    wire.answers.append(answer)
    urn = "urn:li:comment:(urn:li:activity:1,2)"
    assert network.check([urn, "nonsense"]) == {urn: Presence.UNKNOWN, "nonsense": Presence.UNKNOWN}


# laws


@given(
    st.dictionaries(
        st.sampled_from(["threads", "x"]),
        anything
        | st.dictionaries(st.text(max_size=5), st.dictionaries(st.sampled_from(["n", "r", "at", "c", "l"]), anything)),
    )
)
def test_a_cursor_that_a_stranger_wrote_is_read_and_written_again(data):
    written = Cursor.read(data).as_json()
    assert Cursor.read(json.loads(json.dumps(written))).as_json() == written


COMMENT = {
    "id": "2", "commentUrn": "urn:li:comment:(urn:li:activity:1,2)", "object": "urn:li:activity:1", "actor": READER,
    "created": {"time": 1_790_000_000_000}, "lastModified": {"time": 1_790_000_000_001}, "message": {"text": "x"},
    "parentComment": "urn:li:comment:(urn:li:activity:1,3)", "commentsSummary": {"aggregatedTotalComments": 0}, "content": [],
}  # fmt: skip
REACTION = {
    "id": f"urn:li:reaction:({READER},urn:li:activity:1)",
    "reactionType": "LIKE",
    "created": {"time": 1_790_000_000_000},
}
METADATA = {"commentSummary": {"count": 1}, "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": 1}}}
POST = {
    "id": "urn:li:share:1",
    "createdAt": 1_790_000_000_000,
    "commentary": "x",
    "content": {"article": {"source": "https://a.b"}},
}
PAGING = {"start": 0, "count": 1, "links": [{"rel": "prev"}], "total": 1}
HONEST = {
    "collect": [METADATA, {"elements": [COMMENT], "paging": PAGING}, {"elements": [REACTION], "paging": PAGING}],
    "read_back": [{"elements": [POST], "paging": PAGING}],
    "check": [COMMENT],
    "verify": [{"id": 5515715, "localizedName": "x", "vanityName": "y"},
               {"elements": [{"organization": ORGANIZATION, "role": "ADMINISTRATOR"}], "paging": PAGING}, {"firstDegreeSize": 1}],
    "identities": [{"elements": [{"organization": ORGANIZATION, "role": "ADMINISTRATOR"}], "paging": PAGING},
                   {"id": 5515715, "localizedName": "x", "vanityName": "y"}],
    "send": [{}],
}  # fmt: skip


def answering(answers):
    waiting = list(answers)

    def handle(request):
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return httpx.Response(200, json=answer)

    client = guarded(httpx.MockTransport(handle))
    credentials = Credentials("http://127.0.0.1:1", "leclair", ORGANIZATION, {"access_token": TOKEN})
    return LinkedIn(credentials, client=client, app=App("", {}))


def operation(network, name):
    ready = prepared(network, "x")
    return {
        "collect": lambda: network.collect({}, [Ref("urn:li:share:1")]),
        "read_back": lambda: network.read_back(ready, "i", NOW),
        "check": lambda: network.check(["urn:li:comment:(urn:li:activity:1,2)"]),
        "verify": network.verify,
        "identities": network.identities,
        "send": lambda: network.send(ready, "i", NOW),
    }[name]()


def places(thing, path=()):
    found = [path] if path else []
    inner = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in inner:
        found += places(value, (*path, key))
    return found


def put(thing, path, lie):
    changed = copy.deepcopy(thing)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = lie
    return changed


@pytest.mark.parametrize("name", ["collect", "read_back", "check", "verify", "identities"])
def test_an_honest_server_is_understood(name):
    operation(answering(HONEST[name]), name)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_kind_of_value_in_every_place_gives_only_errors_of_our_tree(data):
    name = data.draw(st.sampled_from(list(HONEST)))
    lying = put(HONEST[name], data.draw(st.sampled_from(places(HONEST[name]))), data.draw(anything))
    with suppress(SmeditorError):
        operation(answering(lying), name)


def test_a_server_that_is_down_is_a_passing_thing(double):
    network = opened(double)
    network.api.base_url = "http://127.0.0.1:9"
    with pytest.raises(Temporary):
        network.verify()
