"""What each answer of a network does to a delivery: nothing lost, nothing doubled, every doubt visible."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from smeditor.models import Account, Attempt, Delivery, RateLimit
from smeditor.publishing.engine import tick
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
LOST_ANSWERS = [faults.accepts_then_times_out, faults.fails_but_posts, faults.publishes_and_adapter_breaks]
READABLE = ["bluesky", "mastodon", "plain"]


@pytest.fixture(autouse=True)
def _noon(no_time_passes):
    with time_machine.travel(NOON, tick=False):
        yield


def after(**delta):
    return NOON + timedelta(**delta)


def run(*seconds: float) -> None:
    for second in seconds:
        tick(after(seconds=second), f"worker:1:{second}")


@pytest.fixture
def sending(make_account, make_post):
    """A due delivery on a network of the given kind, with its server."""

    def make(kind: str = "mastodon", **fields):
        account = make_account(kind, **fields)
        make_post(account)
        return Delivery.objects.get(account=account), server_at(account.server_url)

    return make


@pytest.mark.parametrize("fault", LOST_ANSWERS)
@pytest.mark.parametrize("kind", READABLE)
def test_a_post_whose_answer_was_lost_is_found_and_not_sent_again(sending, kind, fault):
    delivery, server = sending(kind)
    server.fail("send", fault)
    run(1)
    delivery.refresh_from_db()
    assert delivery.state == State.UNKNOWN
    run(7)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == server.count("send") == 1
    assert delivery.attempts.get().state == Attempt.State.FOUND


@pytest.mark.parametrize("kind", READABLE)
def test_a_post_that_is_proved_absent_twice_is_sent_again_under_the_same_identity(sending, kind):
    delivery, server = sending(kind)
    server.fail("send", faults.times_out)
    run(1, 7, 32)
    assert server.count("send") == 1, "one look after the settling time proves nothing"
    run(122, 123)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == 1
    first, second = delivery.attempts.all()
    assert first.identity == second.identity
    assert [first.state, second.state] == [Attempt.State.ABSENT, Attempt.State.ACCEPTED]


@pytest.mark.parametrize("fault", [*LOST_ANSWERS, faults.times_out])
def test_where_nothing_can_be_read_back_every_doubt_goes_to_a_person(sending, fault):
    delivery, server = sending("blind")
    server.fail("send", fault)
    run(1, 7, 40, 130, 700)
    delivery.refresh_from_db()
    assert delivery.state == State.HUMAN
    assert delivery.state_reason
    assert server.count("send") == 1


def test_a_read_back_that_cannot_be_done_decides_nothing(sending):
    delivery, server = sending("plain")
    server.fail("send", faults.accepts_then_times_out)
    server.fail("read_back", *[faults.unreachable] * 3)
    run(1, 7, 20, 50)
    delivery.refresh_from_db()
    assert delivery.state == State.UNKNOWN
    run(120)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == 1


def test_an_unreachable_network_is_tried_again_with_growing_pauses(sending):
    delivery, server = sending()
    server.fail("send", faults.unreachable, faults.unreachable)
    run(1)
    delivery.refresh_from_db()
    assert delivery.state == State.SCHEDULED
    assert after(seconds=3) < delivery.due_at < after(seconds=7)
    run(8, 30)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert [attempt.state for attempt in delivery.attempts.all()] == ["not_sent", "not_sent", "accepted"]


def test_a_refusal_ends_the_delivery_with_the_networks_own_words(sending):
    delivery, server = sending()
    server.fail("send", faults.refuses)
    run(1, 60)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert "Validation failed" in delivery.state_reason
    assert server.count("send") == 1


def test_a_rate_limit_reschedules_every_delivery_of_the_account_and_nobody_sleeps(make_account, make_post):
    account = make_account()
    make_post(account, text="One")
    make_post(account, text="Two")
    server = server_at(account.server_url)
    server.fail("send", faults.limited_until(after(minutes=5)))
    run(1)
    assert server.count("send") == 1, "the second delivery waits without asking"
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {after(minutes=5, seconds=1)}
    assert RateLimit.objects.get().remaining == 0
    run(302)
    assert len(server.published) == 2


def test_an_account_that_fails_authentication_stops_alone_and_says_so(
    make_account, make_post, django_capture_on_commit_callbacks
):
    failing, other = make_account("mastodon"), make_account("mastodon")
    make_post(failing, other)
    server_at(failing.server_url).fail("send", faults.unauthorised)
    with django_capture_on_commit_callbacks(execute=True):
        run(1)
    failing.refresh_from_db()
    assert failing.state == Account.State.FAILED
    assert failing.state_reason
    states = dict(Delivery.objects.values_list("account", "state"))
    assert states == {failing.pk: State.SCHEDULED, other.pk: State.SENT}
    assert len(mail.outbox) == 1
    assert "reconnected" in mail.outbox[0].subject


def test_an_expired_session_is_refreshed_once_and_the_post_goes_out(sending):
    delivery, server = sending("bluesky", secret={"token": "dead"})
    run(1, 8)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert server.count("refresh") == 1
    assert delivery.account.secret_version == 1
    assert delivery.account.state == Account.State.ACTIVE


def test_a_passing_fault_of_the_refresh_disconnects_nobody(sending):
    delivery, server = sending("bluesky", secret={"token": "dead"})
    server.fail("refresh", faults.unreachable)
    run(1)
    delivery.account.refresh_from_db()
    assert delivery.account.state == Account.State.ACTIVE
    run(8, 20)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT


def test_five_accounts_have_five_outcomes(make_account, make_post):
    accounts = [make_account() for _ in range(5)]
    make_post(*accounts)
    wrong = [faults.refuses, faults.unauthorised, faults.unreachable, faults.accepts_then_times_out]
    for account, fault in zip(accounts, wrong, strict=False):
        server_at(account.server_url).fail("send", fault)
    run(1)
    states = [Delivery.objects.get(account=account).state for account in accounts]
    assert states == [State.REFUSED, State.SCHEDULED, State.SCHEDULED, State.UNKNOWN, State.SENT]


@pytest.mark.parametrize("fault", [faults.times_out, faults.accepts_then_times_out, faults.unreachable])
def test_a_thread_goes_on_at_the_part_that_is_missing(make_account, make_post, fault):
    account = make_account()
    make_post(account, text="First\n---\nSecond\n---\nThird")
    server = server_at(account.server_url)
    server.fail("send", lambda *_: None, fault)
    run(1, 8, 40, 125, 126, 200)
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT
    assert [message.body["text"] for message in server.published] == ["First", "Second", "Third"]
    first, second, third = server.published
    assert second.body["reply_to"] == first.uri
    assert (third.body["reply_to"], third.body["root"]) == (second.uri, first.uri)
    assert delivery.remote_id == first.uri


def test_a_fault_after_the_acceptance_never_raises_into_the_send(sending, monkeypatch):
    delivery, server = sending()

    def broken(*args):
        raise RuntimeError("the log is broken")

    monkeypatch.setattr("smeditor.publishing.engine.follow._log", broken)
    run(1, 5)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == 1
    monkeypatch.undo()
    run(9)
    delivery.refresh_from_db()
    assert delivery.followed_up_at is not None


def test_media_is_not_uploaded_again_while_the_first_upload_is_fresh(sending):
    _delivery, server = sending()
    server.fail("send", faults.unreachable)
    run(1, 10)
    assert server.count("prepare") == 1
    assert server.count("send") == 2
