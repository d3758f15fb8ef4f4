"""What comes home from Mastodon; every faked answer and every request held to the official document."""

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
    batch = mastodon.network.collect(cursor or {"since": "1"}, [Ref(one) for one in ours])
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor
    return batch


def notified(mastodon, kind: str, status, **changes):
    mastodon.on("GET", NOTIFICATIONS, [mastodon.notification("50", kind, status, **changes)], [])
    return collect(mastodon).seen


# what a notification means


def test_a_mention_that_answers_us_is_a_reply(mastodon):
    [seen] = notified(mastodon, "mention", mastodon.status("60", in_reply_to_id="7", in_reply_to_account_id=ME))
    assert (seen.kind, seen.in_reply_to, seen.root) == (Kind.REPLY, "7", "7")


def test_a_mention_deep_in_our_thread_is_a_reply_too(mastodon):
    reader = mastodon.status("61", in_reply_to_id="7", in_reply_to_account_id=ME)
    context = {"ancestors": [mastodon.ours("7"), reader], "descendants": []}
    mastodon.on("GET", f"{STATUSES}/62/context", context)
    [seen] = notified(mastodon, "mention", mastodon.status("62", in_reply_to_id="61", in_reply_to_account_id="200"))
    assert (seen.kind, seen.in_reply_to, seen.root) == (Kind.REPLY, "61", "7")


def test_a_mention_in_somebody_elses_thread_is_a_mention(mastodon):
    mastodon.on("GET", f"{STATUSES}/62/context", {"ancestors": [mastodon.status("61")], "descendants": []})
    [seen] = notified(mastodon, "mention", mastodon.status("62", in_reply_to_id="61", in_reply_to_account_id="200"))
    assert (seen.kind, seen.root) == (Kind.MENTION, "")


@pytest.mark.parametrize("kind", ["quote", "mention"])
def test_a_quote_of_ours_is_a_quote_whatever_the_notification_calls_it(mastodon, kind):
    quote = mastodon.contract.entity("Quote", state="accepted", quoted_status=mastodon.ours("7"))
    [seen] = notified(mastodon, kind, mastodon.status("60", quote=quote))
    assert (seen.kind, seen.quotes, seen.subject) == (Kind.QUOTE, "7", "7")


@pytest.mark.parametrize("state", ["pending", "rejected", "revoked", "deleted", "unauthorized"])
def test_a_quote_without_consent_is_none(mastodon, state):
    quote = mastodon.contract.entity("Quote", state=state, quoted_status=None)
    [seen] = notified(mastodon, "mention", mastodon.status("60", quote=quote))
    assert (seen.kind, seen.quotes) == (Kind.MENTION, "")


@pytest.mark.parametrize(("kind", "wanted"), [("favourite", Kind.LIKE), ("reblog", Kind.REPOST)])
def test_a_like_and_a_boost_name_what_they_are_about(mastodon, kind, wanted):
    [seen] = notified(mastodon, kind, mastodon.ours("7"), created_at="2026-11-23T13:00:00.000Z")
    assert (seen.kind, seen.subject, seen.text) == (wanted, "7", "")
    assert seen.published_at.hour == 13


def test_a_boost_that_wraps_our_status_is_about_our_status(mastodon):
    [seen] = notified(mastodon, "reblog", mastodon.status("70", reblog=mastodon.ours("7")))
    assert seen.subject == "7"


@pytest.mark.parametrize("visibility", ["direct", "private"])
def test_what_is_not_public_loses_its_words_at_the_border(mastodon, visibility):
    secret = mastodon.status(
        "60",
        visibility=visibility,
        content='<p>Ma source <a href="https://leak.example">ici</a></p>',
        spoiler_text="Secret",
    )
    [seen] = notified(mastodon, "mention", secret)
    assert not seen.public
    assert (seen.text, seen.links, seen.url) == ("", (), "")
    assert "source" not in repr(seen)


def test_our_own_deeds_do_not_come_back(mastodon):
    assert notified(mastodon, "reblog", mastodon.ours("7"), account=mastodon.account(ME)) == ()


