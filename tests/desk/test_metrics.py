"""The queue's numbers for a monitoring system: off by default, behind a token, in a form that it can read."""

import re

import pytest
from django.urls import reverse

from smeditor.models import Hold
from smeditor.publishing import queue
from tests.desk import world

TOKEN = "a-token-of-good-length"
LINE = re.compile(r"(# TYPE [a-z_]+ (gauge|counter)|[a-z_]+ -?[0-9.e+]+|# EOF)")


@pytest.fixture
def on(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "METRICS_TOKEN": TOKEN}


def fetch(client, token=TOKEN):
    return client.get(reverse("smeditor_metrics"), headers={"authorization": f"Bearer {token}"} if token else {})


def test_without_a_token_in_the_settings_there_is_nothing(desk, client, as_role):
    assert fetch(client, "").status_code == 404
    assert fetch(client).status_code == 404
    as_role(superuser=True)
    assert fetch(client, "").status_code == 404


def test_a_wrong_token_gets_nothing(desk, client, on):
    assert [fetch(client, token).status_code for token in ("", "another-token-of-length", f"{TOKEN}x", "é")] == [
        403
    ] * 4


def test_who_may_see_deliveries_needs_no_token(desk, client, on, as_role):
    as_role("chief")
    assert fetch(client, "").status_code == 200
    as_role()
    assert fetch(client, "").status_code == 403


def test_the_numbers_are_openmetrics_text(desk, client, on):
    account = world.make_account("metrics")
    world.make_delivery(world.make_post(accounts=[account]), account)
    Hold.objects.create(scope=Hold.Scope.ACCOUNT, account=account, reason="Quiet")
    response = fetch(client)
    assert response["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    lines = response.content.decode().splitlines()
    assert lines[-1] == "# EOF"
    assert all(LINE.fullmatch(line) for line in lines)
    assert "# TYPE smeditor_deliveries_sent counter" in lines
    numbers = dict(line.split() for line in lines if not line.startswith("#"))
    assert numbers["smeditor_deliveries_held"] == str(queue.held()) != "0"
