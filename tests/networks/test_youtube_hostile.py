"""What comes from YouTube is never believed: any value in any place gives errors of our tree and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import NetworkError
from smeditor.networks.base import Credentials, Prepared, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.youtube import YouTube, parse
from smeditor.networks.youtube.cursor import Cursor
from tests.networks.doubles.youtube.state import OURS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def honest():
    comment = {
        "id": "Ugw1",
        "snippet": {
            "videoId": "v1",
            "textDisplay": "Hello",
            "authorDisplayName": "@lea",
            "authorChannelId": {"value": "UC1"},
            "authorChannelUrl": "http://www.youtube.com/channel/UC1",
            "publishedAt": "2026-11-30T10:00:00Z",
            "updatedAt": "2026-11-30T10:00:00Z",
        },
    }
    snippet = {"videoId": "v1", "topLevelComment": comment, "totalReplyCount": 1, "isPublic": True}
    reply = {**comment, "id": "Ugw1.2"}
    return {"items": [{"id": "Ugw1", "snippet": snippet, "replies": {"comments": [reply]}}], "nextPageToken": "n"}


def places(data, path=()):
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


PLACES = list(places(honest()))


def put(data, path, value):
    if not path:
        return value
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return data


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), JSON, JSON)
def test_any_value_in_any_place_of_an_answer_gives_only_errors_of_our_tree(path, value, cursor):
    body = json.dumps(put(honest(), path, value)).encode()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    with GuardedClient(transport=transport, resolver=lambda host, port: ["93.184.215.14"]) as guarded:
        known = {"access_token": "t"}
        network = YouTube(Credentials("", remote_id=OURS, secret=known), client=guarded)
        network.own_sites = ("paper.org",)
        asked = (
            lambda: json.dumps(network.collect(cursor if isinstance(cursor, dict) else {}, [Ref("Ugw1.2")]).cursor),
            network.verify,
            lambda: network.check(["Ugw1"]),
            lambda: network.read_back(
                Prepared({"snippet": {"parentId": "Ugw1", "textOriginal": "x"}}), "", datetime.now(UTC)
            ),
            lambda: network.send(Prepared({"snippet": {"parentId": "Ugw1"}}), "x", datetime.now(UTC)),
        )
        for ask in asked:
            try:
                ask()
            except NetworkError:
                continue


@given(st.dictionaries(st.sampled_from(["until", "page", "known", "counts", "videos", "watched", "x"]), JSON))
def test_a_cursor_is_read_whatever_is_in_it(data):
    assert Cursor.read(Cursor.read(data).as_json()) == Cursor.read(data)


@given(st.text(max_size=30))
def test_an_id_is_what_can_stand_in_an_address(value):
    found = parse.an_id(value)
    assert found in {"", value}
    assert not set(found) & set("/?#& ,")
