"""The Graph API beneath Facebook and Instagram: what its errors mean, its limits, its lists."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    Gone,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Temporary,
)
from smeditor.networks.base import App
from smeditor.networks.client import GuardedClient
from smeditor.networks.graph import VERSION, GraphApi, pages, version_of
from smeditor.networks.graph.errors import Failure
from smeditor.networks.graph.usage import read_usage
from smeditor.networks.rates import Rates
from tests.networks.facebook_account import error_body

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TOKEN = "EAAtesttokentesttoken"
SECRET = "0123456789abcdef" * 2


def api_of(answer, **kwargs):
    """An API whose every request is answered by ``answer``."""
    transport = httpx.MockTransport(answer if callable(answer) else lambda request: answer)
    client = GuardedClient(transport=transport, resolver=lambda host, port: ["93.184.216.34"])
    return GraphApi("https://graph.facebook.com", client, label="Facebook", rates=Rates(), token=TOKEN, **kwargs)


def raised_by(body, status=400, *, effect=False, headers=None, **kwargs):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    api = api_of(httpx.Response(status, content=content, headers=headers), **kwargs)
    with pytest.raises(NetworkError) as caught:
        api.call("POST" if effect else "GET", "/1/feed", effect=effect)
    return caught.value


# what an error means


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize(
    ("code", "message", "subcode", "raised"),
    [
        (190, "Error validating access token", 463, AuthExpired),
        (190, "The user must be an administrator of the page in order to impersonate it", 492, AuthExpired),
        (190, "A Page access token is required for this call.", 2069032, AuthExpired),
        (200, "This endpoint is not supported.", 2069030, Refused),
        (1, "Viewer doesn't have permission to perform this action.", 2853006, Refused),
        (102, "Session key invalid or no longer valid", 0, AuthExpired),
        (104, "An access token is required", 0, AuthExpired),
        (10, "This endpoint requires the 'pages_read_engagement' permission", 0, AuthExpired),
        (200, "(#200) The user hasn't authorized the application to perform this action", 0, AuthExpired),
        (283, "Requires pages_read_engagement permission to manage the object", 0, AuthExpired),
        (100, "Invalid parameter", 0, Refused),
        (1609005, "Error in scraping data from the provided link", 0, Refused),
        (324, "Missing or invalid image file", 0, Refused),
        (2635, "You are calling a deprecated version", 0, Refused),
        (2500, "Unknown path components: /v9.0", 0, Refused),
        (100, "Object with ID '1' does not exist", 33, Gone),
        (803, "Some of the aliases you requested do not exist", 0, Gone),
        (4, "Application request limit reached", 0, RateLimited),
        (17, "User request limit reached", 0, RateLimited),
        (32, "Page request limit reached", 0, RateLimited),
        (613, "Calls to this api have exceeded the rate limit", 0, RateLimited),
        (80001, "There have been too many calls to this Page account", 0, RateLimited),
        (80002, "There have been too many calls to this Instagram account", 0, RateLimited),
        (368, "It looks like you were misusing this feature by going too fast", 1390008, RateLimited),
        (368, "The action attempted has been deemed abusive", 0, Refused),
    ],
)
def test_a_clear_no_is_a_no_whether_or_not_readers_would_see_the_result(effect, code, message, subcode, raised):
    error = raised_by(error_body(code, message, subcode), effect=effect)
    assert type(error) is raised
    assert error.sentence
    assert error.code == (f"{code}/{subcode}" if subcode else str(code))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (1, 400),
        (200, 403),
        (10, 403),
        (1, 500),
        (2, 500),
        (2, 503),
        (-1, 500),
        (12345, 400),
        (0, 500),
        (9007, 400),
        (506, 400),
    ],
)
def test_whatever_is_no_clear_no_leaves_a_publication_unknown(code, status):
    assert type(raised_by(error_body(code, "Something"), status, effect=True)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [
        (b"<html>Sorry, something went wrong.</html>", 400, {"content-type": "text/html"}),
        (b"", 502, {}),
        (b"{", 400, {}),
        (b"[]", 400, {}),
        (b'{"error": 7}', 400, {}),
        (b'{"error": {"code": "x", "message": []}}', 400, {}),
        (b"busy", 503, {"retry-after": "5"}),
        (b"", 408, {}),
    ],
)
def test_an_error_that_cannot_be_read_leaves_a_publication_unknown(body, status, headers):
    assert type(raised_by(body, status, effect=True, headers=headers)) is OutcomeUnknown


@pytest.mark.parametrize(("code", "status"), [(1, 500), (2, 500), (2, 400), (-1, 400), (0, 502)])
def test_a_read_that_fails_on_metas_side_is_tried_again(code, status):
    assert type(raised_by(error_body(code, "Something"), status)) is Temporary


def test_what_may_not_be_read_is_refused_and_the_account_stays_connected():
    assert type(raised_by(error_body(200, "(#200) Permissions error"), 403)) is Refused


def test_an_error_that_calls_itself_passing_is_tried_again():
    assert type(raised_by(error_body(4711, "Something", is_transient=True))) is Temporary


def test_an_error_in_an_answer_of_success_is_one():
    assert type(raised_by(error_body(190, "Session has expired"), 200)) is AuthExpired
    assert type(raised_by(error_body(4711, "Something"), 200, effect=True)) is OutcomeUnknown


def test_a_page_where_an_interface_was_due_names_the_address():
    error = raised_by(b"<html>Not here</html>", 404, headers={"content-type": "text/html"})
    assert type(error) is BadAnswer
    assert "address" in error.sentence


def test_what_meta_says_to_people_is_shown_to_people():
    shown = {"error_user_title": "Vidéo refusée", "error_user_msg": "Elle est trop longue."}
    assert "Vidéo refusée: Elle est trop longue." in raised_by(error_body(100, "Invalid parameter", **shown)).sentence


def test_a_token_that_an_error_repeats_is_blacked_out():
    error = raised_by(error_body(190, f"Error validating access token {TOKEN}"))
    assert TOKEN not in str(error)
    error = raised_by(error_body(100, "Bad", error_user_msg=f"The token {TOKEN} is bad"))
    assert TOKEN not in str(error)


def test_the_lack_of_an_optional_permission_is_no_end_of_the_token():
    body = error_body(200, "Requires pages_manage_engagement permission to manage the object")
    assert type(raised_by(body, optional_scopes={"pages_manage_engagement"})) is Refused
    assert type(raised_by(body)) is AuthExpired


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["code", "error_subcode", "message", "error_user_msg", "is_transient", "fbtrace_id", "type"]),
    st.integers(300, 599),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_an_error_of_any_content_is_one_of_ours(value, name, status, effect):
    for body in (value, {"error": value}, {"error": {"code": 1, "message": "x", name: value}}):
        error = raised_by(body, status, effect=effect)
        if effect and not Failure.read(body).code:
            assert isinstance(error, OutcomeUnknown | AuthExpired | RateLimited)


# limits


def usage(**headers):
    return httpx.Headers({name.replace("_", "-"): json.dumps(value) for name, value in headers.items()})


def test_the_share_that_is_used_up_is_read_from_the_headers():
    headers = usage(
        x_app_usage={"call_count": 28, "total_time": 25, "total_cputime": 30.2},
        x_page_usage={"call_count": 1, "total_time": 2, "total_cputime": 3},
        x_business_use_case_usage={"7": [{"type": "pages", "call_count": 95, "total_time": 20, "total_cputime": 20}]},
    )
    rates = {rate.bucket: rate for rate in read_usage(headers, NOW)}
    assert {bucket: rate.remaining for bucket, rate in rates.items()} == {"app": 69, "page": 97, "business": 5}
    assert all(rate.limit == 100 and NOW < rate.resets_at <= NOW + timedelta(hours=1) for rate in rates.values())


def test_other_use_cases_do_not_count():
    entries = [{"type": "ads_management", "call_count": 99}, {"type": "pages", "call_count": 3}]
    [rate] = read_usage(usage(x_business_use_case_usage={"7": entries}), NOW, {"pages"})
    assert rate.remaining == 97


def test_the_time_that_meta_estimates_is_waited_for():
    entry = {"type": "pages", "call_count": 101, "estimated_time_to_regain_access": 19}
    headers = {"x-business-use-case-usage": json.dumps({"7": [entry]})}
    error = raised_by(error_body(80001, "too many calls"), headers=headers, use_cases={"pages"})
    assert timedelta(minutes=18) < error.until - datetime.now(UTC) <= timedelta(minutes=19)
    [rate] = read_usage(httpx.Headers(headers), NOW, {"pages"})
    assert (rate.remaining, rate.resets_at) == (0, NOW + timedelta(minutes=19))


def test_a_limit_of_the_whole_app_holds_for_every_call():
    answer = httpx.Response(200, json={"id": "1"}, headers=usage(x_app_usage={"call_count": 96}))
    api = api_of(answer)
    api.call("GET", "/1")
    api.rates.reserve = 0.1
    with pytest.raises(RateLimited):
        api.call("GET", "/1", bucket="another")


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda i: (
            st.lists(i, max_size=3)
            | st.dictionaries(
                st.sampled_from(["7", "type", "call_count", "total_time", "estimated_time_to_regain_access"]),
                i,
                max_size=4,
            )
        ),
        max_leaves=9,
    ).map(json.dumps)
)
@settings(max_examples=300, deadline=None)
def test_a_header_of_any_content_gives_usable_limits_or_none(written):
    written = written.encode("ascii", "ignore").decode().replace("\n", "").replace("\r", "").replace("\0", "")
    headers = httpx.Headers(dict.fromkeys(("x-app-usage", "x-page-usage", "x-business-use-case-usage"), written))
    for rate in read_usage(headers, NOW):
        assert 0 <= rate.remaining <= rate.limit
        assert NOW < rate.resets_at <= NOW + timedelta(days=1)


# a call


def test_the_token_travels_in_a_header_and_the_proof_in_the_query():
    asked = []
    app = App(keys={"client_id": "7", "client_secret": SECRET})
    api_of(lambda request: asked.append(request) or httpx.Response(200, json={"id": "1"}), app=app).call("GET", "/me")
    [request] = asked
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert dict(request.url.params) == {"appsecret_proof": proof}


@pytest.mark.parametrize(
    ("written", "version"),
    [("", VERSION), ("v25.0", "v25.0"), ("25.0", "v25.0"), ("latest", VERSION), ("v1/../me", VERSION)],
)
def test_an_administrator_may_set_the_version(written, version):
    assert version_of(App(keys={"api_version": written})) == version


def test_a_version_that_is_over_is_noticed_by_the_answers():
    api = api_of(httpx.Response(200, json={"id": "1"}, headers={"facebook-api-version": "v27.0"}))
    api.call("GET", "/1")
    assert (api.version, api.answered_version) == (VERSION, "v27.0")


# lists


def listing(items, after="", more=True):
    paging = {
        "cursors": {"after": after},
        **({"next": f"https://graph.facebook.com/?access_token={TOKEN}"} if more else {}),
    }
    return {"data": items, "paging": paging}


def test_a_list_is_read_by_its_cursors_and_never_by_its_next_address():
    asked = []

    def answer(request):
        asked.append(str(request.url))
        place = request.url.params.get("after", "")
        body = {"": listing([{"id": "1"}], "A"), "A": listing([], "B"), "B": listing([{"id": "2"}], "C", more=False)}
        return httpx.Response(200, json=body[place])

    items = [item["id"] for page in pages(api_of(answer), "/1/feed", {}, 10) for item in page.items]
    assert items == ["1", "2"]
    assert not [url for url in asked if TOKEN in url]


def test_a_list_that_leads_in_a_circle_is_called_a_lie():
    with pytest.raises(BadAnswer):
        list(pages(api_of(httpx.Response(200, json=listing([], "A"))), "/1/feed", {}, 10))


def test_a_list_is_read_no_further_than_wanted_and_says_that_there_is_more():
    numbers = iter(range(100))
    api = api_of(lambda request: httpx.Response(200, json=listing([{"id": "1"}], f"A{next(numbers)}")))
    found = list(pages(api, "/1/feed", {}, 3))
    assert len(found) == 3
    assert found[-1].after


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": {}},
        {"data": None},
        {"data": [], "paging": {"next": "x"}},
        {"data": [], "paging": {"next": "x", "cursors": {"after": 7}}},
    ],
)
def test_a_list_that_is_none_is_called_so(body):
    with pytest.raises(BadAnswer):
        list(pages(api_of(httpx.Response(200, json=body)), "/1/feed", {}, 10))
