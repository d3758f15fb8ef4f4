"""A poll in the desk: written, shown in each account's card, in the preview and to whoever approves; nothing typed is lost."""

from __future__ import annotations

import html
import json

import pytest
from django.urls import reverse

from smeditor.desk.posts import typed
from smeditor.desk.posts.previewing import with_cards
from smeditor.models import Post
from smeditor.models.posts import PollDuration
from smeditor.publishing.resolved import poll_of
from tests.desk import world
from tests.desk.test_actions import DESK
from tests.desk.test_composing import FORM
from tests.desk.test_new_post import EMPTY, JSON

ASKED = {"text": "A tram to the sea?", "poll_options": "Yes\r\n\r\nNo", "poll_minutes": "360", "poll_multiple": "on"}
NASTY = "<script>alert(1)</script>\nשלום עולם\n👩‍👩‍👧‍👦 {{ post }} %(x)s"


@pytest.fixture
def bluesky(desk):
    return world.make_account("paper.example", "bluesky", limits={})


@pytest.fixture
def add(client, as_role, desk):
    as_role(DESK)

    def post(**fields):
        return client.post(reverse("smeditor_posts:add"), {**EMPTY, "accounts": [desk.account.pk], **fields})

    return post


@pytest.fixture
def ask(client, as_role, desk):
    as_role(DESK)

    def post(*accounts, **fields):
        keys = [account.pk for account in accounts or (desk.account,)]
        return client.post(reverse("smeditor:post_compose"), {**FORM, **ASKED, "accounts": keys, **fields}).json()

    return post


def test_a_poll_is_saved_with_the_post(add):
    add(**ASKED)
    poll = poll_of(Post.objects.latest("pk").get_latest_revision_as_object())
    assert (poll.options, poll.minutes, poll.multiple) == (("Yes", "No"), 360, True)


@pytest.mark.parametrize("given", [{}, {"poll_minutes": ""}])
def test_who_writes_no_poll_need_not_say_how_long_it_runs(add, given):
    add(text="A tram", **given)
    post = Post.objects.latest("pk")
    assert (poll_of(post), post.poll_minutes) == (None, PollDuration.DAY)


@pytest.mark.parametrize("minutes", ["7", "-60", "a day", "99999999999999999999", "<b>"])
def test_a_duration_that_is_none_of_the_choices_comes_back_with_what_was_typed(add, minutes):
    known = Post.objects.count()
    page = add(**ASKED | {"poll_minutes": minutes})
    assert Post.objects.count() == known
    assert "poll_minutes" in page.context["form"].errors
    assert "No</textarea>" in page.content.decode()


def test_options_that_are_too_long_to_be_kept_come_back_whole(add):
    page = add(**ASKED | {"poll_options": "a" * 20_001})
    assert page.context["form"].errors.keys() == {"poll_options"}
    assert "a" * 20_001 in page.content.decode()


def test_autosave_takes_an_option_for_a_first_word(client, as_role, desk):
    as_role(DESK)
    answer = client.post(reverse("smeditor_posts:add"), {**EMPTY, "poll_options": "Yes"}, **JSON)
    assert answer.status_code == 200


def test_the_card_of_a_network_with_polls_shows_it_and_the_others_say_that_they_go_without(ask, desk, bluesky):
    cards = {card["account"]: card["html"] for card in ask(desk.account, bluesky)["cards"]}
    assert cards[desk.account.pk].count('sme-post__option"') == 2
    assert "Several answers, for 6 hours" in cards[desk.account.pk]
    assert "sme-post__option" not in cards[bluesky.pk]
    assert "has no polls: it goes without." in cards[bluesky.pk]


def test_options_of_any_kind_are_shown_as_text(ask):
    shown = ask(poll_options=NASTY)["cards"][0]["html"]
    assert "<script>" not in shown
    assert [option in html.unescape(shown) for option in NASTY.split("\n")] == [True] * 3


def test_what_is_wrong_with_a_poll_is_said_while_it_is_written(ask):
    shown = ask(poll_options="a" * 10_000)["cards"][0]["html"]
    assert "at least two options" in shown
    assert "too long by 9950: at most 50 characters" in shown


def test_the_question_is_counted_as_one_where_it_has_less_room(ask, client, desk):
    channel = world.make_account("@paper", "telegram", limits={})
    assert [length["limit"] for length in ask(channel)["cards"][0]["lengths"]] == [300]
    asked = {"accounts": [channel.pk], "fields": ASKED}
    answer = client.post(reverse("smeditor:post_count"), json.dumps(asked), content_type="application/json").json()
    assert [length["limit"] for length in answer["lengths"]] == [300]


@pytest.mark.parametrize(("minutes", "read"), [("60", 60), ("61", 1440), ("", 1440), ("x", 1440)])
def test_a_form_that_is_being_typed_is_read_as_far_as_it_is_right(minutes, read):
    post = typed.post_of({"fields": ASKED | {"poll_minutes": minutes}})
    assert (post.poll_minutes, post.poll_multiple, poll_of(post).options) == (read, True, ("Yes", "No"))


@pytest.fixture
def written(desk, bluesky):
    return world.make_post(ASKED["text"], [desk.account, bluesky], poll_options=NASTY, poll_minutes=60)


def test_whoever_approves_several_posts_sees_their_polls(client, as_role, written):
    as_role(DESK)
    url = reverse("wagtail_bulk_action", args=["smeditor", "post", "approve"])
    page = client.get(url, {"id": written.pk}).content.decode()
    assert page.count("One answer, for 1 hour") == 1
    assert "<script>alert" not in page
    assert "שלום עולם" in page


def test_the_preview_shows_the_poll_where_the_network_has_one(written, as_role, rf):
    request = rf.get("/")
    request.user = as_role(DESK)
    page = with_cards(written, request).make_preview_request(preview_mode="").content.decode()
    assert page.count("One answer, for 1 hour") == 1
    assert "<script>alert" not in page
