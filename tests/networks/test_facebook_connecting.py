"""From the consent screen to a connected page, and which tokens are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, Refused, Temporary
from smeditor.networks.base import App, Message
from smeditor.networks.facebook import Facebook
from smeditor.networks.graph import DIALOG, GRAPH
from tests.networks.doubles.facebook.server import SCOPES
from tests.networks.doubles.graph import GraphError
from tests.networks.facebook_account import facebook_account, facebook_server

RETURN = "https://desk.example/accounts/return/"


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


def app_of(page, **more):
    return App(page.server.url, {**page.keys, **more})


def consent(page, decision="agree", scopes=SCOPES, pages=None):
    """What comes back from the screen, as a person clicked it."""
    url = Facebook.authorize(app_of(page), RETURN, "the-state", client=page.client, server_url=page.server.url).url
    screen = httpx.get(url)
    assert "La Gazette" in screen.text
    pages = [page.server.page.id] if pages is None else pages
    form = {"decision": decision, "granted": list(scopes), "page": pages}
    answer = httpx.post(url, data=form, follow_redirects=False)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {key: values[0] for key, values in query.items()}


def exchanged(page, callback):
    return Facebook.exchange(app_of(page), RETURN, callback, {}, client=page.client, server_url=page.server.url)


def network_of(page, credentials):
    return Facebook(credentials, client=page.client, app=app_of(page))


# the consent


def test_the_consent_screen_is_facebooks_own():
    consent = Facebook.authorize(App(keys={"client_id": "7"}), RETURN, "s", client=None)
    parts = urlsplit(consent.url)
    query = parse_qs(parts.query)
    assert f"{parts.scheme}://{parts.netloc}" == DIALOG
    assert parts.path == "/v26.0/dialog/oauth"
    assert query["redirect_uri"] == [RETURN]
    assert set(query["scope"][0].split(",")) == set(SCOPES)
    assert query["auth_type"] == ["rerequest"]
    assert "config_id" not in query


def test_an_app_of_the_business_type_names_its_configuration():
    app = App(GRAPH, {"client_id": "7", "config_id": "99", "api_version": "v25.0"})
    url = Facebook.authorize(app, RETURN, "s", client=None).url
    assert "config_id=99" in url
    assert "/v25.0/" in url


def test_a_page_is_connected_from_the_consent_to_its_first_post(page):
    callback = consent(page)
    assert callback["state"] == "the-state"
    credentials = exchanged(page, callback)
    assert credentials.scopes == frozenset(SCOPES)
    assert credentials.expires_at > datetime.now(UTC) + timedelta(days=50)
    assert credentials.refresh_expires_at > datetime.now(UTC) + timedelta(days=80)
    [identity] = network_of(page, credentials).identities()
    assert (identity.profile.remote_id, identity.note) == (page.server.page.id, "")
    assert identity.credentials.secret != credentials.secret
    network = network_of(page, identity.credentials)
    profile = network.verify()
    assert (profile.handle, profile.display_name, profile.followers) == ("lagazette", "La Gazette", 1234)
    assert network.credentials.expires_at is None
    page.publish("Bonjour", network)
    assert len(page.server.posts_of(page.server.page)) == 1


def test_a_person_who_says_no_is_told_so(page):
    with pytest.raises(Refused, match="consent was refused"):
        exchanged(page, consent(page, "refuse"))


@pytest.mark.parametrize(
    "callback", [{}, {"error": "server_error", "error_description": "Down"}, {"error_code": "1349220"}]
)
def test_a_return_without_a_code_is_refused(page, callback):
    with pytest.raises(Refused, match="gave no consent"):
        exchanged(page, callback)
    assert page.transport.requests == []


def test_a_code_is_good_once(page):
    callback = consent(page)
    exchanged(page, callback)
    with pytest.raises(Refused, match="has been used"):
        exchanged(page, callback)


def test_a_code_of_another_return_address_is_refused(page):
    callback = consent(page)
    with pytest.raises(Refused, match="redirect_uri"):
        Facebook.exchange(app_of(page), RETURN + "x", callback, {}, client=page.client, server_url=page.server.url)


def test_without_the_newsrooms_app_nothing_is_exchanged(page):
    with pytest.raises(Refused, match="not set up"):
        Facebook.exchange(
            App(page.server.url), RETURN, {"code": "x"}, {}, client=page.client, server_url=page.server.url
        )


def test_a_wrong_secret_of_the_app_is_no_success(page):
    callback = consent(page)
    with pytest.raises((Refused, Temporary)):
        Facebook.exchange(
            app_of(page, client_secret="f" * 32), RETURN, callback, {}, client=page.client, server_url=page.server.url
        )


# the pages among which a person chooses


def test_pages_are_offered_with_what_is_missing_on_them(page):
    server = page.server
    for name, tasks in (
        ("Alpha", ("CREATE_CONTENT",)),
        ("Bêta", ("ANALYZE", "MODERATE")),
        ("Zed", ("MANAGE", "CREATE_CONTENT", "MODERATE")),
    ):
        server.give_role(server.person, server.add_page(name), tasks)
    credentials = exchanged(page, consent(page, pages=list(server.person.tasks)))
    found = [(item.profile.display_name, item.note) for item in network_of(page, credentials).identities()]
    assert [name for name, note in found if not note] == ["La Gazette", "Zed"]
    notes = dict(found)
    assert "may not publish" in notes["Bêta"]
    assert "not answer or hide" in notes["Alpha"]


def test_only_the_pages_that_were_chosen_are_offered(page):
    other = page.server.add_page("Autre")
    page.server.give_role(page.server.person, other)
    credentials = exchanged(page, consent(page, pages=[other.id]))
    assert [item.profile.display_name for item in network_of(page, credentials).identities()] == ["Autre"]


def test_more_pages_than_fit_on_one_list_are_all_offered(page):
    for number in range(120):
        page.server.give_role(page.server.person, page.server.add_page(f"Page {number:03}"))
    credentials = exchanged(page, consent(page, pages=list(page.server.person.tasks)))
    assert len(network_of(page, credentials).identities()) == 121


def test_a_page_without_a_token_says_why_it_cannot_be_connected(page):
    data = {"data": [{"id": "5", "name": "Fermée", "tasks": ["CREATE_CONTENT", "MODERATE"]}]}
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json=data))
    [identity] = page.network.identities()
    assert "no access to this page" in identity.note
    assert identity.credentials.secret == {}


def test_connecting_again_gives_the_page_a_token_that_works(page):
    first = network_of(page, exchanged(page, consent(page))).identities()[0]
    second = network_of(page, exchanged(page, consent(page))).identities()[0]
    for identity in (first, second):
        network_of(page, identity.credentials).verify()


# which tokens are refused


def test_a_persons_token_in_the_place_of_the_pages_is_refused_with_a_sentence(page):
    token = page.server.user_token(page.server.person, page.server.app, SCOPES)
    with pytest.raises(AuthExpired, match="access of a person, not that of the page") as caught:
        page.network_with(token.value).verify()
    assert token.value not in str(caught.value)


def test_the_token_of_another_page_is_refused(page):
    other = page.server.add_page("Autre")
    token = page.server.page_token(other, page.server.app, SCOPES, page.server.person)
    with pytest.raises(AuthExpired, match="another page"):
        page.network_with(token.value).verify()


def test_the_token_of_another_app_is_refused(page):
    app = page.server.add_app("515151515151", "fedcba9876543210" * 2)
    token = page.server.page_token(page.server.page, app, SCOPES, page.server.person)
    with pytest.raises((AuthExpired, Refused)):
        page.network_with(token.value).verify()


@pytest.mark.parametrize("missing", ["pages_manage_posts", "pages_read_engagement", "pages_show_list"])
def test_a_half_granted_consent_names_what_is_missing(page, missing):
    scopes = [scope for scope in SCOPES if scope != missing]
    credentials = exchanged(page, consent(page, scopes=scopes))
    assert credentials.scopes == frozenset(scopes)
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    with pytest.raises(AuthExpired, match=missing):
        page.network_with(token.value).verify()


@pytest.mark.parametrize("subcode", [458, 460, 463, 467, 492])
def test_a_token_that_is_over_asks_for_a_person(page, subcode):
    page.server.revoke(page.server.token.value, subcode)
    with pytest.raises(AuthExpired):
        page.network.verify()
    with pytest.raises(AuthExpired):
        page.network.collect({})


@pytest.mark.parametrize("token", ["", "   ", "with space", "é" * 20, "line\nbreak"])
def test_a_token_that_cannot_be_one_asks_for_a_person_and_nobody_else(page, token):
    with pytest.raises(AuthExpired):
        page.network_with(token).verify()
    assert page.transport.requests == []


def test_an_end_that_facebook_tells_is_kept(page):
    page.server.token.data_access_expires_at = datetime.now(UTC) + timedelta(days=3)
    page.network.verify()
    assert page.network.credentials_changed
    assert page.network.credentials.refresh_expires_at - datetime.now(UTC) < timedelta(days=4)


def test_the_page_is_found_by_its_token_where_its_id_was_not_kept(page):
    network = page.network_with(remote_id="")
    page.publish("Bonjour", network)
    assert network.page_id == page.server.page.id


def test_an_app_that_requires_proof_is_given_it(page):
    page.server.app.requires_proof = True
    page.network.verify()
    page.publish("Bonjour")
    network = Facebook(page.network.credentials, client=page.client, app=App(keys={"client_id": page.server.app.id}))
    with pytest.raises(Refused, match="appsecret_proof"):
        network.prepare(Message("Non"), {})


def test_debugging_falls_back_on_the_documented_request(page):
    page.server.fail(
        lambda method, path: method == "POST" and path.endswith("/debug_token"),
        GraphError(100, "Unsupported post request"),
    )
    page.network.verify()
    assert [request.method for request in page.transport.requests if request.url.path.endswith("/debug_token")] == [
        "POST",
        "GET",
    ]


@pytest.mark.parametrize(
    "data", [[], 7, {}, {"is_valid": "yes"}, {"is_valid": True, "type": "PAGE", "profile_id": "../me", "scopes": 7}]
)
def test_a_token_that_is_described_in_nonsense_is_not_accepted(page, data):
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": data}))
    with pytest.raises((BadAnswer, AuthExpired)):
        page.network.verify()


def test_what_is_asked_for_is_said_in_an_editors_words():
    for scope in Facebook.connecting.scopes:
        assert str(scope.reason).endswith(".")
    assert all(str(step).endswith(".") for step in (*Facebook.connecting.steps, *Facebook.connecting.notes))
    assert {field.name for field in Facebook.connecting.app_fields if field.required} == {"client_id", "client_secret"}
