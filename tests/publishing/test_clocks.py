"""Clocks that are wrong: whose time counts, and what a read-back must still recognise."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from smeditor.models import Delivery
from smeditor.publishing.engine import clock, tick
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_workers_on_postgresql_share_the_databases_clock(monkeypatch):
    wrong = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    shared = connection.vendor == "postgresql"
    assert (clock.now() == wrong) is not shared


def test_what_a_machine_two_hours_ahead_sent_is_found_by_one_that_is_right(make_account, make_post):
    account = make_account("plain")
    make_post(account, text="No link")
    server = server_at(account.server_url)
    server.fail("send", faults.accepts_then_times_out)
    ahead = timedelta(hours=2)
    tick(NOON + ahead, "ahead:1:1")
    server.published[0].at = NOON  # the network's own clock is right
    for minutes in (1, 3, 5):
        tick(NOON + ahead + timedelta(minutes=minutes), f"right:1:{minutes}")
    assert Delivery.objects.get().state == State.SENT
    assert len(server.published) == 1


def test_an_older_message_with_the_same_words_is_not_taken_for_the_lost_one(make_account, make_post):
    account = make_account("plain")
    make_post(account, text="The count begins")
    tick(NOON, "worker:1:1")
    make_post(account, text="The count begins")
    server = server_at(account.server_url)
    server.fail("send", faults.times_out)
    for minutes in (5, 6, 8, 10, 20, 40):
        tick(NOON + timedelta(minutes=minutes), f"worker:1:{minutes}")
    first, second = Delivery.objects.order_by("pk")
    assert (first.state, second.state) == (State.SENT, State.HUMAN)
    assert len(server.published) == 1


@pytest.mark.parametrize("behind", [timedelta(), timedelta(minutes=3), timedelta(hours=2)])
def test_a_worker_whose_clock_is_behind_the_shared_one_still_waits_as_long_as_the_network_asks(
    behind, make_account, make_post
):
    """The kind: a moment that one clock gave, compared with another's. It asked again some six hundred times in a tick."""
    account = make_account("plain")
    make_post(account, text="Not too often")
    server = server_at(account.server_url)
    server.fail("send", faults.limited_until(NOON + timedelta(minutes=1)))
    tick(NOON + behind, "worker:1:1")
    delivery = Delivery.objects.get()
    assert delivery.due_at - (NOON + behind) >= timedelta(minutes=1)
    assert delivery.attempts.count() == 1
    assert delivery.account.rate_limits.get(bucket="send").resets_at >= NOON + behind + timedelta(minutes=1)
