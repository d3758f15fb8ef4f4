"""What comes home from Mastodon; every faked answer and every request held to the official document."""

from __future__ import annotations

import json

import httpx
import pytest

from smeditor.networks.base import Kind, Ref
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


# what a notification means


def test_a_mention_that_answers_us_is_a_reply(mastodon):
    [inbound] = notified(mastodon, "mention", mastodon.status("60", in_reply_to_id="7", in_reply_to_account_id=ME))
    assert (inbound.kind, inbound.in_reply_to, inbound.root) == (Kind.REPLY, "7", "7")


def test_a_mention_deep_in_our_thread_is_a_reply_too(mastodon):
    reader = mastodon.status("61", in_reply_to_id="7", in_reply_to_account_id=ME)
    context = {"ancestors": [mastodon.ours("7"), reader], "descendants": []}
    mastodon.on("GET", f"{STATUSES}/62/context", context)
    [inbound] = notified(mastodon, "mention", mastodon.status("62", in_reply_to_id="61", in_reply_to_account_id="200"))
    assert (inbound.kind, inbound.in_reply_to, inbound.root) == (Kind.REPLY, "61", "7")


def test_a_mention_in_somebody_elses_thread_is_a_mention(mastodon):
    mastodon.on("GET", f"{STATUSES}/62/context", {"ancestors": [mastodon.status("61")], "descendants": []})
    [inbound] = notified(mastodon, "mention", mastodon.status("62", in_reply_to_id="61", in_reply_to_account_id="200"))
    assert (inbound.kind, inbound.root) == (Kind.MENTION, "")


@pytest.mark.parametrize("kind", ["quote", "mention"])
def test_a_quote_of_ours_is_a_quote_whatever_the_notification_calls_it(mastodon, kind):
    quote = mastodon.contract.entity("Quote", state="accepted", quoted_status=mastodon.ours("7"))
    [inbound] = notified(mastodon, kind, mastodon.status("60", quote=quote))
    assert (inbound.kind, inbound.quotes, inbound.subject) == (Kind.QUOTE, "7", "7")


@pytest.mark.parametrize("state", ["pending", "rejected", "revoked", "deleted", "unauthorized"])
def test_a_quote_without_consent_is_none(mastodon, state):
    quote = mastodon.contract.entity("Quote", state=state, quoted_status=None)
    [inbound] = notified(mastodon, "mention", mastodon.status("60", quote=quote))
    assert (inbound.kind, inbound.quotes) == (Kind.MENTION, "")


@pytest.mark.parametrize(("kind", "wanted"), [("favourite", Kind.LIKE), ("reblog", Kind.REPOST)])
def test_a_like_and_a_boost_name_what_they_are_about(mastodon, kind, wanted):
    [inbound] = notified(mastodon, kind, mastodon.ours("7"), created_at="2026-11-23T13:00:00.000Z")
    assert (inbound.kind, inbound.subject, inbound.text) == (wanted, "7", "")
    assert inbound.published_at.hour == 13


def test_a_boost_that_wraps_our_status_is_about_our_status(mastodon):
    [inbound] = notified(mastodon, "reblog", mastodon.status("70", reblog=mastodon.ours("7")))
    assert inbound.subject == "7"


@pytest.mark.parametrize("visibility", ["direct", "private"])
def test_what_is_not_public_loses_its_words_at_the_border(mastodon, visibility):
    secret = mastodon.status(
        "60",
        visibility=visibility,
        content='<p>Ma source <a href="https://leak.example">ici</a></p>',
        spoiler_text="Secret",
    )
    [inbound] = notified(mastodon, "mention", secret)
    assert not inbound.public
    assert (inbound.text, inbound.links, inbound.url) == ("", (), "")
    assert "source" not in repr(inbound)


def test_our_own_deeds_do_not_come_back(mastodon):
    assert notified(mastodon, "reblog", mastodon.ours("7"), account=mastodon.account(ME)) == ()


@pytest.mark.parametrize("bio", ["<p>Laissez-moi #nobot</p>", "<p>#<span>NoBridge</span></p>"])
def test_who_does_not_want_to_be_collected_is_marked(mastodon, bio):
    [inbound] = notified(mastodon, "mention", mastodon.status("60", account=mastodon.account(note=bio, bot=True)))
    assert inbound.author.opted_out
    assert inbound.author.bot


