"""What the composer answers while one writes: cards of the very payload, for a form that is not saved."""

import html
import re
import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from smeditor.accounts.texts import at_hand
from smeditor.desk.posts import composing
from smeditor.desk.posts.preview_cards import compose
from smeditor.models import Delivery, Post, Slot
from smeditor.networks.limits import measure
from smeditor.publishing import payload
from smeditor.publishing.preflight import article_of
from tests.desk import world
from tests.desk.test_actions import DESK
from tests.desk.test_queries import more_deliveries
from tests.newsroom import factories

FORM = {
    "text": "The tram opens in May.",
    "news_class": "news",
    "repeat_times": "1",
    "with_card": "on",
    "variants-TOTAL_FORMS": "0",
    "variants-INITIAL_FORMS": "0",
    "media-TOTAL_FORMS": "0",
    "media-INITIAL_FORMS": "0",
}
TEXT = re.compile(r"<span data-text>(.*?)</span>(?=<details|</details|</div)", re.DOTALL)
NASTY_TEXTS = [
    "<script>alert(1)</script> & \"quotes\" 'single' <b>bold</b>",
    "&amp; &lt;b&gt; &#x27;",
    "CRLF\r\nhere\r\n---\r\nand\rthere",
    unicodedata.normalize("NFD", "Élève à Besançon, Zürich, Ångström"),
    "שלום עולם #שלום @paper",
    "\u202eRTL override\u202c and \u2066isolate\u2069",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇭🇫🇷 👍🏽 1️⃣",
    "a" * 10_000,
    "word " * 2_000,
    "line\n" * 60,
    "#tag #Été2026 @nora@social.example @paper.bsky.social https://paper.example/a?b=c&d=e#f",
    "https://paper.example/sección/ñ?q=ü and http://xn--bcher-kva.example/",
    "---\n---\n---",
    "one\n---\n\n---\ntwo\n   -----   \nthree",
    "Z̷̧͖̲̗͔̟̘̈́̓̀̕a̴̰̔l̴̞̏g̸̱̈́o̵͙̍",
    "zero\u200bwidth\u00adsoft\ufeffmark",
    "\ufffd replaced and \ufdd0 never",
    "tab\tand\u00a0nbsp\u202fnarrow\u3000wide",
    "हिन्दी क्षत्रिय বাংলা ไทย 日本語 한국어 \u1112\u1161\u11ab",
    "https://paper.example/" + "x" * 500,
    "{{ post.text }} {% load %} ${x} %(y)s",
    " \n leading and trailing \n ",
    "ﬁ ﬂ ½ ² Ⅷ ㎏",
    "@" * 300,
    "#" * 300,
    "(1/5) numbered (5/5)",
    "Ω≈ç√∫˜µ≤≥÷ ░▒▓ ♥",
    "<!-- comment --><![CDATA[x]]><details open><summary>fold</summary></details>",
    "\u0301combining first",
    "mailto:nora@paper.example tel:+41 21 000 00 00",
]


@pytest.fixture
def ask(client, as_role):
    as_role(DESK)

    def post(**fields):
        return client.post(reverse("smeditor:post_compose"), {**FORM, **fields})

    return post


@pytest.fixture
def accounts(desk):
    """One of each look that differs in how it counts."""
    made = [desk.account, world.make_account("paper.example", "bluesky", limits={})]
    return [*made, world.make_account("paper_x", "x", limits={}), world.make_account("@paper", "telegram", limits={})]


def own(account, number=0, **fields):
    total = {"variants-TOTAL_FORMS": str(number + 1)}
    fields = {"text": "", "send_at": "", "id": "", "account": account.pk, **fields}
    return {**total, **{f"variants-{number}-{name}": value for name, value in fields.items()}}


def texts_of(card):
    """The text of each message as the card shows it, what is behind "more" included."""
    messages = card["html"].split("<article")[1:]
    return [html.unescape(re.sub(r"<[^>]+>", "", "".join(TEXT.findall(message)))) for message in messages]


