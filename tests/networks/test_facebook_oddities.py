"""Answers that are honest but for one place; the double's own strictness; and secrets that stay where they are."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.exceptions import FetchRefused, NetworkError, OutcomeUnknown, Refused
from smeditor.networks.base import App, Card, Kind, Message, Presence, ReaderOperation, Ref
from smeditor.networks.facebook import Facebook
from smeditor.networks.facebook.parse import unshimmed
from tests.networks.contract_steps import assert_says_no_secret, fully_prepared, picture
from tests.networks.doubles.controls import control_of
from tests.networks.doubles.facebook.server import SCOPES
from tests.networks.doubles.graph import GraphError, specs
from tests.networks.doubles.graph.expansion import Unreadable, Wanted, parse
from tests.networks.facebook_account import facebook_account, facebook_server, video

NOW = datetime.now(UTC)
JUNK = [None, True, -1, 7, 1e308, "", "../me", "x", "\x00\ud800", "é" * 5000, [None], [[]], [], {}, {"id": "../x"}]


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


def places(data: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where something stands in an answer."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


class OneLie(httpx.BaseTransport):
    """The real answers, one of which has something else in one place. ``answers`` counts them."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.chance = random.Random(0)
        self.answers, self.lies_at = 0, -1

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        self.answers += 1
        if self.answers - 1 != self.lies_at:
            return httpx.Response(response.status_code, content=response.content)
        data = json.loads(response.content)
        path = self.chance.choice(list(places(data)))
        junk = self.chance.choice(JUNK)
        if not path:
            data = junk
        else:
            inner = data
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = junk
        return httpx.Response(response.status_code, content=json.dumps(data).encode())


@pytest.fixture
def lied_to(page):
    """A page with everything on it, and what the desk does there, by name."""
    server, network = page.server, page.network
    post = page.publish(Message("Un", card=Card("https://gazette.example/a", "A", ""))).ref
    comment = server.comment(post.uri, "Et la nappe ? https://example.net/a")
    deeper = server.comment(comment, "Oui")
    server.add_reaction(post.uri, "LOVE")
    mention = server.mention("Lisez")
    film = video(300_000)
    so_far = {}
    for _step in range(4):
        so_far = network.prepare(Message("Film", media=(film,)), so_far).so_far
    direct = page.network_with(publish_directly="yes")
    prepared = fully_prepared(direct, Message("Un", card=Card("https://gazette.example/a", "A", "")))
    unpublished = fully_prepared(network, Message("Deux"))
    user = server.user_token(server.person, server.app, SCOPES, targets=(server.page.id,), long_lived=True)
    person = page.network_with(user.value, "")
    reaction = f"{post.uri}/reactions/{server.reader.id}"
    ids = [comment, deeper, mention, reaction]
    page.doings = {
        "verify": network.verify,
        "identities": person.identities,
        "collect": lambda: network.collect({}, [post]),
        "check": lambda: network.check(ids),
        "prepare": lambda: network.prepare(Message("Trois"), {}),
        "photo": lambda: network.prepare(Message("Trois", media=(picture("a"),)), {}),
        "video start": lambda: network.prepare(Message("Film", media=(film,)), {}),
        "video state": lambda: network.prepare(Message("Film", media=(film,)), so_far),
        "answer": lambda: network.prepare(Message("x", reply_to=Ref(deeper), answers=Kind.COMMENT), {}),
        "send": lambda: network.send(unpublished, "id", NOW),
        "read back": lambda: network.read_back(unpublished, "id", NOW),
        "search": lambda: direct.read_back(prepared, "id", NOW),
        "operate": lambda: network.operate(comment, ReaderOperation.LIKE),
        "edit": lambda: network.edit(post, prepared),
        "delete": lambda: network.delete(Ref(f"{server.page.id}_1")),
        "events": lambda: network.read_events(
            [{"field": "mention", "value": {"verb": "add", "post_id": mention}, "at": 7}]
        ),
        "subscribe": lambda: network.subscribe("", ""),
    }
    page.transport.inner = OneLie(page.transport.inner)
    return page


