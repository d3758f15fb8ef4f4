"""The threads of our Mastodon messages, and whether what was said there still is; held to the official document."""

from __future__ import annotations

import json

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, RateLimited, Temporary
from smeditor.networks.base import Kind, Presence, Ref
from tests.networks.fake_mastodon import HOST, ME, error

NOTIFICATIONS = "/api/v1/notifications"
STATUSES = "/api/v1/statuses"


@pytest.fixture(autouse=True)
def quiet(mastodon):
    """Nothing waits, unless the test says so."""
    mastodon.on("GET", NOTIFICATIONS, [])
    mastodon.on("GET", STATUSES, [])


def collect(mastodon, *ours: str, cursor=None):
    batch = mastodon.network.collect(cursor or {"since": "1"}, [Ref(status_id) for status_id in ours])
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor
    return batch


def notified(mastodon, kind: str, status, **changes):
    mastodon.on("GET", NOTIFICATIONS, [mastodon.notification("50", kind, status, **changes)], [])
    return collect(mastodon).inbound


def page(mastodon, *numbers: int, following: int | None = None) -> httpx.Response:
    items = [mastodon.notification(str(number), "mention", mastodon.status(f"{number}0")) for number in numbers]
    link = f'<https://{HOST}{NOTIFICATIONS}?max_id={following}&limit=80>; rel="next"' if following else ""
    return httpx.Response(200, json=items, headers={"Link": link} if link else {})


# threads


def thread(mastodon, *replies, number: str = "7", **counts):
    """Our status ``number``, its counts, and the replies that its context shows."""
    mine = mastodon.ours(number, replies_count=len(replies), **counts)

    mastodon.shown = {entity["id"]: entity for entity in (mine, *replies)}.get
    mastodon.on("GET", f"{STATUSES}/{number}/context", {"ancestors": [], "descendants": list(replies)})


