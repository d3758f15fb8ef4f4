"""What readers do, from the AppView's views to the contract's dataclasses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Kind
from smeditor.networks.bluesky import parse
from smeditor.networks.bluesky.uri import engagement_id, read, read_engagement_id, web_address

US = "did:plc:usususususususususususus"
READER = "did:plc:readerreaderreaderreade2"
OURS = f"at://{US}/app.bsky.feed.post/3jzfcijpj2z2a"
THEIRS = f"at://{READER}/app.bsky.feed.post/3jzfcijpj2z2b"
OTHER = "at://did:plc:someoneelsesomeoneelse22/app.bsky.feed.post/3jzfcijpj2z2c"


def strong(uri: str) -> dict[str, str]:
    return {"uri": uri, "cid": "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"}


def view(record: dict | None = None, **author) -> dict:
    """A post view as ``app.bsky.feed.defs#postView`` has it."""
    return {
        **strong(THEIRS),
        "author": {"did": READER, "handle": "reader.example", "displayName": "Une lectrice", **author},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": "Non !",
            "createdAt": "2026-03-01T10:00:00.000Z",
            **(record or {}),
        },
        "indexedAt": "2026-03-01T10:00:01.000Z",
    }


def reply(parent: str, root: str) -> dict:
    return {"reply": {"parent": strong(parent), "root": strong(root)}}


QUOTE = {"embed": {"$type": "app.bsky.embed.record", "record": strong(OURS)}}
QUOTE_WITH_IMAGE = {
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"$type": "app.bsky.embed.record", "record": strong(OURS)},
        "media": {"$type": "app.bsky.embed.images", "images": []},
    }
}
MENTION = {
    "facets": [
        {"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": US}]}
    ]
}


@pytest.mark.parametrize(
    ("record", "kind", "subject"),
    [
        (reply(OURS, OURS), Kind.REPLY, OURS),
        (reply(OTHER, OURS), Kind.REPLY, OURS),
        (reply(OURS, OURS) | MENTION, Kind.REPLY, OURS),
        (reply(OURS, OURS) | QUOTE, Kind.REPLY, OURS),
        (QUOTE, Kind.QUOTE, OURS),
        (QUOTE_WITH_IMAGE, Kind.QUOTE, OURS),
        (reply(OTHER, OTHER) | QUOTE, Kind.QUOTE, OURS),
        (MENTION, Kind.MENTION, ""),
        (reply(OTHER, OTHER) | MENTION, Kind.MENTION, ""),
    ],
)
@pytest.mark.parametrize("reason", ["reply", "mention", "quote"])
def test_the_record_decides_what_a_reaction_is_not_the_reason(record, kind, subject, reason):
    inbound = parse.post({**view(record), "reason": reason}, US)
    assert (inbound.kind, inbound.subject) == (kind, subject)


def test_links_come_from_facets_and_from_the_card_once():
    record = {
        "text": "voir example.com…",
        "facets": [
            {
                "index": {"byteStart": 5, "byteEnd": 19},
                "features": [{"$type": "#link", "uri": "https://example.com/preuve?a=1"}],
            }
        ],
        "embed": {
            "$type": "app.bsky.embed.external",
            "external": {"uri": "https://example.com/preuve?a=1", "title": "", "description": ""},
        },
    }
    assert parse.post(view(record), US).links == ("https://example.com/preuve?a=1",)


def test_a_script_address_is_no_link():
    record = {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "javascript:alert(1)"}}}
    assert parse.post(view(record), US).links == ()


def test_a_reader_who_hides_from_the_public_web_is_not_public():
    label = {
        "src": READER,
        "uri": f"at://{READER}/app.bsky.actor.profile/self",
        "val": "!no-unauthenticated",
        "cts": "",
    }
    assert not parse.post(view(labels=[label]), US).public
    assert parse.post(view(labels=[{**label, "neg": True}]), US).public
    assert parse.post(view(labels=[{**label, "src": "did:plc:somelabeler"}]), US).public


@pytest.mark.parametrize(
    ("description", "opted_out"), [("Prof. #NoBot", True), ("#nobridge", True), ("nobot", False), ("#nobotany", False)]
)
def test_a_profile_may_ask_not_to_be_collected(description, opted_out):
    assert parse.author({"did": READER, "handle": "a.b", "description": description}).opted_out is opted_out


def test_a_date_from_the_future_is_not_believed():
    inbound = parse.post(view({"createdAt": "2199-01-01T00:00:00Z"}), US)
    assert inbound.published_at == datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("missing", ["uri", "cid", "author", "record"])
def test_a_view_without_what_the_lexicon_promises_is_a_bad_answer(missing):
    broken = {key: value for key, value in view().items() if key != missing}
    with pytest.raises(BadAnswer):
        parse.post(broken, US)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$type", "record", "media", "uri", "external", "parent"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["text", "reply", "embed", "facets", "langs", "createdAt"]), json_values))
def test_an_odd_record_is_read_as_far_as_it_goes(record):
    assert parse.post(view(record), US).native_id == THEIRS


def test_a_like_has_one_identity_by_both_routes():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    profile = {"did": READER, "handle": "reader.example"}
    by_list = parse.engagement(Kind.LIKE, profile, OURS, at)
    by_notification = parse.engagement(Kind.LIKE, profile, OURS, at, f"at://{READER}/app.bsky.feed.like/3jzfcijpj2z2d")
    assert by_list.native_id == by_notification.native_id
    assert read_engagement_id(by_list.native_id) == (OURS, Kind.LIKE, READER)
    assert by_notification.other_ids


def test_likes_and_reposts_of_one_reader_differ():
    assert engagement_id(Kind.LIKE, OURS, READER) != engagement_id(Kind.REPOST, OURS, READER)


def test_an_address_is_taken_apart_and_put_together():
    assert str(read(OURS)) == OURS
    assert web_address(OURS) == f"https://bsky.app/profile/{US}/post/3jzfcijpj2z2a"
    assert web_address("https://example.org") == ""
    for wrong in (
        "at://handle.example/app.bsky.feed.post/3jzf",
        "at://did:plc:x",
        "",
        "https://bsky.app/profile/x/post/y",
    ):
        with pytest.raises(ValueError):
            read(wrong)
