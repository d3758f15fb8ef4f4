"""The last look: what changed between the approval and the sending stops, delays or retires a delivery."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine

from smeditor.models import Account, Delivery, Hold, PostMedia
from smeditor.publishing import holds
from smeditor.publishing.engine import tick
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def account(make_account) -> Account:
    return make_account()


@pytest.fixture
def delivery(account, make_post) -> Delivery:
    make_post(account, topics=["transport", "tram"])
    return Delivery.objects.get()


def checked(delivery: Delivery, moment=NOON + SECOND) -> Delivery:
    tick(moment, "worker")
    delivery.refresh_from_db()
    return delivery


def sent(delivery: Delivery) -> int:
    return len(server_at(delivery.account.server_url).published)


def test_an_unpublished_article_keeps_its_deliveries_waiting(delivery, article):
    fence = delivery.fence
    article.unpublish()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.fence) == (State.SCHEDULED, fence + 1)
    assert "unpublished" in delivery.state_reason
    assert checked(delivery).state == State.SCHEDULED
    assert sent(delivery) == 0


def test_a_deleted_article_stops_its_deliveries_at_once(delivery, article):
    article.delete()
    delivery.refresh_from_db()
    assert delivery.state == State.STOPPED
    assert checked(delivery).state == State.STOPPED


def test_an_article_that_left_without_a_signal_is_seen_by_the_last_look(delivery, article):
    type(article).objects.filter(pk=article.pk).update(live=False)
    assert checked(delivery).state == State.SCHEDULED
    assert "not published" in delivery.state_reason
    assert sent(delivery) == 0


def test_a_new_embargo_moves_what_is_waiting_and_nothing_leaves_the_house(delivery, article):
    until = NOON + timedelta(hours=2)
    article.embargo_until = until
    article.save_revision().publish()
    delivery.refresh_from_db()
    assert (delivery.slot, delivery.not_before) == (until, until)
    checked(delivery)
    assert not server_at(delivery.account.server_url).todos, "no upload either"
    assert checked(delivery, until + SECOND).state == State.SENT


def test_an_embargo_never_brings_a_later_slot_forward(make_post, account, article):
    late = NOON + timedelta(hours=5)
    make_post(account, send_at=late)
    article.embargo_until = NOON + timedelta(hours=1)
    article.save_revision().publish()
    delivery = Delivery.objects.get()
    assert (delivery.slot, delivery.due_at) == (late, late)
    assert checked(delivery, NOON + timedelta(hours=2)).state == State.SCHEDULED


def test_an_article_behind_a_log_in_is_not_announced(delivery, article):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    assert checked(delivery).state == State.SCHEDULED
    assert sent(delivery) == 0


@pytest.mark.parametrize(
    "place",
    [
        lambda delivery: {"scope": Hold.Scope.ALL},
        lambda delivery: {"scope": Hold.Scope.NETWORK, "network": delivery.account.network},
        lambda delivery: {"scope": Hold.Scope.ACCOUNT, "account": delivery.account},
        lambda delivery: {"scope": Hold.Scope.DESK, "desk": delivery.account.desk},
        lambda delivery: {"scope": Hold.Scope.TOPIC, "topic": "Tram"},
        lambda delivery: {"scope": Hold.Scope.ARTICLE, "article": delivery.post.article},
    ],
)
def test_a_hold_of_every_kind_stops_and_its_lifting_fires_nothing(delivery, editor, place):
    from smeditor.models import Desk

    desk = Desk.objects.create(name="City", slug="city")
    Account.objects.filter(pk=delivery.account_id).update(desk=desk)
    delivery.account.refresh_from_db()
    hold = holds.place(reason="A crash", user=editor, **place(delivery))
    assert checked(delivery).state == State.SCHEDULED
    assert sent(delivery) == 0
    assert holds.lift(hold, editor, NOON + timedelta(minutes=5)) == 1
    assert checked(delivery, NOON + timedelta(minutes=6)).state == State.LATE
    assert "A crash" in delivery.state_reason
    assert sent(delivery) == 0


def test_a_hold_that_is_lifted_before_the_slot_changes_nothing(make_post, account, editor):
    make_post(account, send_at=NOON + timedelta(hours=1))
    delivery = Delivery.objects.get()
    hold = holds.place("all", "A crash", editor)
    assert holds.lift(hold, editor, NOON + timedelta(minutes=30)) == 0
    assert checked(delivery, NOON + timedelta(hours=1, seconds=1)).state == State.SENT


def test_a_hold_placed_while_a_worker_prepares_wins(delivery, editor):
    server = server_at(delivery.account.server_url)
    server.fail("prepare", faults.calling(lambda: holds.place("all", "A crash", editor)))
    assert checked(delivery).state == State.SCHEDULED
    assert "A crash" in delivery.state_reason
    assert server.count("send") == 0


def test_what_others_hold_does_not_stand_in_the_way(make_account, make_post, editor):
    held, free = make_account(), make_account()
    for number in range(30):
        make_post(held, text=f"Held {number}", topics=["aviation"])
    make_post(free, text="Free", topics=["tram"])
    holds.place("topic", "A crash", editor, topic="aviation")
    tick(NOON + SECOND, "worker")
    assert len(server_at(free.server_url).published) == 1
    assert not server_at(held.server_url).published


@pytest.mark.parametrize(("news_class", "minutes"), [("breaking", 20), ("news", 360)])
def test_after_an_outage_what_is_too_late_waits_for_a_person(make_post, account, news_class, minutes):
    make_post(account, news_class=news_class)
    delivery = Delivery.objects.get()
    assert checked(delivery, NOON + timedelta(minutes=minutes + 1)).state == State.LATE
    assert str(minutes) in delivery.state_reason
    assert sent(delivery) == 0


def test_an_evergreen_post_is_never_too_late(make_post, account):
    make_post(account, news_class="evergreen")
    assert checked(Delivery.objects.get(), NOON + timedelta(days=30)).state == State.SENT


def test_after_an_outage_an_account_is_not_flooded(make_account, make_post):
    account = make_account(minimum_gap=10)
    for number in range(3):
        make_post(account, text=f"Number {number}")
    slots = sorted(Delivery.objects.values_list("slot", flat=True))
    assert slots == [NOON, NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)]
    back = NOON + timedelta(hours=1)
    counts = []
    for minutes in (0, 1, 10, 11, 20, 21):
        tick(back + timedelta(minutes=minutes, seconds=minutes), "worker")
        counts.append(len(server_at(account.server_url).published))
    assert counts == [1, 1, 2, 2, 3, 3]


def test_the_days_quota_lets_the_rest_wait_for_tomorrow(make_account, make_post):
    account = make_account(daily_quota=1)
    make_post(account, text="One", news_class="evergreen")
    make_post(account, text="Two", news_class="evergreen")
    tick(NOON + SECOND, "worker")
    server = server_at(account.server_url)
    assert len(server.published) == 1
    waiting = Delivery.objects.get(state=State.SCHEDULED)
    assert waiting.due_at.isoformat() == "2026-03-10T23:00:00+00:00", "midnight in Paris"
    tick(waiting.due_at + SECOND, "worker")
    assert len(server.published) == 2


def test_a_paused_account_sends_nothing_and_resuming_fires_nothing(delivery, editor):
    holds.pause_account(delivery.account, editor, "Maintenance", NOON)
    assert checked(delivery).state == State.SCHEDULED
    assert holds.resume_account(delivery.account, editor, NOON + timedelta(minutes=5)) == 1
    assert checked(delivery, NOON + timedelta(minutes=6)).state == State.LATE
    assert sent(delivery) == 0


def test_withdrawing_the_approval_cancels_what_is_not_being_sent(delivery):
    delivery.post.unpublish()
    delivery.refresh_from_db()
    assert delivery.state == State.CANCELLED
    assert checked(delivery).state == State.CANCELLED


def test_an_answer_to_a_reader_goes_out_in_quiet_hours_and_without_a_gap(make_account, make_post):
    account = make_account(minimum_gap=60, quiet_from=time(0), quiet_until=time(23, 59))
    make_post(account, text="One", kind="reply")
    make_post(account, text="Two", kind="reply")
    tick(NOON + SECOND, "worker")
    assert len(server_at(account.server_url).published) == 2


def test_a_corrected_image_must_be_approved_again(make_account, make_post, article):
    account = make_account("plain")
    image = factories.make_image(200, 200)
    make_post(account, media=[PostMedia(image=image, alt="Grain")])
    delivery = Delivery.objects.get()
    type(image).objects.filter(pk=image.pk).update(file_hash="another")
    assert checked(delivery).state == State.REFUSED
    assert "changed after the approval" in delivery.state_reason
    assert server_at(account.server_url).uploads == 0
