"""A secret that the process works with stands in no log, no page and no row, in whatever form a server gives it back."""

from __future__ import annotations

import base64
import html
import json
import logging
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import NetworkError, Refused
from smeditor.networks.base import Credentials
from smeditor.networks.client import GuardedClient
from smeditor.networks.http import JsonApi
from smeditor.networks.rates import Rates
from smeditor.publishing.engine.outcome import excerpt
from smeditor.redaction import BLACK, RedactSecrets, redact, redact_known, remember

TOKEN = "aK7_tq-Zv3/Rw9+Lm2xYb8Nc5"
FORMS = {
    "as it is": TOKEN,
    "in words": f"the key ({TOKEN}) is unknown",
    "as bytes": repr(TOKEN.encode()),
    "as headers": repr(httpx.Headers({"x-echo": TOKEN})),
    "percent-encoded": quote(TOKEN, safe=""),
    "form-encoded": quote_plus(TOKEN),
    "percent-encoded twice": quote(quote(TOKEN, safe="")),
    "every letter percent-encoded": "".join(f"%{ord(character):02x}" for character in TOKEN),
    "in JSON": json.dumps({"error": TOKEN}),
    "in JSON in JSON": json.dumps(json.dumps({"error": TOKEN})),
    "escaped for JSON": "".join(f"\\u{ord(character):04x}" for character in TOKEN),
    "slashes escaped": TOKEN.replace("/", "\\/"),
    "escaped for HTML": html.escape(TOKEN).replace("/", "&#x2F;").replace("+", "&#43;"),
    "every letter an entity": "".join(f"&#{ord(character)};" for character in TOKEN),
    "hexadecimal bytes": "".join(f"\\x{ord(character):02x}" for character in TOKEN),
    "hexadecimal": TOKEN.encode().hex(),
    "Base64": base64.b64encode(TOKEN.encode()).decode(),
    "Base64 for addresses": base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    "basic authorisation": base64.b64encode(f"me:{TOKEN}".encode()).decode(),
    "behind Bearer in Base64": base64.b64encode(f"Bearer {TOKEN}".encode()).decode(),
    "its beginning": f"{TOKEN[:12]}…",
    "its end": f"…{TOKEN[-12:]}",
    "its middle": f"…{TOKEN[6:18]}…",
    "upper case": TOKEN.upper(),
    "over two lines": f"{TOKEN[:11]}\n    {TOKEN[11:]}",
    "in parts": f"{TOKEN[:11]}' '{TOKEN[11:]}",
}


@pytest.fixture(autouse=True)
def known():
    remember([TOKEN])


def alphanumerics(text):
    return "".join(filter(str.isalnum, text)).lower()


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_secret_is_left(form):
    """K11: redaction by the known value, not by how a token is introduced."""
    given = FORMS[form]
    redacted = redact_known(f"before {given} behind")
    assert redacted.startswith("before ")
    assert redacted.endswith(" behind")
    assert BLACK in redacted
    assert len(alphanumerics(redacted)) <= len(alphanumerics("before the key is unknown behind error")) + 8


@pytest.mark.parametrize("form", FORMS)
def test_no_error_repeats_what_the_account_signs_with(form):
    """On the page (the sentence), in the log (the cause) and in the database (both)."""

    def handle(request):
        return httpx.Response(422, json={"error": FORMS[form], "message": f"unknown: {FORMS[form]}"})

    client = GuardedClient(transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"])
    with pytest.raises(Refused) as caught:
        JsonApi("https://social.example", client, label="Example", rates=Rates()).call("GET", "/x")
    written = f"{caught.value.sentence} {caught.value.cause} {caught.value!r}"
    assert BLACK in caught.value.sentence
    assert redact_known(written) == written


def test_what_is_signed_with_is_known_without_being_told():
    """Whoever writes an ``Authorization`` header: also a network from outside the package."""
    secret = "opaque-Qw8Xr2Tz6"

    def handle(request):
        return httpx.Response(403, text=f"no: {request.headers['authorization'][7:]}")

    client = GuardedClient(transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"])
    with pytest.raises(NetworkError) as caught:
        JsonApi("https://social.example", client, label="Example", rates=Rates()).call(
            "GET", "/x", headers={"Authorization": f"Bearer {secret}"}
        )
    assert "Qw8Xr2Tz6" not in str(caught.value)


def test_credentials_are_known_and_names_are_not():
    Credentials("https://pds.example", secret={"app_password": "hxkd-9wqp-lm3z", "identifier": "redaction.example"})
    assert redact_known("hxkd-9wqp-lm3z for redaction.example") == f"{BLACK} for redaction.example"


def test_a_profile_that_names_the_token_does_not_get_in():
    def handle(request):
        return httpx.Response(200, json={"name": f"I am {TOKEN}", "access_token": TOKEN, "note": ["fine"]})

    client = GuardedClient(transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"])
    data = JsonApi("https://social.example", client, label="Example", rates=Rates()).call("GET", "/x").data
    assert data == {"name": f"I am {BLACK}", "access_token": TOKEN, "note": ["fine"]}


def test_an_answer_that_is_kept_as_proof_holds_none():
    assert TOKEN not in json.dumps(excerpt({"id": "7", "application": {"key": TOKEN}}))


def test_a_log_line_and_its_traceback_hold_none(caplog):
    record = logging.LogRecord("any", logging.ERROR, "file", 1, "lost %s", (TOKEN,), None)
    try:
        raise ValueError(f"bad header {TOKEN!r}")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    assert RedactSecrets().filter(record)
    line = logging.Formatter().format(record)
    assert line == redact_known(line)
    assert "ValueError" in line


@given(st.text(max_size=300))
def test_other_text_stays_as_it_is(text):
    assert redact_known(text) == text


def test_a_sentence_is_not_taken_for_a_secret():
    remember(["", "a", "  ", None, 5, "serveur"])
    sentence = "Le serveur a refusé : 502 caractères de trop, demandez à l’équipe."
    assert redact(sentence) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic bWU6c2VjcmV0",
        "authorization: bearer zzzzyyyyxxxx",
        "{'api_key': 'zzzz'}".replace("'", '"'),
        "DPoP zzzzyyyyxxxx",
        "refresh_token=zzzzyyyyxxxx&x=1",
    ],
)
def test_what_is_introduced_as_a_secret_is_blacked_out_unknown(text):
    assert BLACK in redact(text)
    assert "zzzz" not in redact(text)
    assert "bWU6" not in redact(text)


@pytest.mark.parametrize(
    "motif", ["%", "%25", "\\", "\\\\u0", "&amp;", "&#0", "a", "password ", "authorization: ", '"']
)
def test_redacting_takes_no_more_than_linear_time(motif):
    """It would not come to an end otherwise; what is longer is cut before."""
    redact(motif * 200_000, 20_000)
