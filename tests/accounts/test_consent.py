"""Connecting through a consent screen: what is granted is stored, and no return is believed that was not begun here."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from smeditor.accounts import connect, consent, health, tokens
from smeditor.accounts.disconnect import disconnect
from smeditor.exceptions import AuthExpired, Refused, SmeditorError, Temporary
from smeditor.models import Account, Delivery, PendingConnection
from smeditor.publishing.engine import send_check
from tests.accounts.conftest import RETURN, again, connected_account, returned
from tests.desk import world

pytestmark = pytest.mark.django_db


def test_a_person_is_led_to_the_screen_with_state_and_pkce(begin, lab):
    pending = begin()
    asked = parse_qs(urlsplit(consent.consent_url(pending)).query)
    assert asked["redirect_uri"] == [RETURN]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) > 40
    assert pending.server_url == lab.url


def test_neither_state_nor_verifier_lies_readable_in_the_database(begin):
    pending = begin()
    state = parse_qs(urlsplit(consent.consent_url(pending)).query)["state"][0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM smeditor_pendingconnection")
        stored = repr(cursor.fetchall())
    assert state not in stored
    assert pending.kept["kept"]["verifier"] not in stored


def test_what_was_granted_is_offered_and_what_is_chosen_becomes_an_account(begin, lab, user, now):
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    offers = consent.offers(pending)
    assert [offer.identity.profile.display_name for offer in offers] == list(lab.pages.values())
    [account] = consent.connect_new(pending, [offers[1].key], None, now)
    account.refresh_from_db()
    assert (account.remote_id, account.display_name, account.server_url) == ("p2", "The Weekend Supplement", lab.url)
    assert account.scopes == ["hide", "post", "read"]
    assert account.expires_at is not None
    assert not PendingConnection.objects.exists()


def test_several_pages_are_connected_with_one_consent(begin, lab, user, now):
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    keys = [offer.key for offer in consent.offers(pending)]
    assert {account.remote_id for account in consent.connect_new(pending, keys, None, now)} == {"p1", "p2"}


def test_a_forged_state_connects_nothing(begin, lab, user, now):
    callback = returned(lab, begin()) | {"state": "guessed"}
    with pytest.raises(Refused, match="no connection that was begun here"):
        consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    assert PendingConnection.objects.get().used_at is None
    assert not any(path == "/token" for _method, path in lab.requests)


@pytest.mark.parametrize("callback", [{}, {"state": ""}, {"code": "x"}, {"state": "\x00" * 9000, "code": "y" * 9000}])
def test_a_return_that_says_nothing_useful_connects_nothing(begin, user, now, callback):
    begin()
    with pytest.raises(Refused):
        consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)


def test_a_return_is_taken_once(begin, lab, user, now):
    callback = returned(lab, begin())
    consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    asked = len(lab.requests)
    with pytest.raises(Refused, match="used already"):
        consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    assert len(lab.requests) == asked


def test_somebody_else_s_return_is_not_taken_and_stays_theirs(begin, lab, user, now):
    callback = returned(lab, begin())
    other = world.make_user("mallory")
    with pytest.raises(Refused, match="by somebody else"):
        consent.come_back(other, "consent_lab", callback, browser="firefox", now=now)
    with pytest.raises(Refused, match="another browser"):
        consent.come_back(user, "consent_lab", callback, browser="chromium", now=now)
    assert consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)


def test_the_return_of_one_network_is_not_taken_at_another_s_address(begin, lab, user, now):
    with pytest.raises(Refused):
        consent.come_back(user, "consent_lab_by_hand", returned(lab, begin()), browser="firefox", now=now)


def test_after_a_quarter_of_an_hour_it_is_too_late(begin, lab, user, now):
    pending = begin()
    later = now + timedelta(minutes=15)
    with pytest.raises(Refused, match="quarter of an hour"):
        consent.come_back(user, "consent_lab", returned(lab, pending), browser="firefox", now=later)
    assert consent.forget_old(later) == 1


def test_the_choice_is_shown_to_nobody_else_and_not_for_ever(begin, lab, user, now):
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    assert consent.under_way(user, pending.pk, browser="firefox", now=now) == pending
    assert consent.under_way(user, pending.pk, browser="chromium", now=now) is None
    assert consent.under_way(world.make_user("mallory"), pending.pk, browser="firefox", now=now) is None
    assert consent.under_way(user, pending.pk, browser="firefox", now=now + timedelta(minutes=16)) is None


def test_whoever_refuses_there_is_told_so_and_it_is_over(begin, lab, user, now):
    with pytest.raises(Refused, match="did not agree"):
        consent.come_back(user, "consent_lab", returned(lab, begin(), agree=False), browser="firefox", now=now)
    assert not PendingConnection.objects.exists()


def test_a_code_that_the_network_refuses_connects_nothing(begin, lab, user, now):
    callback = returned(lab, begin())
    lab.codes.clear()
    with pytest.raises(SmeditorError):
        consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    assert not Account.objects.exists()
    assert not PendingConnection.objects.exists()


def test_without_what_is_needed_nothing_is_connected_and_the_reason_is_said(begin, lab, user, now):
    callback = returned(lab, begin(), leave_out=("read",))
    pending = consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    assert consent.objection(pending) == "Consent Lab did not grant everything that is needed. Missing: read answers."
    with pytest.raises(Refused):
        consent.connect_new(pending, ["0"], None, now)
    assert not Account.objects.exists()


def test_without_what_is_only_wanted_it_is_connected(begin, lab, user, now):
    callback = returned(lab, begin(), leave_out=("hide",))
    pending = consent.come_back(user, "consent_lab", callback, browser="firefox", now=now)
    [account] = consent.connect_new(pending, ["0"], None, now)
    assert account.scopes == ["post", "read"]


def test_a_page_without_a_role_cannot_be_chosen(begin, lab, user, now):
    lab.roles = {"p1"}
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    assert [bool(offer.objection) for offer in consent.offers(pending)] == [True, False]
    with pytest.raises(Refused, match="no role"):
        consent.connect_new(pending, ["0", "1"], None, now)
    assert not Account.objects.exists()


def test_a_page_that_another_entry_has_cannot_be_chosen(begin, lab, user, now):
    entry = connected_account(lab, remote_id="p1")
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    assert consent.offers(pending)[0].account == entry
    with pytest.raises(Refused, match="already connected"):
        consent.connect_new(pending, ["0"], None, now)


def test_a_page_that_another_entry_got_meanwhile_is_refused_as_well(begin, lab, user, now, monkeypatch):
    pending = consent.come_back(user, "consent_lab", returned(lab, begin()), browser="firefox", now=now)
    offers = consent.offers(pending)
    connected_account(lab, remote_id="p1")
    monkeypatch.setattr(consent, "offers", lambda pending: offers)
    with pytest.raises(Refused, match="already connected"):
        consent.connect_new(pending, ["0", "1"], None, now)
    assert Account.objects.count() == 1


def test_without_the_app_s_keys_nobody_is_sent_anywhere(lab, user, now):
    with pytest.raises(Refused, match="keys of the newsroom's app"):
        consent.begin(user, "consent_lab", redirect_uri=RETURN, browser="firefox", now=now)


# connected again


def test_a_refused_account_is_connected_again_and_keeps_what_it_has(begin, lab, user, now):
    account = connected_account(lab, remote_id="p1", handle="p1")
    health.fail(account, "Thrown out.", now)
    post = world.make_post(accounts=[account])
    delivery = world.make_delivery(post, account)
    fresh = again(begin, lab, user, now, account)
    assert (fresh.pk, fresh.state, fresh.failing_reason) == (account.pk, "active", "")
    assert fresh.secret["access_token"] in lab.tokens
    assert Delivery.objects.get().pk == delivery.pk


def test_a_paused_account_that_is_connected_again_stays_paused(begin, lab, user, now):
    account = connected_account(lab, remote_id="p1")
    health.pause(account, "Holiday", now)
    assert again(begin, lab, user, now, account).state == "paused"


def test_another_identity_does_not_take_the_account_s_place(begin, lab, user, now):
    account = connected_account(lab, remote_id="p7", handle="p7")
    with pytest.raises(Refused, match="consented as The Evening Paper"):
        again(begin, lab, user, now, account)
    account.refresh_from_db()
    assert account.secret == {"access_token": "old-access-token", "refresh_token": "old-refresh-token"}


def test_a_consent_with_less_than_is_needed_leaves_the_account_as_it_was(begin, lab, user, now):
    account = connected_account(lab, remote_id="p1")
    with pytest.raises(Refused, match="Missing: publish posts"):
        again(begin, lab, user, now, account, leave_out=("post",))
    assert Account.objects.get().secret["access_token"] == "old-access-token"


# disconnected


def test_disconnecting_takes_the_access_back_and_keeps_the_record(begin, lab, user, now):
    account = again(begin, lab, user, now, connected_account(lab, remote_id="p1"))
    world.make_delivery(world.make_post(accounts=[account]), account)
    held = account.secret
    assert "confirms" in disconnect(account, now)
    account.refresh_from_db()
    assert (account.state, account.secret, account.expires_at, account.scopes) == ("disconnected", {}, None, None)
    assert not {held["access_token"], held["refresh_token"]} & set(lab.tokens)
    assert Delivery.objects.count() == 1


def test_while_the_network_is_down_nothing_is_lost_unless_somebody_insists(lab, now):
    account = connected_account(lab, remote_id="p1", server_url="http://127.0.0.1:9")
    with pytest.raises(Temporary):
        disconnect(account, now)
    account.refresh_from_db()
    assert (account.state, bool(account.secret)) == ("active", True)
    assert "by hand" in disconnect(account, now, come_what_may=True)
    account.refresh_from_db()
    assert (account.state, account.secret) == ("disconnected", {})


def test_a_token_that_is_dead_already_does_not_keep_anybody_from_disconnecting(lab, app, now):
    account = connected_account(lab, remote_id="p1")
    assert "no longer" in disconnect(account, now)
    assert account.state == "disconnected"


def test_whoever_still_works_with_the_old_secret_brings_nothing_back(lab, app, now):
    account = connected_account(lab, remote_id="p1")
    stale = Account.objects.get()
    disconnect(account, now)
    tokens.expired(stale, AuthExpired("Ended."), now)
    health.fail(stale, "Refused.", now)
    health.pause(account, "Holiday", now)
    account.refresh_from_db()
    assert (account.state, account.secret, account.failing_reason) == ("disconnected", {}, "")


def test_a_disconnected_account_sends_nothing_is_not_asked_and_can_be_connected_again(begin, lab, user, now):
    account = connected_account(lab, remote_id="p1")
    delivery = world.make_delivery(world.make_post(accounts=[account]), account)
    disconnect(account, now)
    asked = len(lab.requests)
    connect.check_accounts(now)
    assert len(lab.requests) == asked
    delivery.account.refresh_from_db()
    assert "disconnected" in send_check._account(delivery, now).reason
    assert again(begin, lab, user, now, account).state == "active"