def test_each_chosen_account_has_a_card(ask, desk):
    answer = ask(accounts=[desk.account.pk]).json()
    assert [card["account"] for card in answer["cards"]] == [desk.account.pk]
    assert texts_of(answer["cards"][0]) == ["The tram opens in May."]
    assert answer["cards"][0]["lengths"][0]["count"] == 22
    assert answer["problems"] == []


def test_an_accounts_own_text_stands_in_its_card_alone(ask, desk):
    other = world.make_account("other")
    answer = ask(accounts=[desk.account.pk, other.pk], **own(other, text="Only here.")).json()
    shown = {card["account"]: texts_of(card) for card in answer["cards"]}
    assert shown == {desk.account.pk: ["The tram opens in May."], other.pk: ["Only here."]}


def test_nothing_is_stored(ask, desk):
    before = Post.objects.count(), desk.post.revisions.count()
    ask(accounts=[desk.account.pk], composed_post=desk.post.pk, text="Another text.")
    desk.post.refresh_from_db()
    assert (Post.objects.count(), desk.post.revisions.count()) == before
    assert desk.post.text == "The tram opens in May."


@pytest.mark.parametrize("text", NASTY_TEXTS, ids=range(len(NASTY_TEXTS)))
def test_what_is_shown_and_counted_is_what_is_frozen_once_it_is_saved(ask, client, accounts, desk, text):
    fields = {"text": text, "accounts": [account.pk for account in accounts], "link": "https://paper.example/tram/"}
    cards = {card["account"]: card for card in ask(**fields).json()["cards"]}
    client.post(reverse("smeditor_posts:add"), {**FORM, **fields})
    post = Post.objects.latest("pk")
    for account in accounts:
        with at_hand(account) as network:
            facts = article_of(post, timezone.now()).facts
            frozen = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities, facts)
            texts = [part["text"] for part in frozen["parts"]]
            assert texts_of(cards[account.pk]) == texts
            counts = [length["count"] for length in cards[account.pk]["lengths"]]
            assert counts == [measure(network, part).count for part in texts]


def test_what_the_form_cannot_read_is_said_and_the_rest_is_shown(ask, desk):
    other = world.make_account("other")
    fields = {"accounts": [desk.account.pk, other.pk, 10**9], "link": "no address", "send_at": "yesterday"}
    answer = ask(**fields, **own(other, text="Only here.")).json()
    shown = {card["account"]: texts_of(card) for card in answer["cards"]}
    assert shown == {desk.account.pk: ["The tram opens in May."], other.pk: ["Only here."]}
    assert len(answer["problems"]) == 3


def test_a_text_that_is_too_long_to_be_saved_is_counted(ask, desk):
    answer = ask(accounts=[desk.account.pk], text="x" * 25_000).json()
    assert answer["cards"][0]["lengths"][0]["count"] == 25_000
    assert "25" in answer["problems"][0]


@pytest.mark.parametrize(
    "fields",
    [
        {"variants-TOTAL_FORMS": "x"},
        {"variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1", "variants-0-id": "none"},
        {"variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1", "variants-0-id": "999"},
        {"article": "nothing", "media-TOTAL_FORMS": "1", "media-0-image": "-1", "send_at": "\x00"},
    ],
)
def test_a_form_that_nobody_would_send_is_answered(ask, desk, fields):
    assert ask(accounts=[desk.account.pk], **fields).status_code in (200, 400)


@pytest.mark.parametrize("post", ["0", "-1", "x", "9" * 30])
def test_a_post_that_is_not_there_is_not_found(ask, desk, post):
    assert ask(composed_post=post).status_code == 404


def test_who_only_suggests_composes_nobody_elses_post(client, as_role, desk):
    as_role("journalist")
    url = reverse("smeditor:post_compose")
    script = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
    assert client.post(url, {**FORM, "composed_post": desk.post.pk}, **script).status_code == 403
    assert client.post(url, FORM).status_code == 200


def test_no_more_accounts_are_shown_than_an_answer_bears(ask, desk, monkeypatch):
    monkeypatch.setattr(composing, "MOST_ACCOUNTS", 2)
    made = [world.make_account(f"a{number}") for number in range(4)]
    answer = ask(accounts=[account.pk for account in made]).json()
    assert len(answer["cards"]) == 2
    assert answer["problems"] == ["2 more accounts are not shown here."]