@pytest.mark.parametrize("bio", ["<p>Laissez-moi #nobot</p>", "<p>#<span>NoBridge</span></p>"])
def test_who_does_not_want_to_be_collected_is_marked(mastodon, bio):
    [seen] = notified(mastodon, "mention", mastodon.status("60", account=mastodon.account(note=bio, bot=True)))
    assert seen.author.opted_out
    assert seen.author.bot


def test_a_reader_is_the_same_person_on_every_server(mastodon):
    remote = mastodon.account("777", "ana", acct="ana@b.example", uri="https://b.example/users/ana")
    [seen] = notified(mastodon, "mention", mastodon.status("60", account=remote))
    assert seen.author.remote_id == "https://b.example/users/ana"
    assert seen.author.handle == "ana@b.example"
    assert notified(mastodon, "mention", mastodon.status("61"))[0].author.handle == f"lea@{HOST}"


def test_the_text_is_what_the_reader_typed(mastodon):
    content = (
        '<p class="quote-inline">RE: <a href="https://x.example/1">x</a></p>'
        '<p>Bonjour <span class="h-card"><a href="https://b.example/@ana" class="u-url mention">@<span>ana</span></a></span>,'
        ' voir <a href="https://b.example/tags/eau" class="mention hashtag" rel="tag">#<span>eau</span></a><br>et '
        '<a href="https://long.example/a/b?c=1&amp;d=2"><span class="invisible">https://</span>'
        '<span class="ellipsis">long.example/a</span><span class="invisible">/b?c=1&amp;d=2</span></a></p><p>Fin</p>'
        "<script>alert(1)</script>"
    )
    [seen] = notified(mastodon, "mention", mastodon.status("60", content=content, spoiler_text="Attention"))
    assert seen.text == "Attention\n\nBonjour @ana, voir #eau\net https://long.example/a/b?c=1&d=2\n\nFin"
    assert seen.links == ("https://long.example/a/b?c=1&d=2",)


def test_a_link_that_is_no_web_address_is_dropped(mastodon):
    content = '<p><a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a></p>'
    [seen] = notified(mastodon, "mention", mastodon.status("60", content=content, url="javascript:alert(2)"))
    assert seen.links == ()
    assert seen.url.startswith("https://")


def test_half_a_notification_does_not_hide_the_others(mastodon):
    mastodon.lawless = True
    broken = mastodon.notification("51", "mention", mastodon.status("61")) | {"account": None}
    whole = mastodon.notification("50", "mention", mastodon.status("60"))
    mastodon.on("GET", NOTIFICATIONS, [broken, whole], [])
    assert [seen.native_id for seen in collect(mastodon).seen] == ["60"]


# cursors


def page(mastodon, *numbers: int, following: int | None = None) -> httpx.Response:
    items = [mastodon.notification(str(number), "mention", mastodon.status(f"{number}0")) for number in numbers]
    link = f'<https://{HOST}{NOTIFICATIONS}?max_id={following}&limit=80>; rel="next"' if following else ""
    return httpx.Response(200, json=items, headers={"Link": link} if link else {})


def test_the_first_collection_reads_back_to_the_beginning(mastodon):
    mastodon.on(
        "GET", NOTIFICATIONS, page(mastodon, 9, 8, following=8), page(mastodon, 7, 6, following=6), page(mastodon, 5)
    )
    batch = mastodon.network.collect({})
    assert [seen.native_id for seen in batch.seen] == ["50", "60", "70", "80", "90"]
    assert (batch.cursor["since"], batch.cursor["before"], batch.more) == ("9", "", False)


def test_a_long_past_is_read_in_several_collections_and_nothing_is_skipped(mastodon):
    pages = [page(mastodon, 20 - index, following=20 - index) for index in range(7)]
    mastodon.on("GET", NOTIFICATIONS, *pages, page(mastodon, 13))
    first = mastodon.network.collect({})
    assert first.more
    second = mastodon.network.collect(first.cursor)
    assert not second.more
    assert sorted(int(seen.native_id) for seen in first.seen + second.seen) == [10 * n for n in range(13, 21)]
    assert second.cursor["since"] == "20"


