"""Whatever X, or somebody in its place, answers: only errors of our tree come of it."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from smeditor.exceptions import BadAnswer, NetworkError, RateLimited
from smeditor.networks.base import Kind, Ref
from smeditor.networks.x import parse
from smeditor.networks.x.cursor import Cursor
from tests.networks.x_world import now, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        found.reader = found.server.add_user("reader", "A Reader")
        yield found


@pytest.fixture
def network(world):
    return world.network()


# whatever comes


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
HONEST = {
    "id": "1346889436626259968",
    "author_id": "2244994945",
    "created_at": "2021-01-06T18:40:40.000Z",
    "text": "@paper See https://t.co/abcdefghij",
    "conversation_id": "1346889436626259968",
    "display_text_range": [7, 30],
    "edit_history_tweet_ids": ["1346889436626259968"],
    "entities": {
        "urls": [{"start": 11, "end": 34, "url": "https://t.co/abcdefghij", "expanded_url": "https://a.example/"}]
    },
    "in_reply_to_user_id": "1",
    "lang": "en",
    "note_tweet": {"text": "long", "entities": {"urls": []}},
    "referenced_tweets": [{"type": "replied_to", "id": "2"}],
    "attachments": {"media_keys": ["3_1"]},
    "public_metrics": {"like_count": 1},
}


def places(value: Any, path: tuple = ()) -> list[tuple]:
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def changed(value: Any, path: tuple, to: Any) -> Any:
    if not path:
        return to
    if isinstance(value, dict):
        return {key: changed(inner, path[1:], to) if key == path[0] else inner for key, inner in value.items()}
    return [changed(inner, path[1:], to) if index == path[0] else inner for index, inner in enumerate(value)]


@pytest.mark.parametrize("path", places(HONEST), ids=lambda path: ".".join(map(str, path)) or "whole")
def test_every_kind_of_value_in_every_place_of_a_post_gives_only_errors_of_our_tree(path):
    for value in (
        None,
        True,
        0,
        -1,
        1e308,
        "",
        "\x00",
        "x" * 50_000,
        [],
        {},
        [None],
        {"a": None},
        "99999999999999999999",
    ):
        post = changed(HONEST, path, value)
        try:
            item = parse.read_post(post, {}, Kind.REPLY)
        except BadAnswer:
            continue
        assert item.native_id.isdigit()
        assert item.published_at.utcoffset() == timedelta(0)
        if isinstance(post, dict):
            parse.read_metrics(post)


@given(data=json_values)
@settings(max_examples=200, deadline=None)
def test_any_json_is_a_cursor(data):
    cursor = Cursor.read(data if isinstance(data, dict) else {"threads": data, "since": data, "token": data})
    assert Cursor.read(json.loads(json.dumps(cursor.as_json()))) == cursor


@pytest.mark.parametrize("place", ["/2/users", "/2/tweets"])
@pytest.mark.parametrize(
    "body",
    [
        "null",
        "7",
        "[]",
        '{"data": 7}',
        '{"data": [7, null, {}]}',
        '{"data": [], "meta": 3}',
        '{"meta": {"next_token": 5}}',
        '{"includes": [1]}',
        '{"data": [{"id": {}}], "errors": [[]]}',
        "<html>",
        '{"d',
    ],
)
def test_any_answer_to_a_collection_gives_only_errors_of_our_tree(world, network, place, body):
    ref = Ref("1346889436626259968")
    world.fail("GET", place, Response(body, content_type="application/json"))
    with contextlib.suppress(NetworkError):
        json.dumps(network.collect({}, [ref]).cursor)
    network.check(["1346889436626259968"])


def test_nothing_of_the_ceiling_is_passed_by_reading(world, network):
    for number in range(120):
        world.server.write(world.reader, f"@paper {number}")
    network.costs.budget, network.costs.until = Decimal("0.30"), now() + timedelta(days=2)
    network.costs.clear()
    stopped = ""
    for _time in range(9):
        try:
            network.collect({})
        except RateLimited as error:
            stopped = error.sentence
    assert "ceiling" in stopped
    assert network.costs.spent() <= Decimal("0.30")
