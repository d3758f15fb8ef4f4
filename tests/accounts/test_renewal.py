"""What happens after connecting: tokens renewed ahead, ends announced, the app's keys found, a private test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from smeditor.accounts import apps, connect, consent, health, private_test, tokens
from smeditor.exceptions import Refused
from smeditor.models import Account, Desk, NetworkApp
from tests.accounts.conftest import KEYS, again, connected_account
from tests.networks.doubles.consent_lab import CLIENT
from tests.networks.doubles.consent_lab.network import ConsentLab

pytestmark = pytest.mark.django_db


# renewed ahead


def test_a_token_is_renewed_before_it_ends(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    before = account.secret
    Account.objects.update(expires_at=now + timedelta(minutes=29))
    assert tokens.renew_due(now) == 1
    account.refresh_from_db()
    assert account.secret["access_token"] != before["access_token"]
    assert account.secret["page"] == "p1"
    assert before["refresh_token"] not in lab.tokens
    assert tokens.renew_due(now) == 0


def test_a_token_is_left_alone_while_it_is_fresh_or_somebody_renews_it(begin, lab, user, now):
    again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    Account.objects.update(expires_at=now + timedelta(minutes=31))
    assert tokens.renew_due(now) == 0
    Account.objects.update(expires_at=now, refresh_lease_until=now + timedelta(seconds=30))
    assert tokens.renew_due(now) == 0
    Account.objects.update(refresh_lease_until=None, network="consent_lab_by_hand")
    assert tokens.renew_due(now) == 0


def test_a_renewal_that_is_refused_fails_the_account_and_one_that_is_lost_does_not(lab, app, now):
    account = connected_account(lab, remote_id="p1", expires_at=now)
    Account.objects.update(server_url="http://127.0.0.1:9")
    tokens.renew_due(now)
    account.refresh_from_db()
    assert account.state == "active"
    Account.objects.update(server_url=lab.url)
    tokens.renew_due(now)
    account.refresh_from_db()
    assert (account.state, account.state_reason) == ("failed", "The Consent Lab does not renew this access.")


def test_a_paused_account_is_kept_alive(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    health.pause(account, "Holiday", now)
    Account.objects.update(expires_at=now)
    assert tokens.renew_due(now) == 1


def test_verifying_renews_first_where_the_token_has_ended(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    lab.tokens.pop(account.secret["access_token"])
    assert connect.verify(account, now) == ""
    assert account.state == "active"


def test_a_refused_token_that_is_too_young_to_be_renewed_fails_the_account(begin, lab, user, now, monkeypatch):
    """Meta renews none that is younger than a day: the adapter gives back the one that it has."""
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    monkeypatch.setattr(ConsentLab, "refresh", lambda self: self.credentials)
    Account.objects.update(expires_at=now + timedelta(minutes=29))
    tokens.renew_due(now)
    account.refresh_from_db()
    assert account.state == "active"
    lab.tokens.pop(account.secret["access_token"])
    sentence = connect.verify(account, now)
    assert (account.state, account.failing_reason) == ("failed", sentence)


def test_an_account_from_which_a_needed_permission_was_taken_fails_with_the_reason(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    lab.tokens[account.secret["access_token"]]["scopes"] = ["read"]
    assert (
        connect.verify(account, now) == "Consent Lab did not grant everything that is needed. Missing: publish posts."
    )
    account.refresh_from_db()
    assert account.state == "failed"


def test_verifying_notes_that_a_permission_was_taken_back(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    lab.tokens[account.secret["access_token"]]["scopes"] = ["post", "read"]
    assert connect.verify(account, now) == ""
    account.refresh_from_db()
    assert account.scopes == ["post", "read"]


# announced


@pytest.mark.parametrize(
    ("network", "field"), [("consent_lab_by_hand", "lifetime"), ("consent_lab", "refresh_lifetime")]
)
def test_the_end_that_a_person_must_meet_is_announced_14_7_and_2_days_before(
    begin, lab, user, now, network, field, monkeypatch
):
    """Where the desk renews by itself it is the end of that; where it cannot, the end of the token."""
    setattr(lab, field, 30 * 86400)
    monkeypatch.setattr(tokens, "renew_due", lambda now: 0)
    desk = Desk.objects.create(name="City", slug="city", email="city@paper.example")
    account = connected_account(lab, remote_id="p1", network=network, desk=desk)
    NetworkApp.objects.get_or_create(network=network, server_url=lab.url, defaults={"keys": KEYS, "entered_at": now})
    account = again(lambda account: begin(account=account, network=network), lab, user, now, account)
    ends = account.reconnect_by
    announced = [day for day in range(31) if connect.check_accounts(ends - timedelta(days=30 - day, minutes=-1))]
    assert announced == [16, 23, 28]
    assert [message.subject.split()[-2] for message in mail.outbox] == ["14", "7", "2"]


def test_an_end_that_could_not_be_put_off_for_days_is_announced_after_all(begin, lab, user, now, monkeypatch):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    slow = replace(ConsentLab.capabilities, refresh_ahead=timedelta(days=10))
    monkeypatch.setattr(ConsentLab, "capabilities", slow)
    Account.objects.update(server_url="http://127.0.0.1:9", expires_at=now + timedelta(days=9))
    tokens.renew_due(now)
    assert health.warn_of_expiry(now) == 0
    tokens.renew_due(now + timedelta(days=4))
    assert health.warn_of_expiry(now + timedelta(days=4)) == 1
    Account.objects.update(server_url=lab.url)
    tokens.renew_due(now + timedelta(days=5))
    account.refresh_from_db()
    assert account.reconnect_by is None


def test_what_the_desk_renews_by_itself_is_not_announced(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    assert account.expires_at is not None
    assert account.reconnect_by is None
    assert health.warn_of_expiry(account.expires_at - timedelta(minutes=5)) == 0


# the app's keys


def test_the_app_s_keys_come_from_the_admin_before_the_environment(lab, monkeypatch, now):
    network = consent.network_of("consent_lab")
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_CLIENT_ID", "from-env")
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_SERVER_URL", f"{lab.url}/")
    assert not apps.find(network).is_there
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_CLIENT_SECRET", "k3y0fth33nv1r0nm3nt")
    keys = {"client_id": "from-env", "client_secret": "k3y0fth33nv1r0nm3nt"}
    found = apps.find(network)
    assert (found.app.keys, found.app.server_url, found.from_environment) == (keys, lab.url, True)
    assert [app.keys for app in apps.apps_of("consent_lab")] == [keys]
    apps.store(network, lab.url, KEYS, None, now)
    assert apps.find(network, lab.url).app.keys == KEYS


def test_a_secret_that_is_not_typed_again_keeps_its_value(lab, app, now):
    apps.store(consent.network_of("consent_lab"), lab.url, {"client_id": "other", "client_secret": None}, None, now)
    assert NetworkApp.objects.get().keys == {**KEYS, "client_id": "other"}


def test_the_keys_of_one_server_are_never_given_to_another(lab, app):
    assert apps.find(consent.network_of("consent_lab"), "https://elsewhere.example").app.keys == {}


def test_the_keys_lie_encrypted(app):
    with connection.cursor() as cursor:
        cursor.execute("SELECT keys FROM smeditor_networkapp")
        assert CLIENT not in repr(cursor.fetchall())


# a test


def test_a_test_is_sent_where_nobody_sees_it_and_deleted_again(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    ref = private_test.send(account, now)
    [post] = lab.posts.values()
    assert post["visibility"] == "self"
    assert account.test_message["url"] == ref.url
    with pytest.raises(Refused, match="Delete it first"):
        private_test.send(account, now)
    private_test.delete(account)
    assert (lab.posts, account.test_message) == ({}, {})


def test_where_a_test_would_be_public_none_is_sent(make_account, now):
    with pytest.raises(Refused, match="public"):
        private_test.send(make_account(), now)
