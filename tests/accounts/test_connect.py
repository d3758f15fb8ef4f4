"""Connecting an account in the admin: what the network refuses is never stored, and the form says why."""

from __future__ import annotations

import pytest
from django.urls import reverse

from smeditor.models import Account
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
SERVER = "https://paper.lab.example"


@pytest.fixture
def chief(client, editor):
    client.force_login(editor)
    return client


def typed(**changes) -> dict[str, str]:
    form = {"network": "lab_mastodon", "server_url": SERVER, "handle": "@paper", "secret_token": "valid"}
    form |= {"approval": "one", "minimum_gap": "10", "slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    return form | changes


def test_an_account_that_its_network_knows_is_stored_with_what_the_network_said(chief):
    response = chief.post(reverse("smeditor_accounts:add"), typed(), follow=True)
    account = Account.objects.get()
    assert (account.handle, account.remote_id, account.state) == ("paper", "lab", "active")
    assert account.limits["max_length"] == 300
    assert "knows this account as paper" in response.content.decode()
    assert server_at(SERVER).count("verify") == 1


@pytest.mark.parametrize("fault", [faults.unauthorised, faults.refuses, faults.unreachable])
def test_an_account_that_its_network_does_not_accept_is_not_stored_and_the_form_says_why(chief, fault):
    """U8, P10: a refused token created the account all the same, and the composer then offered it."""
    server_at(SERVER).fail("verify", fault)
    response = chief.post(reverse("smeditor_accounts:add"), typed())
    assert not Account.objects.exists()
    sentence = {faults.unauthorised: "no longer accepts", faults.refuses: "refused", faults.unreachable: "reached"}[
        fault
    ]
    assert sentence in response.content.decode()


def test_a_wrong_new_secret_leaves_the_working_one(chief, make_account):
    account = make_account(server_url=SERVER, handle="paper")
    chief.post(reverse("smeditor_accounts:edit", args=[account.pk]), typed(handle="paper", secret_token="dead"))
    account.refresh_from_db()
    assert account.secret == {"token": "valid"}


def test_a_new_secret_lets_a_refused_account_go_on(chief, make_account):
    account = make_account(
        server_url=SERVER, handle="paper", state="failed", failing_reason="Dead.", secret={"token": "x"}
    )
    chief.post(reverse("smeditor_accounts:edit", args=[account.pk]), typed(handle="paper"))
    account.refresh_from_db()
    assert (account.state, account.failing_reason, account.secret) == ("active", "", {"token": "valid"})


def test_the_same_account_under_another_spelling_is_refused_in_the_form(chief, make_account):
    make_account(server_url=SERVER, handle="paper")
    response = chief.post(reverse("smeditor_accounts:add"), typed(handle="@paper"))
    assert "already connected" in response.content.decode()
    assert Account.objects.count() == 1
