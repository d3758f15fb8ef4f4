"""An Instagram that lies: every kind of value in every place of an honest answer gives only errors of our tree."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import FetchRefused, NetworkError, OutcomeUnknown
from smeditor.networks.base import Credentials, Kind, Message, Prepared, ReaderOperation, Ref
from smeditor.networks.graph import VERSION
from smeditor.networks.instagram import Instagram
from tests.networks.instagram_steps import image, now
from tests.networks.lying import JUNK, Liar, places

AT = "2026-11-30T00:00:00+0000"
COMMENT = {
    "id": "99",
    "timestamp": AT,
    "text": "Oui",
    "username": "b",
    "from": {"id": "7", "username": "b"},
    "hidden": True,
    "parent_id": "98",
}
HONEST = {
    "/me": {
        "id": "1",
        "user_id": 17841,
        "username": "gazette",
        "name": "G",
        "account_type": "BUSINESS",
        "followers_count": 3,
    },
    "/me/content_publishing_limit": {
        "data": [{"quota_usage": 1, "config": {"quota_total": 50, "quota_duration": 86400}}]
    },
    "POST /me/media": {"id": "55"},
    "/55": {"id": "55", "status_code": "FINISHED", "status": "Finished"},
    "POST /me/media_publish": {"id": "77"},
    "/77": {"id": "77", "permalink": "https://www.instagram.com/p/x/", "timestamp": AT},
    "/me/media": {
        "data": [{"id": "77", "timestamp": AT, "caption": "Un", "permalink": "https://www.instagram.com/p/x/"}],
        "paging": {"cursors": {"after": "QQ"}, "next": "https://x.example/"},
    },
    "/me/tags": {
        "data": [
            {"id": "88", "timestamp": AT, "caption": "@gazette", "username": "a", "permalink": "https://i.example/"}
        ],
        "paging": {"cursors": {"after": "QQ"}, "next": "https://x.example/"},
    },
    "/88": {"id": "88", "hidden": False, "parent_id": "87"},
    "/77/comments": {
        "data": [{**COMMENT, "replies": {"data": [COMMENT], "paging": {"cursors": {"after": "QQ"}, "next": "x"}}}],
        "paging": {"cursors": {"after": "QQ"}, "next": "https://x.example/"},
    },
    "/99/replies": {"data": [COMMENT]},
    "POST /77/comments": {"id": "66"},
    "POST /99": {"success": True},
    "DELETE /me/subscribed_apps": {"success": True},
    "POST /me/subscribed_apps": {"success": True},
    "/refresh_access_token": {"access_token": "IGAA" + "a" * 30, "expires_in": 5184000, "permissions": "a,b"},
}
LIAR = Liar(HONEST, VERSION)


def network_on(spoilt="", path=(), junk=None, raw=None):
    LIAR.lie(spoilt, path, junk, raw)
    secret = {"access_token": "IGAA" + "z" * 30}
    return Instagram(Credentials("http://127.0.0.1:1", "gazette", "1", secret), client=LIAR.client)


def everything(network):
    """Each method once; returns the errors that came, by what was done."""
    ready = Prepared({"creation_id": "55", "text": "x"}, "https://example.org/x")
    comment = Prepared({"on": "77", "edge": "comments", "message": "Merci", "text": "x"})
    done = {
        "identities": network.identities,
        "limits": network.limits,
        "prepare": lambda: [
            network.prepare(Message("Un", media=(image(),)), {}),
            network.prepare(Message("", media=(image("a"), image("b"))), {}),
        ],
        "again": lambda: network.prepare(
            Message("Un", media=(image(),)), getattr(network.prepare(Message("Un", media=(image(),)), {}), "so_far", {})
        ),
        "answer": lambda: network.prepare(Message("Un", reply_to=Ref("88"), answers=Kind.COMMENT), {}),
        "send": lambda: [network.send(ready, "x", now()), network.send(comment, "x", now())],
        "read_back": lambda: [
            network.read_back(ready, "x", now() - timedelta(days=3)),
            network.read_back(comment, "x", now() - timedelta(days=3)),
        ],
        "collect": lambda: json.dumps(network.collect({}, [Ref("77")]).cursor),
        "check": lambda: network.check(["88", "12"]),
        "hide": lambda: network.operate("99", ReaderOperation.HIDE),
        "webhooks": lambda: [network.subscribe("https://desk.example/", ""), network.unsubscribe()],
        "refresh": network.refresh,
    }
    errors = {}
    for name, method in done.items():
        try:
            method()
        except (NetworkError, FetchRefused) as error:
            errors[name] = error
    return errors


def test_an_honest_server_gives_no_error():
    assert everything(network_on()) == {}


ALL = [(name, path) for name, data in HONEST.items() for path in places(data)]


@pytest.mark.parametrize(("name", "path"), ALL, ids=lambda value: str(value)[:60])
def test_anything_in_any_place_gives_only_errors_of_ours(name, path):
    for junk in JUNK:
        everything(network_on(name, path, junk))


@pytest.mark.parametrize("path", [(), ("id",)])
@pytest.mark.parametrize("junk", [junk for junk in JUNK if junk != -1], ids=repr)
@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("POST /me/media_publish", {"creation_id": "55"}),
        ("POST /77/comments", {"on": "77", "edge": "comments", "message": "x"}),
    ],
)
def test_a_lie_in_the_answer_to_publishing_leaves_the_outcome_open(place, body, path, junk):
    network = network_on(place, path, junk)
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared(body), "x", now())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(HONEST)), st.binary(max_size=60))
def test_any_bytes_give_only_errors_of_ours(name, raw):
    everything(network_on(name, raw=raw))
