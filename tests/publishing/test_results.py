"""What became of what was sent is asked on a plan, kept as a series, and costs nothing while nothing is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from smeditor.accounts import clients
from smeditor.exceptions import RateLimited, Temporary
from smeditor.listening import results
from smeditor.listening.visits import note_visits
from smeditor.models import Delivery, DeliveryResult, Measurement, Spending
from smeditor.networks.base import Metrics, Presence
from smeditor.publishing.engine import tick
from tests.desk import world
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import FaultHarness

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (timedelta(**{name: 1}) for name in ("seconds", "minutes", "hours", "days"))
SENT_AT = NOON + SECOND


@pytest.fixture(autouse=True)
def _noon(no_time_passes):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def asked(monkeypatch, make_account, make_post):
    """A sent post on a network that tells five more likes each time; what it was asked for."""
    questions: list[list[str]] = []

    def metrics(network, refs):
        network._call("metrics")
        questions.append([ref.uri for ref in refs])
        return {ref.uri: Metrics(likes=5 * len(questions), replies=2) for ref in refs}

    account = make_account("mastodon")
    kind = clients.network_class(account)
    monkeypatch.setattr(FaultHarness, "metrics", metrics)
    monkeypatch.setattr(kind, "capabilities", replace(kind.capabilities, metrics=frozenset({"likes", "replies"})))
    make_post(account)
    tick(SENT_AT, "worker")
    return questions


def result() -> DeliveryResult:
    return DeliveryResult.objects.select_related("delivery__account").get()


def test_a_sending_opens_its_series_once(asked):
    assert result().next_at == SENT_AT + 15 * MINUTE
    tick(SENT_AT + SECOND, "worker")
    assert DeliveryResult.objects.count() == 1


def test_the_plan_is_kept_to_its_end_and_then_nobody_asks_again(asked):
    now = SENT_AT
    while (due := result().next_at) is not None:
        now = due
        assert results.run_due(now) == 1
    assert now == SENT_AT + 7 * DAY
    assert len(asked) == len(results.PLAN)
    assert [row.likes for row in Measurement.objects.all()] == [5, 10, 15, 20, 25, 30]
    assert (result().likes, result().replies, result().engagement, result().own_counts) == (30, 2, 32, False)


def test_a_worker_that_was_away_asks_once_and_goes_on_with_the_plan(asked):
    results.run_due(SENT_AT + 2 * DAY)
    assert len(asked) == 1
    assert result().next_at == SENT_AT + 3 * DAY


def test_nothing_due_is_one_question(asked, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert results.run_due(SENT_AT + MINUTE) == 0


def test_what_a_network_does_not_tell_is_counted_among_what_came_home(make_account, make_post):
    account = make_account("blind")
    make_post(account)
    tick(SENT_AT, "worker")
    delivery = Delivery.objects.get()
    like = world.make_reaction("", account=account, delivery=delivery, kind="like")
    world.make_reaction(account=account, delivery=delivery, reader=like.reader)
    world.make_reaction(account=account, delivery=delivery)
    results.run_due(SENT_AT + 15 * MINUTE)
    assert (result().likes, result().replies, result().people, result().own_counts) == (1, 2, 2, True)
    assert (result().views, result().visits) == (None, None)


def test_what_was_deleted_is_asked_for_no_more(asked):
    Delivery.note_gone([result().delivery_id], "Gone.", NOON)
    results.run_due(SENT_AT + 15 * MINUTE)
    assert (asked, result().next_at) == ([], None)


def test_what_the_network_says_twice_is_not_there_was_deleted_by_hand(asked, monkeypatch):
    presence = {"now": Presence.DELETED}
    monkeypatch.setattr(FaultHarness, "metrics", lambda network, refs: {})
    monkeypatch.setattr(FaultHarness, "check", lambda network, ids: dict.fromkeys(ids, presence["now"]))
    now = SENT_AT + 15 * MINUTE
    results.run_due(now)
    assert (result().delivery.state, result().next_at) == (Delivery.State.SENT, now + 15 * MINUTE)
    results.run_due(now + 15 * MINUTE)
    assert (result().delivery.state, result().next_at) == (Delivery.State.GONE, None)
    assert result().delivery.state_reason == "It was deleted on the network, not from the desk."


def test_a_doubt_that_is_resolved_begins_anew(asked, monkeypatch):
    presence = {"now": Presence.DELETED}
    monkeypatch.setattr(FaultHarness, "metrics", lambda network, refs: {})
    monkeypatch.setattr(FaultHarness, "check", lambda network, ids: dict.fromkeys(ids, presence["now"]))
    results.run_due(SENT_AT + 15 * MINUTE)
    presence["now"] = Presence.UNKNOWN
    results.run_due(SENT_AT + 30 * MINUTE)
    assert result().missing_since is None
    presence["now"] = Presence.DELETED
    results.run_due(SENT_AT + HOUR)
    assert result().delivery.state == Delivery.State.SENT


def test_what_a_network_told_once_is_not_replaced_by_what_came_home(asked, monkeypatch):
    results.run_due(SENT_AT + 15 * MINUTE)
    monkeypatch.setattr(FaultHarness, "metrics", lambda network, refs: {})
    results.run_due(SENT_AT + HOUR)
    assert (result().likes, result().own_counts) == (5, False)


@pytest.mark.parametrize(
    ("error", "again"),
    [(lambda: Temporary("Later."), 15 * MINUTE), (lambda: RateLimited("Wait.", until=NOON + 2 * HOUR), 2 * HOUR)],
    ids=["a passing failure", "a rate limit"],
)
def test_a_network_that_cannot_be_asked_is_asked_later(asked, monkeypatch, error, again):
    def fails(network, refs):
        raise error()

    monkeypatch.setattr(FaultHarness, "metrics", fails)
    now = SENT_AT + 15 * MINUTE
    assert results.run_due(now) == 0
    assert result().next_at >= now + again - MINUTE
    assert not Measurement.objects.exists()


def test_a_failure_comes_to_an_end(asked, monkeypatch):
    def fails(network, refs):
        raise Temporary("Later.")

    monkeypatch.setattr(FaultHarness, "metrics", fails)
    results.run_due(SENT_AT + 9 * DAY)
    assert result().next_at is None


def test_where_each_question_costs_money_two_are_asked(asked, monkeypatch):
    kind = clients.network_class(result().delivery.account)
    monkeypatch.setattr(kind, "capabilities", replace(kind.capabilities, priced=True))
    ask = FaultHarness.metrics

    def costly(network, refs):
        network.costs.add("look up posts", Decimal("0.005"))
        return ask(network, refs)

    monkeypatch.setattr(FaultHarness, "metrics", costly)
    while (due := result().next_at) is not None:
        results.run_due(due)
    assert len(asked) == 2
    assert Spending.objects.get().amount == Decimal("0.010")


def test_visits_by_link_token_are_sums_and_strangers_tokens_are_left_out(asked):
    token = str(result().delivery.link_token)
    assert note_visits({token: 12, "of-nobody": 3}) == 1
    assert note_visits({token: 15}) == 1
    assert result().visits == 15
    results.run_due(SENT_AT + 15 * MINUTE)
    assert Measurement.objects.get().visits == 15


def test_the_command_reads_lines_and_json(asked, tmp_path):
    token = result().delivery.link_token
    path = tmp_path / "visits.csv"
    path.write_text(f'token,visits\nof-nobody,3\n\n{{"token": "{token}", "visits": 8}}\n', encoding="utf-8")
    out = StringIO()
    call_command("smeditor_visits", str(path), stdout=out)
    assert (result().visits, out.getvalue()) == (8, "1 of 2 tokens are of posts that were sent from here.\n")


@pytest.mark.parametrize("line", ["token", "a,b", '{"token": "x"}', "[1]", '{"token":'])
def test_a_line_that_says_nothing_is_named_by_its_number(tmp_path, line, db):
    path = tmp_path / "visits.csv"
    path.write_text(f"a,1\n{line}\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 2"):
        call_command("smeditor_visits", str(path))
