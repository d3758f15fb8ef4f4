"""Servers that speak Mastodon's API in their own way, and servers that speak nonsense."""

from __future__ import annotations

import copy
import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import AuthExpired, BadAnswer, OutcomeUnknown, Refused, SmeditorError
from smeditor.networks.base import Kind, Media, Message, Prepared, Presence, Ref
from smeditor.networks.mastodon import parse
from tests.networks.contract_steps import fully_prepared
from tests.networks.fake_mastodon import HOST, ME, TOKEN, error
from tests.networks.openapi_contract import ContractBroken
from tests.networks.test_mastodon_sending import NOW, send

STATUSES = "/api/v1/statuses"
LEAST_ACCOUNT = {"id": "200", "username": "lea", "acct": "lea"}
LEAST_STATUS = {"id": "60", "account": LEAST_ACCOUNT, "created_at": "2026-11-23T12:00:00.000Z"}


@pytest.fixture
def server(mastodon):
    """A server that is not bound to the document."""
    mastodon.lawless = True
    mastodon.on("GET", "/api/v1/notifications", [])
    mastodon.on("GET", STATUSES, [])
    return mastodon


# other software


def test_a_status_with_nothing_but_the_least_is_read(server):
    """No uri, url, visibility, group_key, indexable or role: as old and other servers answer."""
    server.on(
        "GET",
        "/api/v1/notifications",
        [{"id": "5", "type": "mention", "status": LEAST_STATUS, "account": LEAST_ACCOUNT}],
        [],
    )
    [inbound] = server.network.collect({"since": "1"}).inbound
    assert (inbound.kind, inbound.native_id, inbound.public, inbound.url, inbound.other_ids) == (
        Kind.MENTION,
        "60",
        True,
        "",
        (),
    )
    assert inbound.author.remote_id == f"https://{HOST}/@lea"


def test_an_account_with_nothing_but_the_least_is_verified(server):
    server.on("GET", "/api/v1/accounts/verify_credentials", LEAST_ACCOUNT)
    profile = server.network.verify()
    assert (profile.handle, profile.followers, profile.url) == (f"lea@{HOST}", None, "")


@pytest.mark.parametrize("bad", ["", "../2", "a b", None, {}])
def test_an_account_whose_id_cannot_stand_in_an_address_is_a_bad_answer(server, bad):
    server.on("GET", "/api/v1/accounts/verify_credentials", {**LEAST_ACCOUNT, "id": bad})
    with pytest.raises(BadAnswer):
        server.network.read_back(Prepared({"status": "x"}, "https://example.org/"), "k", NOW)


def test_a_publication_answered_with_the_least_is_accepted(server):
    server.on("POST", STATUSES, LEAST_STATUS)
    assert send(server).ref == Ref("60", "")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, text="Text is too long (5001 characters, at most 5000)"),
        httpx.Response(422, json={"error": "Validation failed: Text is too long"}),
        httpx.Response(400, json={"errors": {"detail": "The status is too long"}}),
        httpx.Response(413, json={"error": "too long"}),
    ],
)
def test_too_long_is_refused_in_the_servers_own_words(server, answer):
    server.on("POST", STATUSES, answer)
    with pytest.raises(Refused, match="too long"):
        send(server)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(403, json={"error": "Invalid credentials."}), httpx.Response(401, text="Unauthorized")],
)
def test_a_dead_token_is_known_by_its_words_too(server, answer):
    server.on("GET", "/api/v1/accounts/verify_credentials", answer)
    with pytest.raises(AuthExpired):
        server.network.verify()


def test_pleromas_limits_stand_at_the_top(server):
    instance = {
        "max_toot_chars": 5000,
        "upload_limit": 16_000_000,
        "description_limit": 5000,
        "max_media_attachments": 10,
    }
    server.on("GET", "/api/v1/instance", instance)
    limits = server.network.limits()
    assert (limits.max_length, limits.image.max_bytes, limits.image.max_alt_length, limits.image.max_count) == (
        5000,
        16_000_000,
        5000,
        10,
    )