NAMES = (
    *("verify", "identities", "collect", "check", "prepare", "photo", "video start", "video state", "answer", "send"),
    *("read back", "search", "operate", "edit", "delete", "events", "subscribe"),
)


@pytest.mark.parametrize("name", NAMES)
def test_one_lie_in_an_honest_answer_is_an_error_of_ours_or_does_no_harm(lied_to, name):
    liar, operation = lied_to.transport.inner, lied_to.doings[name]
    operation()
    count = liar.answers
    assert count
    raised: set[type[Exception]] = set()
    for number in range(120):
        liar.chance = random.Random(number)
        liar.answers, liar.lies_at = 0, number % count
        try:
            result = operation()
        except (NetworkError, FetchRefused) as error:
            raised.add(type(error))
            continue
        json.dumps(str(result))
        if name == "check":
            assert Presence.DELETED not in result.values()
        if name in {"collect", "events"}:
            for item in result.inbound:
                texts = (item.native_id, item.text, item.author.remote_id, item.in_reply_to, item.root, item.url)
                assert all(isinstance(text, str) and "\x00" not in text for text in texts)
    if name in {"send", "edit"}:
        assert raised <= {OutcomeUnknown, Refused}


# secrets


def test_no_log_and_no_error_holds_a_secret_whatever_the_page_does(lied_to, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = (lied_to.server.token.value, lied_to.server.app.secret)

    class Secrets:
        pass

    Secrets.secrets = secrets
    lied_to.transport.inner = lied_to.transport.inner.inner
    for body in (
        f'{{"error": {{"code": 100, "message": "{secrets[0]}"}}}}',
        f"<p>{secrets[0]}",
        f'{{"id": "{secrets[1]}"}}',
    ):
        for status in (200, 400, 500):
            answer = httpx.Response(status, content=body.encode())
            lied_to.transport.inner = httpx.MockTransport(lambda request, answer=answer: answer)
            for operation in lied_to.doings.values():
                try:
                    operation()
                except NetworkError as error:
                    assert_says_no_secret(error, Secrets)
    assert not [secret for secret in secrets if secret in caplog.text]
    assert secrets[0] not in repr(lied_to.network.credentials)


def test_the_consent_holds_no_secret_of_the_app():
    app = App(keys={"client_id": "7", "client_secret": "0123456789abcdef"})
    assert "0123456789abcdef" not in Facebook.authorize(app, "https://d/", "s", client=None).url


# texts


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_a_text_counts_its_utf16_units(text):
    text = text.encode("utf-8", "replace").decode()
    network = Facebook.__new__(Facebook)
    assert network.count(text) == len(text.encode("utf-16-le")) // 2
    assert network.count(text + text) == 2 * network.count(text)


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_the_marks_of_any_text_are_in_order_and_inside(text):
    marks = Facebook.marks(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(first.end <= second.start for first, second in pairwise(marks))


@pytest.mark.parametrize(
    ("link", "behind"),
    [
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fgazette.example%2Fa%3Fsme%3Dx&h=AT0",
            "https://gazette.example/a?sme=x",
        ),
        ("https://l.facebook.com/l.php?h=AT0", ""),
        ("https://l.facebook.com/l.php?u=javascript%3Aalert(1)", ""),
        ("https://gazette.example/l.php?u=x", "https://gazette.example/l.php?u=x"),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_facebooks_own_redirect_is_taken_from_a_link(link, behind):
    assert unshimmed(link) == behind


# the double is as strict as Meta's description


def asked(page, method: str, path: str, **kwargs: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {page.server.token.value}"}
    return httpx.request(method, f"{page.server.url}/v26.0{path}", headers=headers, **kwargs)


@pytest.mark.parametrize(
    ("method", "path", "kwargs"),
    [
        ("POST", "/{page}/feed", {"data": {"mesage": "x"}}),
        ("POST", "/{page}/feed", {"data": {"message": "x", "published": "yes"}}),
        ("POST", "/{page}/tweets", {"data": {"message": "x"}}),
        ("POST", "/{page}/subscribed_apps", {"data": {}}),
        ("POST", "/{page}/subscribed_apps", {"data": {"subscribed_fields": "feed,nonsense"}}),
        ("GET", "/{page}", {"params": {"fields": "id,nonsense"}}),
        ("GET", "/{page}/published_posts", {"params": {"fields": "comments.filter(bogus){id}"}}),
    ],
)
def test_what_metas_description_does_not_allow_is_refused_and_remembered(page, method, path, kwargs):
    if not specs.there():
        pytest.skip("Meta's description is not beside this checkout")
    page.publish("Un")
    page.transport.requests.clear()
    answer = asked(page, method, path.format(page=page.server.page.id), **kwargs)
    assert answer.json()["error"]["code"] == 100
    assert page.server.breaches
    page.server.breaches.clear()


def test_a_token_in_an_address_is_remembered(page):
    httpx.get(f"{page.server.url}/v26.0/me", params={"access_token": page.server.token.value})
    assert page.server.breaches == ["GET /v26.0/me: a token in the address"]
    page.server.breaches.clear()


def test_a_version_that_is_over_is_answered_by_the_oldest(page):
    url = f"{page.server.url}/v9.0/{page.server.page.id}"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {page.server.token.value}"})
    assert answer.headers["facebook-api-version"] == page.server.oldest
    with pytest.raises(Refused, match="version"):
        page.network_with(api_version="v99.0").prepare(Message("x"), {})


def test_the_wall_of_the_demo_shows_what_readers_see(page):
    post = page.publish("Bonjour <b>").ref
    comment = httpx.post(f"{page.server.url}/_double/comment", data={"under": post.uri, "message": "Salut"}).json()[
        "id"
    ]
    hidden = page.server.comment(post.uri, "Vulgaire")
    page.network.operate(hidden, ReaderOperation.HIDE)
    wall = httpx.get(f"{page.server.url}/_double/").text
    assert "Bonjour &lt;b&gt;" in wall
    assert "Salut" in wall
    assert "Vulgaire" not in wall
    answer = httpx.post(f"{page.server.url}/_double/reaction", json={"by": "amelie", "text": "Et ?", "post": post.uri})
    assert answer.json()["id"] in {item.native_id for item in page.network.collect({}, [post]).inbound}
    assert comment in {item.native_id for item in page.network.collect({}, [post]).inbound}
    control = control_of(page.server)
    assert control.messages() == {"Bonjour <b>": [post.uri]}
    assert control.publishes("POST", f"/v26.0/{post.uri}")
    assert not control.publishes("POST", f"/v26.0/{page.server.page.id}/feed")
    secret = httpx.get(f"{page.server.url}/_double/connection").json()["secret"]
    assert page.network_with(secret["access_token"]).verify().handle == "lagazette"


@pytest.mark.parametrize("text", ["", "a,", "a{b", "a}b", ".limit(3)", "a{b}}", "a b"])
def test_a_list_of_fields_that_is_none_is_called_so(text):
    with pytest.raises(Unreadable):
        parse(text)


def test_fields_are_expanded_with_their_modifiers():
    assert parse("id,comments.limit(3).order(chronological){id,from{name}}") == (
        Wanted("id"),
        Wanted(
            "comments",
            {"limit": "3", "order": "chronological"},
            (Wanted("id"), Wanted("from", {}, (Wanted("name"),))),
        ),
    )


def test_the_double_says_what_it_does_not_know(page):
    answer = asked(page, "GET", f"/{page.server.page.id}/ratings")
    assert answer.status_code == 501
    assert GraphError(1, "x").response().status_code == 500
