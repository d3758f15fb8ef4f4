"""A Threads that lies: every kind of value in every place of an honest answer gives only errors of our tree."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import FetchRefused, NetworkError, OutcomeUnknown
from smeditor.networks.base import Credentials, Message, Prepared, ReaderOperation, Ref
from smeditor.networks.threads import Threads
from tests.networks.lying import JUNK, Liar, places
from tests.networks.threads_steps import image, now

HONEST = {
    "/me": {"id": "1", "username": "gazette", "name": "Gazette", "threads_biography": ""},
    "/debug_token": {
        "data": {"is_valid": True, "scopes": ["threads_basic", "threads_content_publish"], "expires_at": 1900000000}
    },
    "/me/threads_publishing_limit": {
        "data": [
            {
                "quota_usage": 1,
                "config": {"quota_total": 250, "quota_duration": 86400},
                "reply_quota_usage": 0,
                "reply_config": {"quota_total": 1000, "quota_duration": 86400},
            }
        ]
    },
    "POST /me/threads": {"id": "55"},
    "/55": {"id": "55", "status": "FINISHED", "error_message": ""},
    "POST /me/threads_publish": {"id": "77"},
    "/77": {
        "id": "77",
        "permalink": "https://www.threads.com/@gazette/post/x",
        "timestamp": "2026-11-30T00:00:00+0000",
    },
    "/me/threads": {
        "data": [
            {
                "id": "77",
                "timestamp": "2026-11-30T00:00:00+0000",
                "text": "Un",
                "permalink": "https://www.threads.com/@gazette/post/x",
                "link_attachment_url": "https://example.org/",
                "quoted_post": {"id": "3"},
            }
        ],
        "paging": {"cursors": {"after": "QQ", "before": "QQ"}},
    },
    "/me/mentions": {
        "data": [
            {
                "id": "88",
                "timestamp": "2026-11-30T00:00:00+0000",
                "text": "@gazette",
                "username": "a",
                "permalink": "https://www.threads.com/@a/post/x",
                "alt_text": "un chat",
                "media_type": "IMAGE",
                "quoted_post": {"id": "3"},
            }
        ],
        "paging": {"cursors": {"after": "QQ"}},
    },
    "/88": {"id": "88", "root_post": {"id": "77"}, "replied_to": {"id": "77"}, "hide_status": "NOT_HUSHED"},
    "/77/conversation": {
        "data": [
            {
                "id": "99",
                "timestamp": "2026-11-30T00:00:00+0000",
                "text": "Oui",
                "username": "b",
                "hide_status": "HIDDEN",
                "is_reply_owned_by_me": False,
                "root_post": {"id": "77"},
                "replied_to": {"id": "77"},
            }
        ],
        "paging": {"cursors": {"after": "QQ"}},
    },
    "DELETE /77": {"success": True, "deleted_id": "77"},
    "POST /99/manage_reply": {"success": True},
    "/refresh_access_token": {"access_token": "THQ" + "a" * 30, "token_type": "bearer", "expires_in": 5184000},
}


LIAR = Liar(HONEST, "v1.0")


def network_on(spoilt="", path=(), junk=None, raw=None):
    LIAR.lie(spoilt, path, junk, raw)
    secret = {"access_token": "THQ" + "z" * 30}
    return Threads(Credentials("http://127.0.0.1:1", "gazette", "1", secret), client=LIAR.client)


def everything(network):
    """Each method once; returns the errors that came, by what was done."""
    ready = Prepared({"creation_id": "55", "text": "", "reply_to": "", "quote": ""}, "https://example.org/x")
    done = {
        "verify": network.verify,
        "limits": network.limits,
        "prepare": lambda: [
            network.prepare(Message("Un"), {}),
            network.prepare(Message("", media=(image("a"), image("b"))), {}),
        ],
        "again": lambda: network.prepare(Message("Un"), getattr(network.prepare(Message("Un"), {}), "so_far", {})),
        "send": lambda: network.send(ready, "x", now()),
        "read_back": lambda: network.read_back(ready, "x", now() - timedelta(days=3)),
        "collect": lambda: json.dumps(network.collect({}, [Ref("77")]).cursor),
        "check": lambda: network.check(["88", "12"]),
        "delete": lambda: network.delete(Ref("77")),
        "hide": lambda: network.operate("99", ReaderOperation.HIDE),
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
def test_a_lie_in_the_answer_to_publishing_leaves_the_outcome_open(path, junk):
    network = network_on("POST /me/threads_publish", path, junk)
    with pytest.raises(OutcomeUnknown):
        network.send(Prepared({"creation_id": "55"}), "x", now())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(HONEST)), st.binary(max_size=60))
def test_any_bytes_give_only_errors_of_ours(name, raw):
    everything(network_on(name, raw=raw))


def test_absence_is_never_read_from_a_lie():
    ready = Prepared({"creation_id": "55", "text": "x", "reply_to": "", "quote": ""}, "https://example.org/zq")
    for path in places(HONEST["/me/threads"]):
        for junk in JUNK:
            network = network_on("/me/threads", path, junk)
            try:
                result = network.read_back(ready, "x", now() - timedelta(days=3650))
            except NetworkError:
                continue
            if result.absent:
                assert path[:1] == ("paging",) or path in {
                    ("data", 0, key) for key in HONEST["/me/threads"]["data"][0]
                } | {
                    ("data", 0, "quoted_post", "id"),
                    ("data",),
                    (),
                }
                assert path != () or junk == {"data": []}
                assert path != ("data",) or junk == []