def test_a_server_without_the_second_media_route_is_given_the_first(server):
    server.on("POST", "/api/v1/media", {"id": "9", "type": "image"})
    assert fully_prepared(server.network, Message("x", media=(Media.from_bytes(b"x", "image/png", "alt"),))).body[
        "media_ids"
    ] == ["9"]


def test_a_server_without_batches_is_asked_one_by_one(server):
    server.on("GET", STATUSES, error(404, "Not found"))
    server.on("GET", f"{STATUSES}/60", LEAST_STATUS)
    assert server.network.check(["60", "61"]) == {"60": Presence.ALIVE, "61": Presence.DELETED}


def test_a_server_without_counts_is_still_walked_and_listed_once(server):
    server.on("GET", "/api/v2/instance", {"api_versions": {"mastodon": 10}})
    server.shown = lambda number: {**LEAST_STATUS, "id": number}
    server.on("GET", f"{STATUSES}/7/quotes", [{**LEAST_STATUS, "id": "61"}])
    server.on("GET", f"{STATUSES}/7/context", {"ancestors": [], "descendants": [LEAST_STATUS]})
    first = server.network.collect({"since": "1"}, [Ref("7")])
    assert {inbound.native_id for inbound in first.inbound} == {"60", "61"}
    assert server.network.collect(first.cursor, [Ref("7")]).inbound == ()


def test_a_repeat_that_fails_although_the_message_is_there_is_read_back(server):
    """Mastodon 4.5 answers 500 to a repeated Idempotency-Key (mastodon/mastodon#40399)."""
    server.on("POST", STATUSES, error(500, "An unexpected error occurred"))
    server.on("GET", f"/api/v1/accounts/{ME}/statuses", [{**LEAST_STATUS, "content": "https://example.org/?c=1"}])
    prepared = fully_prepared(server.network, Message("https://example.org/?c=1"))
    with pytest.raises(OutcomeUnknown):
        server.network.send(prepared, "key", NOW)
    assert server.network.read_back(prepared, "key", NOW).found == Ref("60", "")


# nonsense

JSON = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        2**70,
        1.5,
        "",
        "x",
        "\x00",
        "\ud800",
        "9" * 30,
        "http://[",
        [],
        [[]],
        [None],
        {},
        {"id": []},
    ]
)
"""Every kind of value where another was promised."""


