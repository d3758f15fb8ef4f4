"""Accounts: verified from time to time, warned about in time, stopped alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.accounts import clients, connect, health, tokens
from smeditor.exceptions import AuthExpired
from smeditor.models import Account, Desk
from smeditor.networks.base import Credentials
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(make_account) -> Account:
    desk = Desk.objects.create(name="City", slug="city", email="city@paper.example")
    return make_account("bluesky", desk=desk)


def test_verifying_reads_name_and_limits(account):
    assert connect.verify(account, NOON) == ""
    account.refresh_from_db()
    assert (account.remote_id, account.followers, account.verified_at) == ("lab", 7, NOON)
    assert clients.known_limits(account).max_length == 300


def test_a_passing_fault_is_a_sentence_and_changes_nothing(account):
    server_at(account.server_url).fail("verify", faults.unreachable)
    assert "cannot be reached" in connect.verify(account, NOON)
    account.refresh_from_db()
    assert account.state == Account.State.ACTIVE


def test_a_refused_token_fails_the_account_until_it_is_verified_again(account, django_capture_on_commit_callbacks):
    server_at(account.server_url).fail("verify", faults.unauthorised, faults.unauthorised)
    with django_capture_on_commit_callbacks(execute=True):
        assert connect.verify(account, NOON)
    assert account.state == Account.State.FAILED
    assert mail.outbox[0].to == ["city@paper.example"]
    assert connect.verify(account, NOON) == ""
    assert account.state == Account.State.ACTIVE


def test_the_end_of_a_token_is_announced_14_7_and_2_days_ahead_once_each(account):
    Account.objects.update(reconnect_by=NOON + timedelta(days=20))
    announced = [day for day in range(20) if health.warn_of_expiry(NOON + timedelta(days=day))]
    assert announced == [6, 13, 18]
    assert len(mail.outbox) == 3


def test_a_paused_account_that_its_network_refuses_stays_paused(account):
    """P10, kind: two facts about an account, one field for both: the later one hid the earlier."""
    health.pause(account, "Holiday", NOON)
    server_at(account.server_url).fail("verify", faults.unauthorised, faults.unauthorised)
    assert connect.verify(account, NOON)
    account.refresh_from_db()
    assert (account.state, account.state_reason) == (Account.State.PAUSED, "Holiday")
    assert account in health.failing()


def test_verifying_a_paused_account_lifts_no_pause(account):
    """P10: a paused account that failed was made active by a verification that succeeded."""
    health.pause(account, "Holiday", NOON)
    health.fail(account, "The token is dead.", NOON)
    assert connect.verify(account, NOON) == ""
    account.refresh_from_db()
    assert (account.state, account.failing_reason) == (Account.State.PAUSED, "")


def test_resuming_an_account_that_is_refused_shows_that_it_must_be_reconnected(account):
    health.pause(account, "Holiday", NOON)
    health.fail(account, "The token is dead.", NOON)
    health.resume(account, NOON)
    assert (account.state, account.state_reason) == (Account.State.FAILED, "The token is dead.")


def test_whoever_meets_a_dead_token_next_writes_no_second_letter(account, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert health.fail(account, "The token is dead.", NOON)
        assert not health.fail(account, "Still dead.", NOON + timedelta(hours=1))
        health.pause(account, "Holiday", NOON)
        assert not health.fail(account, "Still dead.", NOON + timedelta(days=1))
    assert len(mail.outbox) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.sampled_from(["fail", "accept", "pause", "resume"]), max_size=12))
def test_pause_and_refusal_never_hide_each_other(account, steps):
    """P10, as a law: paused exactly while a person says so; refused exactly while the network says so."""
    Account.objects.filter(pk=account.pk).update(state="active", state_reason="", failing_reason="")
    account.refresh_from_db()
    paused = refused = False
    for step in steps:
        match step:
            case "fail":
                health.fail(account, "Refused.", NOON)
                refused = True
            case "accept":
                health.accept(account, NOON)
                refused = False
            case "pause":
                health.pause(account, "Holiday", NOON)
                paused = True
            case "resume":
                health.resume(account, NOON)
                paused = False
        stored = Account.objects.get(pk=account.pk)
        expected = "paused" if paused else "failed" if refused else "active"
        assert (stored.state, bool(stored.failing_reason)) == (expected, refused)
        assert (account.state, account.failing_reason) == (stored.state, stored.failing_reason)


def test_a_refreshed_token_brings_its_own_end_and_is_announced_14_7_and_2_days_before(account):
    """P10: nothing ever wrote when a token expires, so that the warnings could not come."""
    server_at(account.server_url).expires_at = NOON + timedelta(days=30)
    tokens.expired(account, AuthExpired("Ended."), NOON)
    announced = [day for day in range(31) if connect.check_accounts(NOON + timedelta(days=day))]
    assert announced == [16, 23, 28]
    assert [message.subject.split()[-2] for message in mail.outbox] == ["14", "7", "2"]


def test_a_later_end_is_announced_anew(account):
    server_at(account.server_url).expires_at = NOON + timedelta(days=1)
    tokens.expired(account, AuthExpired("Ended."), NOON)
    health.warn_of_expiry(NOON)
    server_at(account.server_url).expires_at = NOON + timedelta(days=2)
    tokens.expired(account, AuthExpired("Ended."), NOON)
    assert health.warn_of_expiry(NOON) == 1


def test_every_account_is_looked_after_once_a_day(make_account):
    reachable, unreachable = make_account(), make_account()
    server_at(unreachable.server_url).fail("verify", faults.unreachable)
    connect.check_accounts(NOON)
    connect.check_accounts(NOON + timedelta(minutes=1))
    connect.check_accounts(NOON + timedelta(hours=2))
    assert server_at(reachable.server_url).count("verify") == 1
    assert server_at(unreachable.server_url).count("verify") == 2


def test_newer_credentials_are_never_overwritten(account):
    stale = Account.objects.get(pk=account.pk)
    fresh = Credentials(account.server_url, secret={"token": "fresh"})
    assert clients.save_credentials(account, fresh)
    assert not clients.save_credentials(stale, Credentials(account.server_url, secret={"token": "stale"}))
    assert stale.secret == {"token": "fresh"}
    assert Account.objects.get().secret == {"token": "fresh"}
