"""What an answer of a server means is decided once, for every network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

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
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import JsonApi, decode, read_rate, read_time, retry_at
from smeditor.networks.rates import Rates

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def api(answer: httpx.Response | Exception, max_bytes: int = 100_000) -> JsonApi:
    """A JsonApi whose server always gives ``answer``."""

    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = GuardedClient(
        transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"], max_bytes=max_bytes
    )
    return JsonApi("https://social.example/", client, label="Example", rates=Rates())


STATUSES = [
    # status, headers, effect, what it means
    (400, {}, True, Refused),
    (401, {}, True, AuthExpired),
    (403, {}, True, Refused),
    (404, {}, False, Gone),
    (410, {}, False, Gone),
    (422, {}, True, Refused),
    (429, {}, True, RateLimited),
    (408, {}, True, OutcomeUnknown),
    (500, {}, True, OutcomeUnknown),
    (502, {}, True, OutcomeUnknown),
    (503, {}, True, OutcomeUnknown),
    (503, {"retry-after": "30"}, True, Temporary),
    (500, {}, False, Temporary),
    (504, {}, False, Temporary),
    (302, {"location": "https://elsewhere.example"}, False, BadAnswer),
]


@pytest.mark.parametrize(("status", "headers", "effect", "meaning"), STATUSES)
def test_a_status_means_one_error(status, headers, effect, meaning):
    with pytest.raises(NetworkError) as caught:
        api(httpx.Response(status, headers=headers, json={"error": "because"})).call("POST", "/x", effect=effect)
    assert type(caught.value) is meaning
    assert caught.value.status == status
    assert caught.value.sentence


@pytest.mark.parametrize(
    "body", [b"<html>Log in</html>", b"plain", b'{"a": NaN}', b'{"a":', b"[" * 3000 + b"]" * 3000, b"\xff\xfe"]
)
@pytest.mark.parametrize(("effect", "meaning"), [(False, BadAnswer), (True, OutcomeUnknown)])
def test_an_answer_that_is_not_json_is_never_taken_for_one(body, effect, meaning):
    with pytest.raises(meaning):
        api(httpx.Response(200, content=body)).call("POST", "/x", effect=effect)


@pytest.mark.parametrize(("effect", "meaning"), [(False, Temporary), (True, OutcomeUnknown)])
@pytest.mark.parametrize(
    "fault", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), httpx.WriteError("cut")]
)
def test_a_lost_answer_is_unknown_only_when_readers_could_see_it(fault, effect, meaning):
    with pytest.raises(meaning):
        api(fault).call("POST", "/x", effect=effect)


@pytest.mark.parametrize("fault", [httpx.ConnectError("no"), httpx.ConnectTimeout("no")])
def test_without_a_connection_nothing_was_sent(fault):
    with pytest.raises(Temporary):
        api(fault).call("POST", "/x", effect=True)


@pytest.mark.parametrize(("effect", "meaning"), [(False, BadAnswer), (True, OutcomeUnknown)])
def test_an_endless_answer_is_a_bad_one(effect, meaning):
    with pytest.raises(meaning):
        api(httpx.Response(200, content=b" " * 5000), max_bytes=1000).call("POST", "/x", effect=effect)


def test_a_refusal_tells_what_the_server_said():
    with pytest.raises(Refused, match="too long"):
        api(httpx.Response(400, text="The text is too long")).call("POST", "/x")


def test_an_html_error_page_tells_a_person_nothing():
    with pytest.raises(Refused) as caught:
        api(httpx.Response(403, html="<html><script>alert(1)</script></html>")).call("POST", "/x")
    assert "script" not in str(caught.value)


def test_an_error_that_repeats_the_token_is_blacked_out():
    with pytest.raises(Refused) as caught:
        api(httpx.Response(403, json={"error": "no", "message": "Bearer s3cr3t-t0ken"})).call("POST", "/x")
    assert "s3cr3t" not in caught.value.sentence + str(caught.value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (str(int((NOW + timedelta(minutes=1)).timestamp())), 60),
        ("2026-11-23T12:02:00.000000Z", 120),
        ("2026-11-23T13:02:00+01:00", 120),
        ("Mon, 23 Nov 2026 12:03:00 GMT", 180),
    ],
)
def test_servers_write_times_in_four_ways(value, seconds):
    assert read_time(value, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5 o'clock", "9" * 400])
def test_an_unreadable_retry_after_is_no_retry_after(value):
    assert retry_at(httpx.Headers({"retry-after": value}), NOW) is None


def test_a_rate_limit_is_read_or_left_out():
    headers = httpx.Headers({"x-limit": "300", "x-remaining": "7", "x-reset": "60"})
    rate = read_rate(headers, "X", "api", NOW)
    assert (rate.limit, rate.remaining, rate.resets_at) == (300, 7, NOW + timedelta(seconds=60))
    assert read_rate(httpx.Headers({"x-limit": "many"}), "X", "api", NOW) is None


def test_a_pause_never_exceeds_a_day():
    with pytest.raises(RateLimited) as caught:
        api(httpx.Response(429, headers={"retry-after": "999999999"})).call("GET", "/x")
    assert caught.value.until.utcoffset() == timedelta(0)
    assert caught.value.until - datetime.now(UTC) <= timedelta(days=1)


def test_honest_depth_is_decoded():
    assert decode(b'{"a": [{"b": 1}]}') == {"a": [{"b": 1}]}


def test_what_no_database_can_hold_does_not_get_in():
    answer = rb'{"a\u0000": ["x\ud800y", "\ud83d\ude00", "\\u0000", {"b": "\u0000"}]}'
    assert decode(answer) == {"a": ["x?y", "😀", "\\u0000", {"b": ""}]}
