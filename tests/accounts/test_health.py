"""Accounts: verified from time to time, warned about in time, stopped alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from smeditor.accounts import clients, health
from smeditor.models import Account, Desk
from smeditor.networks.base import Credentials
from tests.publishing.conftest import NOON
from tests.publishing.laboratory import faults
from tests.publishing.laboratory.networks import server_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(make_account) -> Account:
    desk = Desk.objects.create(name="City", slug="city", email="city@paper.example")
    return make_account("bluesky", desk=desk)


def test_verifying_reads_name_and_limits(account):
    assert health.verify(account, NOON) == ""
    account.refresh_from_db()
    assert (account.remote_id, account.followers, account.verified_at) == ("lab", 7, NOON)
    assert clients.known_limits(account).max_length == 300


def test_a_passing_fault_is_a_sentence_and_changes_nothing(account):
    server_at(account.server_url).fail("verify", faults.unreachable)
    assert "cannot be reached" in health.verify(account, NOON)
    account.refresh_from_db()
    assert account.state == Account.State.ACTIVE


def test_a_refused_token_fails_the_account_until_it_is_verified_again(account, django_capture_on_commit_callbacks):
    server_at(account.server_url).fail("verify", faults.unauthorised)
    with django_capture_on_commit_callbacks(execute=True):
        assert health.verify(account, NOON)
    assert account.state == Account.State.FAILED
    assert mail.outbox[0].to == ["city@paper.example"]
    assert health.verify(account, NOON) == ""
    assert account.state == Account.State.ACTIVE


def test_the_end_of_a_token_is_announced_14_7_and_2_days_ahead_once_each(account):
    Account.objects.update(expires_at=NOON + timedelta(days=20))
    announced = [day for day in range(20) if health.warn_of_expiry(NOON + timedelta(days=day))]
    assert announced == [6, 13, 18]
    assert len(mail.outbox) == 3


def test_every_account_is_looked_after_once_a_day(make_account):
    one, two = make_account(), make_account()
    server_at(two.server_url).fail("verify", faults.unreachable)
    health.look_after(NOON)
    health.look_after(NOON + timedelta(minutes=1))
    health.look_after(NOON + timedelta(hours=2))
    assert server_at(one.server_url).count("verify") == 1
    assert server_at(two.server_url).count("verify") == 2


def test_newer_credentials_are_never_overwritten(account):
    stale = Account.objects.get(pk=account.pk)
    fresh = Credentials(account.server_url, secret={"token": "fresh"})
    assert clients.save_credentials(account, fresh)
    assert not clients.save_credentials(stale, Credentials(account.server_url, secret={"token": "stale"}))
    assert stale.secret == {"token": "fresh"}
    assert Account.objects.get().secret == {"token": "fresh"}