def test_a_card_shows_image_alt_text_and_what_the_checks_say_of_that_account(ask, desk):
    image = factories.make_image()
    shown = {"media-TOTAL_FORMS": "1", "media-0-image": image.pk, "media-0-crop": "whole", "media-0-part": "0"}
    card = ask(accounts=[desk.account.pk], **shown, **{"media-0-alt": "A tram."}).json()["cards"][0]["html"]
    assert 'alt="A tram."' in card
    type(image).objects.filter(pk=image.pk).update(alt_text="", title="DSC_1")
    without = ask(accounts=[desk.account.pk], **shown).json()["cards"][0]["html"]
    assert "sme-finding--error" in without


def test_a_disconnected_account_keeps_its_card_and_says_so(ask, desk):
    desk.account.state = "disconnected"
    desk.account.save()
    card = ask(accounts=[desk.account.pk]).json()["cards"][0]["html"]
    assert "is disconnected" in card


def test_an_account_without_its_network_keeps_its_card(ask, desk):
    gone = world.make_account("gone", "nowhere")
    card = ask(accounts=[gone.pk]).json()["cards"][0]
    assert texts_of(card) == ["The tram opens in May."]
    assert card["lengths"] == []


def test_when_it_goes_out_is_said_on_the_newsrooms_clock(ask, desk, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": settings.TIME_ZONE}
    Slot.objects.create(account=desk.account, weekday=0, time="08:15")
    card = ask(accounts=[desk.account.pk]).json()["cards"][0]["html"]
    assert "8:15" in card
    assert "the next free slot" in card


@pytest.mark.parametrize("send_at", ["2031-01-06 14:00", ""])
def test_both_clocks_are_named_where_they_differ(client, as_role, desk, settings, send_at):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    user = as_role(DESK)
    UserProfile.objects.update_or_create(user=user, defaults={"current_time_zone": "America/New_York"})
    Slot.objects.create(account=desk.account, weekday=0, time="20:00")
    fields = {**FORM, "accounts": [desk.account.pk], "send_at": send_at}
    card = client.post(reverse("smeditor:post_compose"), fields).json()["cards"][0]["html"]
    # The editor's two in the afternoon, and the slot at eight in the evening, are one moment in January.
    assert re.search(r"20:00|8 p\.m\.", card)
    assert re.search(r"14:00|2 p\.m\.", card)
    assert "Europe/Paris" in card
    assert "America/New_York" in card


def test_what_is_planned_or_went_out_says_no_other_time(desk):
    delivery = Delivery.objects.get(post=desk.post)
    for state, shown in (("scheduled", "Planned for"), ("sent", ""), ("cancelled", "Goes out")):
        Delivery.objects.filter(pk=delivery.pk).update(state=state)
        (card,) = compose(desk.post, timezone.now(), desk.author).cards
        assert card.when.startswith(shown)
        assert bool(card.when) == bool(shown)


@pytest.mark.parametrize("name", ["post_compose", "post_suggest"])
def test_the_number_of_queries_does_not_grow_with_what_went_out(client, as_role, desk, name):
    as_role(DESK)
    accounts = [desk.account.pk, world.make_account("other").pk]

    def queries():
        with CaptureQueriesContext(connection) as asked:
            if name == "post_compose":
                client.post(reverse(f"smeditor:{name}"), {**FORM, "accounts": accounts})
            else:
                client.get(reverse(f"smeditor:{name}"), {"accounts": accounts})
        return len(asked)

    queries()  # what is cached once does not count
    few = queries()
    more_deliveries(desk, 40)
    Delivery.objects.update(sent_at=timezone.now(), state="sent")
    assert queries() <= few


def test_an_account_that_takes_no_posts_any_more_is_told_of_and_the_text_is_kept(client, as_role, desk):
    as_role(DESK)
    desk.account.sends = False
    desk.account.save()
    url = reverse("smeditor_posts:edit", args=[desk.post.pk])
    page = client.post(url, {**FORM, "accounts": [desk.account.pk], "text": "Nothing of it is lost."}).content.decode()
    assert "takes no posts any more" in page
    assert "Nothing of it is lost." in page
