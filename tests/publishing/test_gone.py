"""What is deleted on the network is a state of its own: read no more, edited no more, and posted again only on request (P9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor.listening import plan
from smeditor.listening.account import note_own_gone
from smeditor.listening.batch import Origin
from smeditor.models import Delivery, Post
from smeditor.publishing.approval import CannotApprove
from smeditor.publishing.approve import delete, post_again
from smeditor.publishing.engine import tick
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
State = Delivery.State


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def sent(make_account, make_post):
    make_post(make_account("mastodon"), text="One\n---\nTwo")
    tick(NOON + SECOND, "worker")
    return Delivery.objects.get()


@pytest.fixture
def gone(sent, editor):
    delete(sent, editor, NOON + SECOND)
    tick(NOON + 2 * SECOND, "worker")
    sent.refresh_from_db()
    return sent


def test_a_deletion_from_the_desk_ends_in_a_state_with_its_reason(gone):
    assert gone.state == State.GONE
    assert gone.state_reason
    assert len(server_at(gone.account.server_url).deleted) == 2


def test_what_is_gone_is_read_no_more(gone):
    assert plan.threads_due(gone.account, NOON + timedelta(minutes=5)).walks == ()


def test_what_is_gone_is_not_edited_and_not_posted_again_by_the_way(gone, editor):
    changed = Post.objects.get().get_latest_revision_as_object()
    changed.text = "Corrected"
    changed.save_revision(user=editor).publish(user=editor)
    tick(NOON + 3 * SECOND, "worker")
    assert not Delivery.objects.filter(operation="edit").exists()
    assert Delivery.objects.filter(operation="publish").count() == 1


def test_it_is_posted_again_on_request_once(gone, editor):
    again = post_again(gone, editor, NOON + 3 * SECOND)
    assert post_again(gone, editor, NOON + 3 * SECOND) == again
    tick(NOON + 4 * SECOND, "worker")
    again.refresh_from_db()
    assert (again.state, again.occurrence) == (State.SENT, 1)
    assert again.link_token != gone.link_token


def test_posting_again_asks_for_four_eyes_too(gone, editor):
    type(gone.account).objects.update(approval="four_eyes")
    with pytest.raises(CannotApprove):
        post_again(gone, editor, NOON + 3 * SECOND)
    other = factories.make_user("other", "Other", "One")
    assert post_again(gone, other, NOON + 3 * SECOND).state == State.SCHEDULED


def test_a_deletion_by_hand_on_the_network_is_noted(sent):
    origin = Origin(sent.account.network, account=sent.account)
    assert note_own_gone((sent.remote_id, "of-nobody"), origin, NOON) == 1
    sent.refresh_from_db()
    assert (sent.state, sent.state_reason) == (State.GONE, "It was deleted on the network, not from the desk.")
    assert note_own_gone((sent.remote_id,), origin, NOON) == 0