def test_later_collections_read_forward_until_nothing_is_left(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 11, 10), page(mastodon, 12), page(mastodon))
    batch = collect(mastodon, cursor={"since": "9"})
    assert [seen.native_id for seen in batch.seen] == ["100", "110", "120"]
    asked = [request.url.params["min_id"] for request in mastodon.calls("GET", NOTIFICATIONS)]
    assert asked == ["9", "11", "12"]
    assert batch.cursor["since"] == "12"


def test_a_server_that_never_ends_is_left_after_a_few_pages(mastodon):
    mastodon.on("GET", NOTIFICATIONS, *[page(mastodon, number) for number in range(10, 40)])
    assert collect(mastodon, cursor={"since": "9"}).more
    assert len(mastodon.calls("GET", NOTIFICATIONS)) == 5


def test_a_server_that_repeats_its_page_is_left_at_once(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 9))
    assert collect(mastodon, cursor={"since": "9"}).seen == ()
    assert len(mastodon.calls("GET", NOTIFICATIONS)) == 1


def test_a_server_that_does_not_know_the_types_is_asked_without(mastodon):
    mastodon.on("GET", NOTIFICATIONS, error(422, "Invalid enum"), page(mastodon, 10), page(mastodon))
    mastodon.lawless = True
    batch = collect(mastodon)
    assert len(batch.seen) == 1
    assert batch.cursor["typed"] is False


@pytest.mark.parametrize(
    "cursor", [{"since": None, "threads": 7}, {"threads": {"7": {"n": "x", "seen": []}}}, {"x": 1}]
)
def test_a_cursor_that_is_not_understood_starts_anew(mastodon, cursor):
    assert mastodon.network.collect(cursor).seen == ()


# threads


def thread(mastodon, *replies, number: str = "7", **counts):
    """Our status ``number``, its counts, and the replies that its context shows."""
    mine = mastodon.ours(number, replies_count=len(replies), **counts)

    mastodon.shown = {entity["id"]: entity for entity in (mine, *replies)}.get
    mastodon.on("GET", f"{STATUSES}/{number}/context", {"ancestors": [], "descendants": list(replies)})


