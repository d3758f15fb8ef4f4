"""A page on LinkedIn in the desk: an article with its card and an image, comments, a lost answer that is read back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.accounts import connect
from smeditor.listening import poll
from smeditor.models import Account, Delivery, PostMedia, Reaction
from smeditor.publishing.engine import tick
from tests.networks.doubles.base import Fault
from tests.networks.doubles.controls import control_of
from tests.networks.linkedin_steps import linkedin_server
from tests.newsroom import factories
from tests.outside.test_desk import chief, publish

__all__ = ["chief"]
pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def double(settings):
    settings.LANGUAGE_CODE = "en"
    settings.SMEDITOR = {**settings.SMEDITOR, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
    with linkedin_server() as server:
        yield server
        assert server.breaches == []


@pytest.fixture
def account(double) -> Account:
    known = control_of(double).connection()
    account = Account(network="linkedin", server_url=double.url, minimum_gap=0, approval=Account.Approval.NONE)
    account.handle, account.remote_id, account.secret = known["handle"], known["remote_id"], known["secret"]
    account.save()
    connect.verify(account)
    account.refresh_from_db()
    assert account.verified_at
    return account


def finished(times: int = 6) -> Delivery:
    """The only delivery, after as many ticks as its files need."""
    for number in range(1, times + 1):
        tick(timezone.now() + timedelta(minutes=number), "w")
        delivery = Delivery.objects.get()
        if delivery.state == State.SENT:
            break
    return delivery


def test_a_post_goes_out_and_its_comment_comes_home(account, chief, double):
    publish(account, chief.user)
    delivery = finished()
    assert delivery.state == State.SENT, delivery.state_reason
    assert list(double.posts) == [delivery.remote_id]
    control_of(double).reader_writes("amelie", "When does it open?")
    poll.run_due(timezone.now() + timedelta(hours=1), "w")
    assert Reaction.objects.get().content.text == "When does it open?"


def test_an_image_goes_with_its_alternative_text(account, chief, double):
    publish(account, chief.user, media=[PostMedia(image=factories.make_image(), alt="The port")])
    delivery = finished()
    assert delivery.state == State.SENT, delivery.state_reason
    [post] = double.posts.values()
    assert post["content"]["media"]["altText"] == "The port"


def test_a_lost_answer_is_read_back_and_nothing_is_sent_twice(account, chief, double):
    double.faults.append(Fault(lambda request: (request.method, request.path) == ("POST", "/rest/posts"), None))
    publish(account, chief.user)
    delivery = finished()
    assert delivery.state == State.SENT, delivery.state_reason
    assert list(double.posts) == [delivery.remote_id]
    assert double.requests.count(("POST", "/rest/posts")) == 1
