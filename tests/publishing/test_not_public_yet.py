"""That an article is not public is a passing state (P1, wagtail#13959): its announcement waits, with a reason and an end.

Wagtail tells of a publication when a draft is only scheduled; and an article may be withdrawn, private or expired for the
moment in which a worker looks.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from smeditor.models import Delivery, Post, PublishedArticle, Rule, RuleRun
from smeditor.publishing import rules
from smeditor.publishing.engine import tick
from smeditor.publishing.rules import run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def account(make_account):
    return make_account()


@pytest.fixture
def rule(editor, account):
    rule = Rule.objects.create(name="All", mode=Rule.Mode.AUTO, created_by=editor)
    rule.accounts.add(account)
    return rule


@pytest.fixture
def draft(section):
    return factories.make_article(section, live=False, first_published_at=None, last_published_at=None)


def unpublish(page) -> None:
    type(page).objects.get(pk=page.pk).unpublish()


def entry() -> PublishedArticle:
    return PublishedArticle.objects.get()


def sent(account) -> int:
    return len(server_at(account.server_url).published)


def test_a_scheduled_article_is_announced_when_wagtails_own_scheduler_publishes_it(rule, draft, account):
    with at(NOON):
        draft.go_live_at = NOON + 3 * DAY
        draft.save_revision().publish()
        assert run_due(NOON) == 0
        assert "scheduled" in entry().wait_reason
        assert entry().wait_until == NOON + 3 * DAY
    with at(NOON + 3 * DAY + 2 * MINUTE):
        assert run_due(timezone.now()) == 0, "the scheduler has not come round yet"
        call_command("publish_scheduled")
        assert run_due(timezone.now()) == 1
        tick(timezone.now(), "worker")
    assert sent(account) == 1


def test_an_article_that_is_withdrawn_when_the_worker_looks_is_announced_when_it_is_published_again(rule, draft):
    with at(NOON):
        draft.save_revision().publish()
        unpublish(draft)
        assert run_due(NOON) == 0
        assert "not published" in entry().wait_reason
    with at(NOON + 5 * HOUR):
        draft.save_revision().publish()
        assert run_due(NOON + 5 * HOUR) == 1
    assert RuleRun.objects.count() == 1


@pytest.mark.parametrize("place", ["article", "section"])
def test_an_article_that_was_private_is_announced_as_soon_as_it_is_open(rule, draft, section, place):
    with at(NOON):
        restricted = draft if place == "article" else section
        restriction = PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
        draft.save_revision().publish()
        assert run_due(NOON) == 0
        assert "open to the public" in entry().wait_reason
        restriction.delete()
        assert run_due(NOON) == 1


def test_an_article_that_nobody_tells_of_is_looked_at_from_time_to_time(rule, draft):
    with at(NOON):
        draft.save_revision().publish()
        type(draft).objects.filter(pk=draft.pk).update(live=False)
        assert run_due(NOON) == 0
    type(draft).objects.filter(pk=draft.pk).update(live=True)
    assert run_due(NOON + MINUTE / 2) == 0
    assert run_due(NOON + 2 * MINUTE) == 1


@pytest.mark.slow
def test_waiting_has_an_end_and_a_later_publication_begins_it_anew(rule, draft):
    with at(NOON):
        draft.save_revision().publish()
        unpublish(draft)
    moment, checks = NOON, 0
    while moment < NOON + 40 * DAY and not entry().error:
        run_due(moment)
        moment, checks = max(entry().wait_until, moment + MINUTE), checks + 1
    assert "30 days" in entry().error
    assert entry().handled_at is None
    assert checks < 1000
    with at(moment):
        draft.save_revision().publish()
        assert run_due(moment) == 1


def test_a_deleted_article_is_the_only_one_that_no_rule_will_see(rule, draft):
    with at(NOON):
        draft.save_revision().publish()
        draft.delete()
        assert run_due(NOON) == 1
    assert "deleted" in entry().error


def test_a_publication_between_the_look_and_its_note_is_not_missed(rule, draft, monkeypatch):
    with at(NOON):
        draft.save_revision().publish()
        unpublish(draft)
        visibility_of = rules.visibility_of

        def check_and_be_overtaken(page, now):
            found = visibility_of(page, now)
            if not found.public:
                draft.save_revision().publish()
            return found

        monkeypatch.setattr(rules, "visibility_of", check_and_be_overtaken)
        run_due(NOON)
        assert run_due(NOON) == 1


def test_a_post_that_is_approved_ahead_waits_for_its_article(draft, account, editor):
    with at(NOON):
        post = Post(text="A tram", article=draft, created_by=editor, live=False)
        post.accounts = [account]
        post.save()
        post.save_revision(user=editor).publish(user=editor)
        tick(NOON + MINUTE, "worker")
        delivery = Delivery.objects.get()
        assert (delivery.state, sent(account)) == (State.SCHEDULED, 0)
        assert "not published" in delivery.state_reason
    with at(NOON + 2 * HOUR):
        draft.save_revision().publish()
        tick(NOON + 2 * HOUR, "worker")
    assert sent(account) == 1


def test_a_post_about_an_article_that_was_withdrawn_for_a_while_goes_out_when_it_is_back(make_post, article, account):
    with at(NOON):
        make_post(account)
        unpublish(article)
        tick(NOON + MINUTE, "worker")
    with at(NOON + HOUR):
        article.save_revision().publish()
        tick(NOON + HOUR, "worker")
    assert sent(account) == 1


def test_a_post_about_a_private_article_goes_out_when_the_restriction_ends(make_post, article, account):
    with at(NOON):
        restriction = PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
        make_post(account)
        tick(NOON + MINUTE, "worker")
        assert Delivery.objects.get().state == State.SCHEDULED
    with at(NOON + 3 * HOUR):
        tick(NOON + 3 * HOUR, "worker")
        restriction.delete()
        tick(NOON + 3 * HOUR + timedelta(seconds=1), "worker")
    assert sent(account) == 1


def test_news_that_waited_too_long_is_for_a_person_to_decide(make_post, article, account):
    with at(NOON):
        make_post(account, news_class="breaking")
        unpublish(article)
        tick(NOON + 21 * MINUTE, "worker")
    assert Delivery.objects.get().state == State.LATE


def test_a_post_that_never_grows_old_waits_a_month_and_then_asks(make_post, article, account):
    with at(NOON):
        make_post(account, news_class="evergreen")
        unpublish(article)
    tick(NOON + 29 * DAY, "worker")
    assert Delivery.objects.get().state == State.SCHEDULED
    tick(NOON + 31 * DAY, "worker")
    delivery = Delivery.objects.get()
    assert delivery.state == State.LATE
    assert "30 days" in delivery.state_reason


STEPS = st.lists(st.sampled_from(["publish", "unpublish", "close", "open", "look", "later"]), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happened_before_an_article_that_ends_public_is_announced_once(rule, section, steps):
    article = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)
    now = NOON
    for step in [*steps, "publish", "open", "look"]:
        with at(now):
            if step == "publish":
                article.save_revision().publish()
            elif step == "unpublish":
                unpublish(article)
            elif step == "close":
                PageViewRestriction.objects.get_or_create(page=article, restriction_type=PageViewRestriction.LOGIN)
            elif step == "open":
                for restriction in PageViewRestriction.objects.filter(page=article):
                    restriction.delete()
            elif step == "look":
                run_due(now)
        now += 10 * MINUTE
    assert RuleRun.objects.filter(article_key=article.pk).count() == 1