def test_a_reply_that_does_not_name_us_is_found_in_its_thread(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"), mastodon.status("61", in_reply_to_id="60"))
    batch = collect(mastodon, "7")
    assert [(inbound.kind, inbound.native_id, inbound.root) for inbound in batch.inbound] == [
        (Kind.REPLY, "60", "7"),
        (Kind.REPLY, "61", "7"),
    ]


def test_posts_that_nobody_touched_cost_one_call_for_twenty(mastodon):
    mastodon.shown = mastodon.ours
    first = collect(mastodon, *[str(number) for number in range(100, 140)])
    mastodon.requests.clear()
    collect(mastodon, *[str(number) for number in range(100, 140)], cursor={**first.cursor, "since": "1"})
    assert len(mastodon.requests) == 3  # notifications, and twice twenty posts


def test_a_thread_that_did_not_move_is_not_walked_again(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    second = collect(mastodon, "7", cursor=first.cursor)
    assert second.inbound == ()
    assert len(mastodon.requests_to("GET", f"{STATUSES}/7/context")) == 1


def test_an_edited_reply_comes_again(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    edited = mastodon.status("60", in_reply_to_id="7", content="<p>Autre</p>", edited_at="2026-11-23T14:00:00.000Z")
    thread(mastodon, edited)
    [inbound] = collect(mastodon, "7", cursor=first.cursor).inbound
    assert (inbound.text, inbound.edited_at.hour) == ("Autre", 14)


def test_a_reply_below_a_reply_is_noticed_though_our_count_stays(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    thread(mastodon, mastodon.status("60", in_reply_to_id="7", replies_count=1))
    deeper = mastodon.status("61", in_reply_to_id="60")
    mastodon.on(
        "GET",
        f"{STATUSES}/7/context",
        {"ancestors": [], "descendants": [mastodon.status("60", in_reply_to_id="7", replies_count=1), deeper]},
    )
    assert [inbound.native_id for inbound in collect(mastodon, "7", cursor=first.cursor).inbound] == ["61"]


def test_only_a_404_makes_a_vanished_reply_deleted(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"), mastodon.status("61", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    thread(mastodon)
    mastodon.on("GET", f"{STATUSES}/60", error(404, "Record not found"))
    mastodon.on("GET", f"{STATUSES}/61", error(503, "Service Unavailable"))
    second = collect(mastodon, "7", cursor=first.cursor)
    assert second.deleted == ("60",)
    assert "61" in second.cursor["threads"]["7"]["seen"]


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [
        (error(404, "Record not found"), ("7",)),
        (httpx.Response(410), ("7",)),
        (error(503, "Service Unavailable"), ()),
    ],
)
def test_a_message_of_ours_that_was_deleted_there_is_reported(mastodon, answer, deleted):
    """A post deleted by hand on Mastodon stayed sent in the desk for ever; a failed look is still no deletion."""
    thread(mastodon)
    first = collect(mastodon, "7")
    mastodon.shown = {}.get
    mastodon.on("GET", f"{STATUSES}/7", answer)
    second = collect(mastodon, "7", cursor=first.cursor)
    assert second.deleted == deleted
    assert ("7" in second.cursor["threads"]) is not bool(deleted)


def test_likes_that_notifications_told_cost_no_list(mastodon):
    mastodon.on("GET", NOTIFICATIONS, [mastodon.notification("50", "favourite", mastodon.ours("7"))], [])
    thread(mastodon, favourites_count=1)
    assert len(collect(mastodon, "7").inbound) == 1
    assert not mastodon.requests_to("GET", f"{STATUSES}/7/favourited_by")


def test_a_million_likes_cost_a_few_requests_in_one_collection(mastodon):
    """Every page says that there is another."""
    mastodon.on("GET", STATUSES, [mastodon.ours("7", favourites_count=1_000_000)])
    link = f'<https://{HOST}/api/v1/statuses/7/favourited_by?max_id=%d>; rel="next"'
    pages = [httpx.Response(200, json=[mastodon.account(str(n))], headers={"Link": link % n}) for n in range(201, 300)]
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", *pages)
    batch = collect(mastodon, "7")
    assert len(mastodon.requests_to("GET", f"{STATUSES}/7/favourited_by")) == len(batch.inbound) == 5


def test_likes_and_boosts_that_no_notification_told_are_listed(mastodon):
    thread(mastodon, favourites_count=1, reblogs_count=2)
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", [mastodon.account()])
    mastodon.on("GET", f"{STATUSES}/7/reblogged_by", [mastodon.account(), mastodon.account(ME, "redaction")])
    batch = collect(mastodon, "7")
    assert [(inbound.kind, inbound.native_id) for inbound in batch.inbound] == [
        (Kind.LIKE, "7/favourited_by/200"),
        (Kind.REPOST, "7/reblogged_by/200"),
    ]


def test_a_like_has_one_name_by_whichever_route_it_comes(mastodon):
    [notified_item] = notified(mastodon, "favourite", mastodon.ours("7"))
    mastodon.on("GET", NOTIFICATIONS, [])
    thread(mastodon, favourites_count=1)
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", [mastodon.account()])
    [listed] = collect(mastodon, "7").inbound
    assert notified_item.native_id == listed.native_id


def test_quotes_are_listed_when_their_count_moves(mastodon):
    thread(mastodon, quotes_count=1)
    mastodon.on("GET", "/api/v2/instance", mastodon.instance())
    mastodon.on("GET", f"{STATUSES}/7/quotes", [mastodon.status("60")])
    [inbound] = collect(mastodon, "7").inbound
    assert (inbound.kind, inbound.native_id, inbound.quotes, inbound.subject) == (Kind.QUOTE, "60", "7", "7")


def test_our_own_follow_up_is_no_reaction(mastodon):
    thread(mastodon, mastodon.ours("60", in_reply_to_id="7"))
    assert collect(mastodon, "7").inbound == ()


def test_a_server_that_fails_halfway_gives_what_it_gave(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 10), page(mastodon))
    mastodon.on("GET", STATUSES, error(429, "Too many requests"))
    batch = collect(mastodon, "7")
    assert (len(batch.inbound), batch.unread) == (1, ("7",))
    with pytest.raises(RateLimited):
        collect(mastodon, "7", cursor=batch.cursor)


def test_a_thread_that_cannot_be_read_is_named_and_read_the_next_time(mastodon):
    reply, other = mastodon.status("60", in_reply_to_id="7"), mastodon.status("61", in_reply_to_id="8")
    shown = [mastodon.ours("7", replies_count=1), mastodon.ours("8", replies_count=1), reply, other]
    mastodon.shown = {entity["id"]: entity for entity in shown}.get
    mastodon.on("GET", f"{STATUSES}/7/context", error(503, "Busy"))
    mastodon.on("GET", f"{STATUSES}/8/context", {"ancestors": [], "descendants": [other]})
    batch = collect(mastodon, "7", "8")
    assert ([inbound.native_id for inbound in batch.inbound], batch.unread) == (["61"], ("7",))
    mastodon.on("GET", f"{STATUSES}/7/context", {"ancestors": [], "descendants": [reply]})
    again = collect(mastodon, "7", "8", cursor=batch.cursor)
    assert ([inbound.native_id for inbound in again.inbound], again.unread) == (["60"], ())


def test_a_list_that_is_none_is_a_bad_answer(mastodon):
    mastodon.lawless = True
    mastodon.on("GET", NOTIFICATIONS, {"error": "no"})
    with pytest.raises(BadAnswer):
        collect(mastodon)


def test_a_server_that_is_down_is_a_passing_thing(mastodon):
    mastodon.on("GET", NOTIFICATIONS, error(503, "Service Unavailable"))
    with pytest.raises(Temporary):
        collect(mastodon)


# presence


def check(mastodon, *ids: str):
    return mastodon.network.check(ids)


ONE_BY_ONE = [
    (error(404, "Record not found"), Presence.DELETED),
    (httpx.Response(410), Presence.DELETED),
    (error(401, "This method requires an authenticated user"), Presence.PROTECTED),
    (error(429, "Too many requests"), RateLimited),
    (error(503, "Service Unavailable"), Presence.UNKNOWN),
]


@pytest.mark.parametrize(("answer", "meaning"), ONE_BY_ONE, ids=lambda value: str(getattr(value, "status_code", value)))
def test_what_the_server_says_of_a_status_is_its_presence(mastodon, answer, meaning):
    mastodon.on("GET", f"{STATUSES}/60", answer)
    if isinstance(meaning, type):
        with pytest.raises(meaning):
            check(mastodon, "60")
    else:
        assert check(mastodon, "60") == {"60": meaning}


UNLAWFUL = [
    (error(403, "This action is not allowed"), Presence.PROTECTED),
    (httpx.Response(404, html="<h1>404</h1> nginx"), Presence.UNKNOWN),
    (httpx.Response(200, html="<h1>Maintenance</h1>"), Presence.UNKNOWN),
    (httpx.Response(302, headers={"location": "/login"}), Presence.UNKNOWN),
    (error(400, "Bad id"), Presence.UNKNOWN),
]


@pytest.mark.parametrize(("answer", "meaning"), UNLAWFUL)
def test_a_proxys_word_is_no_deletion(mastodon, answer, meaning):
    mastodon.lawless = True
    mastodon.on("GET", f"{STATUSES}/60", answer)
    assert check(mastodon, "60") == {"60": meaning}


def test_a_dead_token_protects_nobody(mastodon):
    mastodon.on("GET", f"{STATUSES}/60", error(401, "The access token is invalid"))
    mastodon.on("GET", "/api/v1/accounts/verify_credentials", error(401, "The access token is invalid"))
    with pytest.raises(AuthExpired):
        check(mastodon, "60")


def test_many_statuses_are_looked_at_together(mastodon):
    ids = [str(number) for number in range(200, 245)]
    mastodon.shown = mastodon.status
    assert set(check(mastodon, *ids).values()) == {Presence.ALIVE}
    assert len(mastodon.requests) == 3


def test_an_edited_status_is_alive_and_says_so(mastodon):
    mastodon.on("GET", STATUSES, [mastodon.status("60", edited_at="2026-11-23T14:00:00.000Z")])
    assert check(mastodon, "60") == {"60": Presence.EDITED}


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("empty", Presence.DELETED),
        ("there", Presence.ALIVE),
        (error(404, "Record not found"), Presence.DELETED),
        (error(503, "Service Unavailable"), Presence.UNKNOWN),
    ],
)
def test_a_like_is_gone_when_the_whole_list_lacks_it(mastodon, answer, meaning):
    made = {"empty": [], "there": [mastodon.account()]}.get(answer, answer) if isinstance(answer, str) else answer
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", made)
    assert check(mastodon, "7/favourited_by/200") == {"7/favourited_by/200": meaning}


def test_a_name_that_is_not_ours_is_never_called_deleted(mastodon):
    assert check(mastodon, "7/../../admin/1") == {"7/../../admin/1": Presence.UNKNOWN}
