"""Leases and fences: who was overtaken may not write, and a dead worker's sending becomes a doubt, never due again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor import conf
from smeditor.models import Account, Attempt, Delivery
from smeditor.networks import ssrf_guard
from smeditor.networks.deadline import DEADLINE
from smeditor.publishing.engine import claim, fault_points, outcome, tick
from smeditor.publishing.engine.claim import FenceLost
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
LEASE = timedelta(seconds=conf.DEFAULTS["LEASE"])
SECOND = timedelta(seconds=1)


class Killed(BaseException):
    """A worker that dies: nothing of ours may catch it."""


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def account(make_account) -> Account:
    return make_account("mastodon")


@pytest.fixture
def delivery(account, make_post) -> Delivery:
    make_post(account)
    return Delivery.objects.get()


def dies_at(monkeypatch, point: str) -> None:
    def reach(name: str) -> None:
        if name == point:
            raise Killed

    monkeypatch.setattr(fault_points, "reach", reach)


def test_what_one_worker_has_claimed_no_other_gets(delivery):
    assert claim.claim(NOON, "one", 10) == [delivery]
    assert claim.claim(NOON, "two", 10) == []


def test_a_lease_ends_and_the_next_claim_takes_the_fence(delivery):
    [first] = claim.claim(NOON, "one", 10)
    [second] = claim.claim(NOON + LEASE + SECOND, "two", 10)
    assert second.fence > first.fence
    with pytest.raises(FenceLost):
        claim.write(first, state_reason="stale")
    claim.write(second, state_reason="fresh")


@pytest.mark.parametrize("point", fault_points.POINTS)
@pytest.mark.parametrize("kind", ["bluesky", "mastodon", "plain", "container"])
def test_a_worker_that_dies_at_any_point_loses_and_doubles_nothing(make_account, make_post, monkeypatch, kind, point):
    account = make_account(kind)
    make_post(account)
    server = server_at(account.server_url)
    if "read_back" in point or point == "reaped":
        server.fail("send", faults.times_out)
    dies_at(monkeypatch, point)
    moment = NOON + SECOND
    for _round in range(4):
        try:
            tick(moment, "dying")
        except Killed:
            break
        moment += LEASE + SECOND
    monkeypatch.undo()
    for _round in range(8):
        moment += LEASE + SECOND
        tick(moment, "living")
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT
    assert len(server.published) == 1


def test_on_a_blind_network_a_dead_worker_leaves_a_question_for_a_person(make_account, make_post, monkeypatch):
    account = make_account("blind")
    make_post(account)
    dies_at(monkeypatch, "after_send")
    with pytest.raises(Killed):
        tick(NOON + SECOND, "dying")
    monkeypatch.undo()
    for minutes in (2, 4, 30):
        tick(NOON + timedelta(minutes=minutes), "living")
    assert Delivery.objects.get().state == State.HUMAN
    assert len(server_at(account.server_url).published) == 1


def test_a_slow_worker_that_lost_its_fence_still_tells_what_it_knows(delivery, account):
    """It answers after the reaper took over: the doubt ends by its word, and nothing is sent twice."""
    server = server_at(account.server_url)
    server.fail("send", faults.calling(lambda: tick(NOON + LEASE + 2 * SECOND, "reaper")))
    result = tick(NOON + SECOND, "slow")
    assert result.lost_fence == 1
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == 1
    assert delivery.attempts.get().state == Attempt.State.ACCEPTED


def test_what_a_slow_worker_tells_counts_whole_or_not_at_all(make_account, make_post, monkeypatch):
    """It loses its connection between the attempt's record and the delivery's: what is in doubt must stay looked for."""
    account = make_account("plain")
    make_post(account)
    server = server_at(account.server_url)
    server.fail("send", faults.calling(lambda: tick(NOON + LEASE + 2 * SECOND, "reaper")))
    with monkeypatch.context() as patched:
        patched.setattr(outcome, "adopt", lists_once_then_killed(outcome.adopt))
        with pytest.raises(Killed):
            tick(NOON + SECOND, "slow")
    assert Attempt.objects.get().state == Attempt.State.UNKNOWN
    for minutes in (2, 4, 8, 30):
        tick(NOON + timedelta(minutes=minutes), "living")
    assert Delivery.objects.get().state == State.SENT
    assert len(server.published) == 1


def lists_once_then_killed(adopt):
    """``adopt`` that fails its second caller: the first has lost the fence, the second is who tells of it."""
    todos = []

    def adopting(*args, **kwargs):
        todos.append(args)
        if len(todos) > 1:
            raise Killed
        return adopt(*args, **kwargs)

    return adopting


@pytest.mark.parametrize("state", [State.SCHEDULED, State.LATE, State.HUMAN])
def test_what_a_slow_worker_tells_ends_a_second_sending_that_has_not_begun(delivery, account, state):
    """It was looked for and seemed absent; the worker that woke up knows better."""

    def seems_absent():
        tick(NOON + LEASE + 2 * SECOND, "reaper")
        Delivery.objects.update(state=state)

    server = server_at(account.server_url)
    server.fail("send", faults.calling(seems_absent))
    tick(NOON + SECOND, "slow")
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    assert len(server.published) == 1


def test_a_doubt_without_an_attempt_to_look_for_goes_to_a_person(delivery, account):
    """Nothing to look for is no proof that nothing is there."""
    Delivery.objects.update(state=State.UNKNOWN)
    tick(NOON + SECOND, "worker")
    delivery.refresh_from_db()
    assert delivery.state == State.HUMAN
    assert len(server_at(account.server_url).published) == 0


def test_a_sending_may_leave_only_while_its_lease_lasts(delivery, account):
    """Whoever is stopped after the last look, by a pause of the machine, must not send when others settle the doubt."""
    left = []
    server_at(account.server_url).fail("send", faults.calling(lambda: left.append(ssrf_guard.seconds_left(None))))
    tick(NOON + SECOND, "worker")
    assert left == [pytest.approx(LEASE.total_seconds(), abs=1)]
    assert DEADLINE.get() is None


def test_an_edit_while_a_worker_prepares_wins(delivery, account, make_post, editor):
    post = delivery.post

    def edit() -> None:
        post.text = "Corrected"
        post.save_revision(user=editor).publish(user=editor)

    server_at(account.server_url).fail("prepare", faults.calling(edit))
    assert tick(NOON + SECOND, "worker").lost_fence == 1
    tick(NOON + 2 * SECOND, "worker")
    [published] = server_at(account.server_url).published
    assert published.body["text"] == "Corrected"


def test_a_payload_that_was_tampered_with_is_refused(delivery, account):
    delivery.payload["parts"][0]["text"] = "Not what was approved"
    delivery.save()
    tick(NOON + SECOND, "worker")
    delivery.refresh_from_db()
    assert delivery.state == State.STOPPED
    assert not server_at(account.server_url).todos


def test_the_intent_is_committed_before_the_call(delivery, account):
    observed = []

    def check() -> None:
        row = Delivery.objects.get(pk=delivery.pk)
        attempt = row.attempts.get()
        observed.append((row.state, attempt.state, attempt.identity == row.parts.get().identity != ""))

    server_at(account.server_url).fail("send", faults.calling(check))
    tick(NOON + SECOND, "worker")
    assert observed == [(State.SENDING, Attempt.State.SENDING, True)]
