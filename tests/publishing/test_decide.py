"""A person's decisions: they settle what the engine must not, are recorded, and come too late without harm."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor.models import Attempt, Delivery
from smeditor.publishing import decide
from smeditor.publishing.engine import tick
from smeditor.publishing.proof import proof
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
LATER = NOON + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def doubtful(make_account, make_post):
    account = make_account("blind", profile_url="https://blind.example/@paper")
    make_post(account)
    server_at(account.server_url).fail("send", faults.accepts_then_times_out)
    tick(NOON + timedelta(seconds=1), "worker")
    return Delivery.objects.get()


def test_it_is_there(doubtful, editor):
    assert decide.it_is_there(doubtful, editor, "https://blind.example/@paper/1", LATER) is False
    assert doubtful.state == State.SENT
    assert doubtful.remote_url == "https://blind.example/@paper/1"
    attempt = doubtful.attempts.get()
    assert (attempt.state, attempt.decided_by) == (Attempt.State.DECIDED, editor)
    tick(LATER, "worker")
    assert len(server_at(doubtful.account.server_url).published) == 1


def test_where_the_network_can_say_it_has_the_last_word(make_account, make_post, editor):
    account = make_account("plain")
    make_post(account)
    server = server_at(account.server_url)
    server.fail("send", faults.accepts_then_times_out)
    tick(NOON + timedelta(seconds=1), "worker")
    delivery = Delivery.objects.get()
    assert decide.it_is_there(delivery, editor, "https://plain1.example/wrong", LATER) is True
    assert delivery.remote_id == server.published[0].uri


@pytest.mark.parametrize("url", ["", "not a link", "javascript:alert(1)", "https://elsewhere.example/1"])
def test_a_link_that_cannot_be_it_changes_nothing(doubtful, editor, url):
    with pytest.raises(decide.CannotDecide) as problem:
        decide.it_is_there(doubtful, editor, url, LATER)
    assert problem.value.sentence
    doubtful.refresh_from_db()
    assert doubtful.state == State.HUMAN


def test_it_is_not_there(doubtful, editor):
    identity = doubtful.parts.get().identity
    server = server_at(doubtful.account.server_url)
    server.published.clear()
    decide.it_is_not_there(doubtful, editor, LATER)
    tick(LATER, "worker")
    doubtful.refresh_from_db()
    assert doubtful.state == State.SENT
    assert [message.key for message in server.published] == [identity]


def test_a_decision_that_comes_too_late_says_what_happened(doubtful, editor):
    decide.it_is_there(doubtful, editor, "https://blind.example/@paper/1", LATER)
    with pytest.raises(decide.CannotDecide, match="sent"):
        decide.it_is_not_there(doubtful, editor, LATER)


@pytest.fixture
def late(make_account, make_post):
    make_post(make_account(), news_class="breaking")
    tick(LATER, "worker")
    return Delivery.objects.get()


def test_what_is_late_is_sent_when_a_person_says_so(late, editor):
    assert late.state == State.LATE
    decide.send_now(late, editor, LATER)
    tick(LATER, "worker")
    late.refresh_from_db()
    assert late.state == State.SENT


def test_what_is_dropped_is_never_sent(late, editor):
    decide.drop(late, editor, LATER)
    tick(LATER, "worker")
    late.refresh_from_db()
    assert late.state == State.CANCELLED


def test_a_time_that_has_passed_is_no_slot(late, editor):
    with pytest.raises(decide.CannotDecide):
        decide.move(late, editor, NOON, LATER)
    late.refresh_from_db()
    assert late.state == State.LATE


def test_the_proof_tells_the_whole_story(doubtful, editor):
    decide.it_is_not_there(doubtful, editor, LATER)
    server_at(doubtful.account.server_url).fail("send", faults.refuses)
    tick(LATER, "worker")
    doubtful.refresh_from_db()
    record = proof(doubtful)
    assert record["intact"]
    assert record["approved"]["by"] == editor.username
    assert [attempt["state"] for attempt in record["attempts"]] == ["decided", "refused"]
    assert record["attempts"][0]["decided_by"] == editor.username
    assert record["attempts"][0]["identity"] == record["attempts"][1]["identity"] == record["parts"][0]["identity"]
    doubtful.payload["parts"][0]["text"] += " "
    assert not proof(doubtful)["intact"]