def test_a_reply_that_does_not_name_us_is_found_in_its_thread(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"), mastodon.status("61", in_reply_to_id="60"))
    batch = collect(mastodon, "7")
    assert [(seen.kind, seen.native_id, seen.root) for seen in batch.seen] == [
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
    assert second.seen == ()
    assert len(mastodon.calls("GET", f"{STATUSES}/7/context")) == 1


def test_an_edited_reply_comes_again(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    edited = mastodon.status("60", in_reply_to_id="7", content="<p>Autre</p>", edited_at="2026-11-23T14:00:00.000Z")
    thread(mastodon, edited)
    [seen] = collect(mastodon, "7", cursor=first.cursor).seen
    assert (seen.text, seen.edited_at.hour) == ("Autre", 14)


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
    assert [seen.native_id for seen in collect(mastodon, "7", cursor=first.cursor).seen] == ["61"]


def test_only_a_404_makes_a_vanished_reply_deleted(mastodon):
    thread(mastodon, mastodon.status("60", in_reply_to_id="7"), mastodon.status("61", in_reply_to_id="7"))
    first = collect(mastodon, "7")
    thread(mastodon)
    mastodon.on("GET", f"{STATUSES}/60", error(404, "Record not found"))
    mastodon.on("GET", f"{STATUSES}/61", error(503, "Service Unavailable"))
    second = collect(mastodon, "7", cursor=first.cursor)
    assert second.deleted == ("60",)
    assert "61" in second.cursor["threads"]["7"]["seen"]


def test_likes_that_notifications_told_cost_no_list(mastodon):
    mastodon.on("GET", NOTIFICATIONS, [mastodon.notification("50", "favourite", mastodon.ours("7"))], [])
    thread(mastodon, favourites_count=1)
    assert len(collect(mastodon, "7").seen) == 1
    assert not mastodon.calls("GET", f"{STATUSES}/7/favourited_by")


def test_likes_and_boosts_that_no_notification_told_are_listed(mastodon):
    thread(mastodon, favourites_count=1, reblogs_count=2)
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", [mastodon.account()])
    mastodon.on("GET", f"{STATUSES}/7/reblogged_by", [mastodon.account(), mastodon.account(ME, "redaction")])
    batch = collect(mastodon, "7")
    assert [(seen.kind, seen.native_id) for seen in batch.seen] == [
        (Kind.LIKE, "7/favourited_by/200"),
        (Kind.REPOST, "7/reblogged_by/200"),
    ]


def test_a_like_has_one_name_by_whichever_route_it_comes(mastodon):
    [told] = notified(mastodon, "favourite", mastodon.ours("7"))
    mastodon.on("GET", NOTIFICATIONS, [])
    thread(mastodon, favourites_count=1)
    mastodon.on("GET", f"{STATUSES}/7/favourited_by", [mastodon.account()])
    [listed] = collect(mastodon, "7").seen
    assert told.native_id == listed.native_id


def test_quotes_are_listed_when_their_count_moves(mastodon):
    thread(mastodon, quotes_count=1)
    mastodon.on("GET", "/api/v2/instance", mastodon.instance())
    mastodon.on("GET", f"{STATUSES}/7/quotes", [mastodon.status("60")])
    [seen] = collect(mastodon, "7").seen
    assert (seen.kind, seen.native_id, seen.quotes, seen.subject) == (Kind.QUOTE, "60", "7", "7")


def test_our_own_follow_up_is_no_reaction(mastodon):
    thread(mastodon, mastodon.ours("60", in_reply_to_id="7"))
    assert collect(mastodon, "7").seen == ()


def test_a_server_that_fails_halfway_gives_what_it_gave(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 10), page(mastodon))
    mastodon.on("GET", STATUSES, error(429, "Too many requests"))
    batch = collect(mastodon, "7")
    assert len(batch.seen) == 1
    with pytest.raises(RateLimited):
        collect(mastodon, "7", cursor=batch.cursor)


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


def look(mastodon, *ids: str):
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
            look(mastodon, "60")
    else:
        assert look(mastodon, "60") == {"60": meaning}


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
    assert look(mastodon, "60") == {"60": meaning}


def test_a_dead_token_protects_nobody(mastodon):
    mastodon.on("GET", f"{STATUSES}/60", error(401, "The access token is invalid"))
    mastodon.on("GET", "/api/v1/accounts/verify_credentials", error(401, "The access token is invalid"))
    with pytest.raises(AuthExpired):
        look(mastodon, "60")


def test_many_statuses_are_looked_at_together(mastodon):
    ids = [str(number) for number in range(200, 245)]
    mastodon.shown = mastodon.status
    assert set(look(mastodon, *ids).values()) == {Presence.ALIVE}
    assert len(mastodon.requests) == 3


def test_an_edited_status_is_alive_and_says_so(mastodon):
    mastodon.on("GET", STATUSES, [mastodon.status("60", edited_at="2026-11-23T14:00:00.000Z")])
    assert look(mastodon, "60") == {"60": Presence.EDITED}


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
    assert look(mastodon, "7/favourited_by/200") == {"7/favourited_by/200": meaning}


def test_a_name_that_is_not_ours_is_never_called_deleted(mastodon):
    assert look(mastodon, "7/../../admin/1") == {"7/../../admin/1": Presence.UNKNOWN}


def test_counts_are_public_and_may_be_missing(mastodon):
    mastodon.on(
        "GET", STATUSES, [mastodon.ours("7", favourites_count=3, reblogs_count=2, replies_count=1, quotes_count=4)]
    )
    metrics = mastodon.network.metrics([Ref("7"), Ref("8")])
    assert metrics.keys() == {"7"}
    assert (metrics["7"].likes, metrics["7"].reposts, metrics["7"].replies, metrics["7"].quotes) == (3, 2, 1, 4)
