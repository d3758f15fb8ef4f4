"""What other posts say: the same text on any account, the same story by another desk, the day's quota."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.models import CheckSetting, Delivery, Desk, Post, RateLimit, SensitiveEvent
from smeditor.networks.mastodon import Mastodon
from smeditor.networks.rates import POSTS
from smeditor.publishing import preflight
from smeditor.publishing.checks.quotas import WINDOW, fullest
from tests.desk.world import make_delivery
from tests.publishing.conftest import NOON

LONG = "The council votes tonight on the new tram line through the valley, after ten years of talks with the villages."


def codes(post: Post, **about) -> set[str]:
    return {finding.code for finding in preflight.check(post, NOON, **about).findings}


def unsaved(text: str, *accounts, **fields) -> Post:
    post = Post(text=text, **fields)
    post.accounts = accounts
    return post


@pytest.fixture
def sent(make_account, make_post):
    """A post that went out an hour ago; returned with its account."""
    account = make_account(minimum_gap=0)
    post = make_post(account, text=LONG, live=False)
    make_delivery(post, account, state="sent", slot=NOON - timedelta(hours=1))
    return account


def test_the_same_text_on_any_account_is_said_of(sent, make_account):
    for account in (sent, make_account()):
        findings = preflight.check(unsaved(LONG, account), NOON).findings
        (found,) = [finding for finding in findings if finding.code == "same_text"]
        assert str(sent) in found.sentence


def test_capitals_accents_spaces_and_links_make_no_other_text(sent):
    link = "https://paper.example/tram"
    assert "same_text" in codes(unsaved(f"  {LONG.upper()}\n{link}", sent, link=link))


def test_nearly_the_same_text_only_tells(sent):
    findings = preflight.check(unsaved(LONG.replace("tonight", "tomorrow"), sent), NOON).findings
    assert [finding.severity for finding in findings if finding.code == "near_text"] == ["info"]
    assert "near_text" not in codes(unsaved("The theatre opens its doors tonight.", sent))


def test_a_post_is_not_compared_with_itself_nor_with_what_was_cancelled(sent):
    post = Post.objects.get()
    assert "same_text" not in codes(post)
    Delivery.objects.update(state="cancelled")
    assert "same_text" not in codes(unsaved(LONG, sent))


def test_the_same_story_by_another_desk_is_said_of(make_account, make_post, article):
    ours, theirs = (Desk.objects.create(name=name, slug=name) for name in ("Ours", "Theirs"))
    other = make_account(desk=theirs)
    post = make_post(other, text="Their angle", live=False)
    make_delivery(post, other, state="sent", slot=NOON - timedelta(hours=1))
    found = codes(unsaved("Our angle", make_account(desk=ours), article=article))
    assert "same_story" in found
    assert "same_story" not in codes(unsaved("Again", other, article=article)), "one's own desk knows"


def test_the_days_quota_counts_what_is_planned_on_that_day(make_account, make_post):
    account = make_account(daily_quota=1)
    post = make_post(account, text="One", live=False)
    make_delivery(post, account, state="scheduled", slot=NOON + timedelta(days=1))
    assert "quota" not in codes(unsaved("Two", account))
    assert "quota" in codes(unsaved("Two", account, send_at=NOON + timedelta(days=1)))


@pytest.fixture
def three_a_day(monkeypatch):
    """A network that takes three posts in any 24 hours."""
    limited = replace(Mastodon.capabilities, posts_in_24_hours=3)
    monkeypatch.setattr(Mastodon, "capabilities", limited)


def test_the_networks_quota_rolls_over_midnight(three_a_day, make_account, make_post):
    account = make_account(network="mastodon")
    for hours in (0, 8, 16):
        post = make_post(account, text=f"After {hours} hours", live=False)
        make_delivery(post, account, state="scheduled", slot=NOON + timedelta(hours=hours))
    for hours, is_full in ((4, True), (23, True), (25, False), (-7, True), (-8, False)):
        post = unsaved("Another", account, send_at=NOON + timedelta(hours=hours))
        assert ("network_quota" in codes(post)) is is_full, hours


def test_what_the_network_told_of_the_account_counts_before_what_it_documents(three_a_day, make_account, make_post):
    account = make_account(network="mastodon")
    make_delivery(make_post(account, text="One", live=False), account, state="sent", slot=NOON - timedelta(hours=1))
    assert "network_quota" not in codes(unsaved("Two", account))
    RateLimit.objects.create(account=account, bucket=POSTS, limit=1, remaining=0, resets_at=NOON)
    (found,) = [
        each for each in preflight.check(unsaved("Two", account), NOON).findings if each.code == "network_quota"
    ]
    assert (found.severity, "takes 1:" in found.sentence) == ("warning", True)


MINUTES = st.lists(st.integers(-3000, 3000), max_size=40)


@given(MINUTES, st.integers(-1500, 1500))
def test_the_fullest_24_hours_are_those_of_every_window_that_holds_the_moment(minutes, at):
    when = NOON + timedelta(minutes=at)
    moments = sorted(NOON + timedelta(minutes=minute) for minute in minutes)
    windows = [when - timedelta(minutes=before) for before in range(1440)]
    counted = max(sum(begin <= moment < begin + WINDOW for moment in moments) for begin in windows)
    assert fullest(moments, when) == counted


def test_a_desk_says_how_grave_a_check_is_and_others_keep_theirs(sent, make_account):
    loud, quiet = (Desk.objects.create(name=name, slug=name) for name in ("Loud", "Quiet"))
    CheckSetting.objects.create(code="same_text", desk=None, severity="error")
    CheckSetting.objects.create(code="same_text", desk=quiet, severity="info")
    accounts = [make_account(desk=desk) for desk in (loud, quiet)]
    result = preflight.check(unsaved(LONG, *accounts), NOON)
    found = {finding.account.desk: finding.severity for finding in result.findings if finding.code == "same_text"}
    assert found == {loud: "error", quiet: "info"}
    assert result.errors_for(accounts[0])
    assert not result.errors_for(accounts[1])


def test_what_stops_a_post_stands_before_what_only_tells(sent, make_account):
    account = make_account(limits={"max_length": 10, "unit": "character"})
    severities = [finding.severity for finding in preflight.check(unsaved(f"{LONG} So.", account), NOON).findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert {"error", "info"} <= set(severities)


def test_no_setting_makes_a_law_quieter(make_account, db):
    CheckSetting.objects.create(code="account", severity="info")
    CheckSetting.objects.create(code="empty", severity="info")
    findings = preflight.check(unsaved("", make_account()), NOON).findings
    assert [finding.severity for finding in findings if finding.code == "empty"] == ["error"]


@pytest.mark.parametrize("others", [3, 40])
def test_what_is_asked_of_the_database_does_not_grow_with_what_was_posted(
    make_account, make_post, django_assert_max_num_queries, others
):
    account = make_account()
    post = make_post(account, text="Another", live=False)
    for number in range(others):
        make_delivery(post, account, state="sent", slot=NOON - timedelta(minutes=number), occurrence=number)
    with django_assert_max_num_queries(15):
        preflight.check(unsaved(LONG, account), NOON)


@pytest.mark.parametrize(("topics", "fires"), [(["fire"], True), (["theatre"], False)])
def test_a_post_that_clashes_with_a_breaking_story_is_asked_to_wait(make_account, topics, fires):
    about = {"title": "The valley burns", "headline": "The valley burns", "topics": ["fire"], "tags": ["fire"]}
    times = {"noticed_at": NOON, "checked_at": NOON, "active_until": NOON + timedelta(hours=5)}
    SensitiveEvent.objects.create(article_key=4711, **about, **times)
    findings = preflight.check(unsaved("Come to the fireworks", make_account(), topics=topics), NOON).findings
    found = [finding.sentence for finding in findings if finding.code == "clash"]
    assert bool(found) is fires
    assert all("The valley burns" in sentence for sentence in found)