def spots(value, path=()):
    """Every place in a JSON document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from spots(inner, (*path, key))


def put(document, path, value):
    """``document`` with ``value`` at ``path``."""
    if not path:
        return value
    made = copy.deepcopy(document)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return made


ASKS = {
    "verify": lambda network: network.verify(),
    "limits": lambda network: network.limits(),
    "collect": lambda network: network.collect({"since": "1"}, [Ref("7")]),
    "first collect": lambda network: network.collect({}),
    "check": lambda network: network.check(["60", "7/favourited_by/200"]),
    "read back": lambda network: network.read_back(Prepared({"status": "x"}, "https://example.org/"), "k", NOW),
    "send": lambda network: network.send(Prepared({"status": "x"}), "k", NOW),
    "edit": lambda network: network.edit(Ref("7"), Prepared({"status": "x"})),
    "prepare": lambda network: fully_prepared(network, Message("x", media=(Media.from_bytes(b"x", "image/png", "a"),))),
}


def honest(server) -> dict[tuple[str, str], object]:
    reply = server.status("60", in_reply_to_id="7", mentions=[], tags=[])
    quote = server.contract.entity("Quote", state="accepted", quoted_status=server.ours("7"))
    mine = server.ours("7", favourites_count=1, reblogs_count=1, replies_count=1, quotes_count=1)
    notifications = [
        server.notification("5", "mention", server.status("62", quote=quote)),
        server.notification("4", "mention", reply),
        server.notification("3", "favourite", mine),
    ]
    return {
        ("GET", "/api/v1/accounts/verify_credentials"): server.me(),
        ("GET", "/api/v2/instance"): server.instance(),
        ("GET", "/api/v1/notifications"): notifications,
        ("GET", STATUSES): [mine, reply],
        ("GET", f"{STATUSES}/7"): mine,
        ("GET", f"{STATUSES}/60"): reply,
        ("GET", f"{STATUSES}/60/context"): {"ancestors": [mine], "descendants": []},
        ("GET", f"{STATUSES}/7/context"): {"ancestors": [], "descendants": [reply]},
        ("GET", f"{STATUSES}/7/favourited_by"): [server.account()],
        ("GET", f"{STATUSES}/7/reblogged_by"): [server.account()],
        ("GET", f"{STATUSES}/7/quotes"): [server.status("63")],
        ("GET", f"/api/v1/accounts/{ME}/statuses"): [mine],
        ("POST", STATUSES): mine,
        ("PUT", f"{STATUSES}/7"): mine,
        ("POST", "/api/v2/media"): {"id": "9", "type": "image"},
    }


@pytest.mark.parametrize("ask", ASKS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_server_answers_only_the_tree_of_errors_comes_out(server, ask, data):
    answers = honest(server)
    lying = data.draw(st.sampled_from(sorted(answers)))
    path = data.draw(st.sampled_from(list(spots(answers[lying]))))
    answers[lying] = put(answers[lying], path, data.draw(JSON))
    for (method, where), answer in answers.items():
        server.on(method, where, httpx.Response(200, content=json.dumps(answer)))
    server.network._me = server.network._instance = None
    try:
        ASKS[ask](server.network)
    except SmeditorError as caught:
        assert TOKEN not in str(caught)  # noqa: PT017


@pytest.mark.parametrize("ask", ASKS)
def test_an_honest_server_gives_no_error(server, ask):
    for (method, where), answer in honest(server).items():
        server.on(method, where, answer)
    ASKS[ask](server.network)


@pytest.mark.parametrize("value", ["", "never", None, 5e300, "9" * 50, {}, True])
def test_a_time_that_is_none_is_a_bad_answer(value):
    with pytest.raises(SmeditorError):
        parse.when(value)


# the checker itself


@pytest.mark.parametrize(
    ("method", "url", "kwargs"),
    [
        ("GET", "/api/v1/nowhere", {}),
        ("GET", "/api/v1/notifications?limit=many", {}),
        ("GET", "/api/v1/notifications?types[]=no_such_type", {}),
        ("GET", "/api/v1/notifications?unheard=1", {}),
        ("GET", f"{STATUSES}/1", {"json": {"status": "x"}}),
        ("POST", STATUSES, {}),
        ("POST", STATUSES, {"json": {"visibility": "public"}}),
        ("POST", STATUSES, {"json": {"status": 5}}),
        ("POST", STATUSES, {"json": {"status": "x", "visibility": "friends"}}),
        ("POST", STATUSES, {"json": {"status": "x", "media": ["1"]}}),
        ("POST", STATUSES, {"data": {"status": "x"}}),
        ("POST", "/api/v2/media", {"files": {"image": ("a.png", b"x", "image/png")}}),
    ],
)
def test_the_document_refuses_a_wrong_request(mastodon_document, method, url, kwargs):
    with pytest.raises(ContractBroken):
        mastodon_document.check_request(httpx.Request(method, f"https://{HOST}{url}", **kwargs))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"id": 1}),
        httpx.Response(200, json=[]),
        httpx.Response(418, json={}),
        httpx.Response(422, json={"message": "no"}),
    ],
)
def test_the_document_refuses_a_wrong_answer(mastodon_document, answer):
    with pytest.raises(ContractBroken):
        mastodon_document.check_response(httpx.Request("POST", f"https://{HOST}{STATUSES}"), answer)


def test_a_status_that_was_not_asked_for_and_has_no_id_is_asked_about_no_further(server):
    """Found by the test above: an empty id made ``/api/v1/statuses//favourited_by``."""
    stray = server.ours("7") | {"id": "", "favourites_count": 1}
    server.on("GET", STATUSES, httpx.Response(200, content=json.dumps([stray])))
    assert server.network.statuses(["7"]) == {}
