"""Preparing goes on step by step: what a network has made is kept, and while it works nobody waits for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine

from smeditor.exceptions import PreparationLost, Refused
from smeditor.models import Account, Delivery, Hold
from smeditor.publishing.engine import claim, fault_points, preparing, tick
from smeditor.publishing.payload import digest
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_time_passes")]
State = Delivery.State
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(make_account) -> Account:
    return make_account("container")


@pytest.fixture
def server(account):
    return server_at(account.server_url)


@pytest.fixture
def delivery(account, server, make_post) -> Delivery:
    make_post(account)
    return Delivery.objects.get()


def after(seconds: int, clock) -> None:
    """Let time pass and have the queue checked."""
    moment = NOON + seconds * SECOND
    clock.move_to(moment)
    tick(moment, "worker")


def test_while_the_network_is_at_work_the_delivery_holds_neither_lease_nor_worker(delivery):
    tick(NOON, "worker")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.lease_until, delivery.worker) == (State.SCHEDULED, None, "")
    assert delivery.due_at == NOON + 5 * SECOND
    assert delivery.state_reason == "The network is still at work on the video."


def test_it_is_asked_again_when_there_is_something_to_ask_and_not_before(delivery, server, clock):
    for second in range(15):
        after(second, clock)
    assert server.count("prepare") == 1
    assert server.count("status") == 2


def test_what_was_made_is_published_when_the_network_is_done(delivery, server, clock):
    for second in (0, 5, 10, 15):
        after(second, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert [message.key for message in server.published] == ["container-1"]


def test_waiting_for_the_network_is_no_failed_try(delivery, clock):
    for second in (0, 5):
        after(second, clock)
    delivery.refresh_from_db()
    assert delivery.tries == 0


@pytest.mark.parametrize("point", ["step_kept", "before_request"])
def test_a_worker_that_dies_after_a_step_was_kept_costs_no_second_container(
    delivery, server, clock, monkeypatch, point
):
    class Killed(BaseException):
        pass

    def reach(name: str) -> None:
        if name == point:
            raise Killed

    monkeypatch.setattr(fault_points, "reach", reach)
    for second in (0, 60, 120, 180):
        with suppress(Killed):
            after(second, clock)
    monkeypatch.setattr(fault_points, "reach", lambda name: None)
    for second in (600, 1200, 1800):
        after(second, clock)
    assert len(server.containers) == 1
    assert len(server.published) <= 1


def test_what_the_network_has_forgotten_since_is_made_anew(delivery, server, clock):
    after(0, clock)
    part = delivery.parts.get()
    part.prepared["good_until"] = (NOON + SECOND).isoformat()
    part.save()
    after(5, clock)
    assert server.count("prepare") == 2


def raising(error):
    """A fault that is ``error``."""

    def fault(*_given):
        raise error

    return fault


def test_what_the_network_lost_before_it_was_published_is_made_anew(delivery, server, clock):
    server.fail("send", raising(PreparationLost("It is not there any more.")))
    for second in (0, 5, 10, 15, 60, 65, 70, 75, 120):
        after(second, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert (server.count("prepare"), [message.key for message in server.published]) == (2, ["container-2"])


def test_what_was_refused_while_it_was_prepared_is_not_gone_on_with(delivery, server, clock):
    after(0, clock)
    server.fail("status", raising(Refused("The video cannot be read.")))
    after(5, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert delivery.parts.get().prepared == {}


def test_a_network_that_is_at_work_for_hours_is_believed_no_more(delivery, server, clock):
    Delivery.objects.update(news_class="evergreen")
    server.processing = 10**6
    for minute in range(400):
        after(minute * 60, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert "for hours" in delivery.state_reason


def test_a_preparation_that_comes_to_no_end_is_given_up(delivery, server, clock, monkeypatch):
    monkeypatch.setattr(preparing, "MOST_STEPS", 3)
    server.processing = 10**6
    for second in range(0, 60, 5):
        after(second, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert server.count("status") == 3


def test_hours_under_a_hold_are_no_hours_of_processing(delivery, server, clock):
    Delivery.objects.update(news_class="evergreen")
    after(0, clock)
    hold = Hold.objects.create(scope=Hold.Scope.ALL, reason="breaking", placed_at=NOON)
    after(10, clock)
    Hold.objects.filter(pk=hold.pk).update(lifted_at=NOON)
    for second in (30_000, 30_010, 30_020, 30_030):
        after(second, clock)
    delivery.refresh_from_db()
    assert delivery.state == State.SENT


def test_a_hold_that_comes_while_the_network_is_at_work_stops_the_sending(delivery, server, account, clock):
    after(0, clock)
    Hold.objects.create(scope=Hold.Scope.ALL, reason="breaking", placed_at=NOON)
    for second in (5, 10, 60):
        after(second, clock)
    assert server.published == []


def test_who_has_lost_the_fence_keeps_no_step(delivery, monkeypatch):
    kept = preparing._keep

    def overtaken(*args, **kwargs):
        Delivery.objects.update(fence=99)
        kept(*args, **kwargs)

    monkeypatch.setattr(preparing, "_keep", overtaken)
    result = tick(NOON, "slow")
    assert result.lost_fence == 1
    assert delivery.parts.get().prepared == {}


def test_a_long_upload_gives_others_their_turn(delivery, server, monkeypatch):
    monkeypatch.setattr(preparing, "LONGEST_TURN", -SECOND)
    [claimed] = claim.claim(NOON, "worker", 10)
    claim.release_claims([claimed])
    tick(NOON, "worker")
    delivery.refresh_from_db()
    assert delivery.lease_until is None


def test_a_payload_of_an_older_version_is_refused_with_a_sentence(delivery):
    frozen = {**delivery.payload, "version": 1}
    Delivery.objects.update(payload=frozen, payload_hash=digest(frozen), approved_hash=digest(frozen))
    tick(NOON, "worker")
    delivery.refresh_from_db()
    assert delivery.state == State.STOPPED
    assert "older version" in delivery.state_reason
