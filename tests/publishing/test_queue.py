"""What the queue tells: in the admin, on the command line, to a metrics endpoint; and what looking at it costs."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from smeditor.publishing import heartbeat, holds, queue
from smeditor.publishing.engine import tick
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_nobody_ever_looked():
    assert heartbeat.age(NOON) is None
    assert heartbeat.is_stale(NOON)


def test_a_tick_is_a_heartbeat_for_a_minute():
    tick(NOON, "host:1:1")
    assert heartbeat.age(NOON + timedelta(seconds=4)) == timedelta(seconds=4)
    assert not heartbeat.is_stale(NOON + timedelta(seconds=59))
    assert heartbeat.is_stale(NOON + timedelta(seconds=61))


def test_the_queue_is_told_as_json(make_account, make_post):
    make_post(make_account())
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("smeditor_queue", "--json", stdout=out)
    state = json.loads(out.getvalue())
    assert state["states"]["scheduled"] == state["due"] == 1
    assert state["stale"] is True
    tick(NOON, "host:1:1")
    out = StringIO()
    call_command("smeditor_queue", stdout=out)
    assert "0 s ago" in out.getvalue()


def test_what_is_held_is_counted_once_however_many_holds_there_are(make_account, make_post, editor):
    held, free = make_account(), make_account("bluesky")
    make_post(held, topics=["trams"])
    make_post(free)
    holds.place("account", "Quiet", editor, account=held)
    holds.place("topic", "A crash", editor, topic="Trams")
    assert queue.state_of_queue(NOON)["held"] == 1


def test_the_counters_have_numbers_only(make_account, make_post):
    make_post(make_account())
    tick(NOON, "host:1:1")
    numbers = queue.counters(NOON)
    assert numbers["smeditor_deliveries_sent_total"] == 1
    assert all(isinstance(number, int | float) for number in numbers.values())


def test_looking_at_an_empty_queue_costs_two_questions(django_assert_num_queries):
    tick(NOON, "host:1:1")
    with django_assert_num_queries(2):
        tick(NOON + timedelta(seconds=1), "host:1:1")


def test_a_delivery_costs_a_bounded_number_of_queries(make_account, make_post, django_assert_max_num_queries):
    account = make_account()
    for number in range(10):
        make_post(account, text=f"Number {number}")
    with django_assert_max_num_queries(10 * 22):  # with an article to read for each, savepoints and releases counted
        assert tick(NOON + timedelta(seconds=1), "host:1:1").sent == 10