def test_a_reader_is_the_same_person_on_every_server(mastodon):
    remote = mastodon.account("777", "ana", acct="ana@b.example", uri="https://b.example/users/ana")
    [inbound] = notified(mastodon, "mention", mastodon.status("60", account=remote))
    assert inbound.author.remote_id == "https://b.example/users/ana"
    assert inbound.author.handle == "ana@b.example"
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
    [inbound] = notified(mastodon, "mention", mastodon.status("60", content=content, spoiler_text="Attention"))
    assert inbound.text == "Attention\n\nBonjour @ana, voir #eau\net https://long.example/a/b?c=1&d=2\n\nFin"
    assert inbound.links == ("https://long.example/a/b?c=1&d=2",)


@pytest.mark.parametrize(
    ("content", "links"),
    [
        ("<p>Voir https://eau.fr/a?b=1&amp;c=2 !</p>", ("https://eau.fr/a?b=1&c=2",)),
        (
            '<p><a href="https://eau.fr/1">eau</a> puis https://eau.fr/2.<br>Fin</p>',
            ("https://eau.fr/1", "https://eau.fr/2"),
        ),
        ('<p class="quote-inline">RE: https://x.example/1</p><p>Rien</p>', ()),
        ('<p><a href="https://b.example/@ana" class="mention">https://b.example/@ana</a></p>', ()),
    ],
)
def test_an_address_that_a_server_left_as_plain_text_is_a_link(mastodon, content, links):
    """Only anchors were read: servers that are not Mastodon do not link every address."""
    [inbound] = notified(mastodon, "mention", mastodon.status("60", content=content, card=None))
    assert inbound.links == links


def test_a_link_that_is_no_web_address_is_dropped(mastodon):
    content = '<p><a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a></p>'
    [inbound] = notified(mastodon, "mention", mastodon.status("60", content=content, url="javascript:alert(2)"))
    assert inbound.links == ()
    assert inbound.url.startswith("https://")


def test_half_a_notification_does_not_hide_the_others(mastodon):
    mastodon.lawless = True
    broken = mastodon.notification("51", "mention", mastodon.status("61")) | {"account": None}
    whole = mastodon.notification("50", "mention", mastodon.status("60"))
    mastodon.on("GET", NOTIFICATIONS, [broken, whole], [])
    assert [inbound.native_id for inbound in collect(mastodon).inbound] == ["60"]


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
    assert [inbound.native_id for inbound in batch.inbound] == ["50", "60", "70", "80", "90"]
    assert (batch.cursor["since"], batch.cursor["before"], batch.more) == ("9", "", False)


def test_a_long_past_is_read_in_several_collections_and_nothing_is_skipped(mastodon):
    pages = [page(mastodon, 20 - index, following=20 - index) for index in range(7)]
    mastodon.on("GET", NOTIFICATIONS, *pages, page(mastodon, 13))
    first = mastodon.network.collect({})
    assert first.more
    second = mastodon.network.collect(first.cursor)
    assert not second.more
    assert sorted(int(inbound.native_id) for inbound in first.inbound + second.inbound) == [
        10 * n for n in range(13, 21)
    ]
    assert second.cursor["since"] == "20"


def test_later_collections_read_forward_until_nothing_is_left(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 11, 10), page(mastodon, 12), page(mastodon))
    batch = collect(mastodon, cursor={"since": "9"})
    assert [inbound.native_id for inbound in batch.inbound] == ["100", "110", "120"]
    asked = [request.url.params["min_id"] for request in mastodon.requests_to("GET", NOTIFICATIONS)]
    assert asked == ["9", "11", "12"]
    assert batch.cursor["since"] == "12"


def test_a_server_that_never_ends_is_left_after_a_few_pages(mastodon):
    mastodon.on("GET", NOTIFICATIONS, *[page(mastodon, number) for number in range(10, 40)])
    assert collect(mastodon, cursor={"since": "9"}).more
    assert len(mastodon.requests_to("GET", NOTIFICATIONS)) == 5


def test_a_server_that_repeats_its_page_is_left_at_once(mastodon):
    mastodon.on("GET", NOTIFICATIONS, page(mastodon, 9))
    assert collect(mastodon, cursor={"since": "9"}).inbound == ()
    assert len(mastodon.requests_to("GET", NOTIFICATIONS)) == 1


def test_a_server_that_does_not_know_the_types_is_asked_without(mastodon):
    mastodon.on("GET", NOTIFICATIONS, error(422, "Invalid enum"), page(mastodon, 10), page(mastodon))
    mastodon.lawless = True
    batch = collect(mastodon)
    assert len(batch.inbound) == 1
    assert batch.cursor["typed"] is False


@pytest.mark.parametrize(
    "cursor", [{"since": None, "threads": 7}, {"threads": {"7": {"n": "x", "seen": []}}}, {"x": 1}]
)
def test_a_cursor_that_is_not_understood_starts_anew(mastodon, cursor):
    assert mastodon.network.collect(cursor).inbound == ()
