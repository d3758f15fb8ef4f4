"""P14, kind: one fact that each server of the family tells in its own form. Quotes, as Mastodon, Akkoma and others do."""

from __future__ import annotations

import pytest

from smeditor.networks.base import Kind
from smeditor.networks.mastodon import parse

OURS = {"id": "B7", "content": "<p>Tram</p>", "account": {"id": "9"}}
FORMS = {
    "mastodon": {"quote": {"state": "accepted", "quoted_status": OURS}},
    "mastodon, shallow": {"quote": {"state": "accepted", "quoted_status_id": "B7"}},
    "akkoma": {"quote_id": "B7", "quote": OURS},
    "akkoma, not loaded": {"quote_id": "B7", "quote": None},
    "pleroma": {"pleroma": {"quote": OURS, "quote_id": "B7", "quote_visible": True}},
    "pleroma, not loaded": {"pleroma": {"quote": None, "quote_id": "B7", "quote_url": "https://s.example/o/7"}},
}
NONE = {
    "no quote": {},
    "empty": {"quote_id": None, "quote": None, "pleroma": None},
    "refused": {"quote": {"state": "rejected", "quoted_status": OURS}},
    "waiting": {"quote": {"state": "pending", "quoted_status_id": "B7"}},
    "a lie": {"quote": ["B7"], "quote_id": {"id": "B7"}, "pleroma": "B7"},
}


def status(**fields):
    author = {"id": "r", "acct": "lea@s.example", "username": "lea", "url": "https://s.example/@lea"}
    at = "2026-08-17T05:01:49.000Z"
    return {"id": "Q1", "created_at": at, "visibility": "public", "content": "<p>Oh</p>", "account": author, **fields}


@pytest.mark.parametrize("form", FORMS)
def test_a_quote_is_read_in_the_form_of_each_server(form):
    inbound = parse.read_status(status(**FORMS[form]), Kind.QUOTE, "s.example")
    assert (inbound.quotes, inbound.subject) == ("B7", "B7")


@pytest.mark.parametrize("form", NONE)
def test_what_is_no_quote_or_not_accepted_quotes_nothing(form):
    assert parse.quoted_id(status(**NONE[form])) == ""


@pytest.mark.parametrize(("form", "known"), [("akkoma", True), ("pleroma", True), ("akkoma, not loaded", False)])
def test_whose_message_is_quoted_is_known_where_the_server_tells_it_whole(form, known):
    assert parse.quotes_account(status(**FORMS[form]), "9") is known
