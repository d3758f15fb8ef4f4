"""A Telegram channel in the desk: connected by its form, an image goes with its message, a doubt is settled by an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from werkzeug.wrappers import Response

from smeditor.listening import poll
from smeditor.models import Account, Delivery, Part, PostMedia, Reaction
from smeditor.publishing import decide
from smeditor.publishing.engine import tick
from tests.networks.doubles.base import Fault
from tests.networks.doubles.telegram.world import CHANNEL
from tests.networks.telegram_steps import telegram_server
from tests.newsroom import factories
from tests.outside.test_desk import chief, publish

__all__ = ["chief"]
pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def double(settings):
    settings.LANGUAGE_CODE = "en"
    settings.SMEDITOR = {**settings.SMEDITOR, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
    with telegram_server() as server:
        yield server
        assert server.breaches == []


@pytest.fixture
def account(chief, double) -> Account:
    form = {"network": "telegram", "server_url": double.url, "handle": "@leclair", "secret_bot_token": double.token}
    form |= {"approval": "none", "minimum_gap": "0", "sends": "on", "listens": "on"}
    form |= {"slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    chief.post(reverse("smeditor_accounts:add"), form)
    return Account.objects.get()


def sent(double):
    return list(double.world.messages[CHANNEL].values())


def now():
    return timezone.now() + timedelta(seconds=1)


def test_it_is_connected(account):
    assert (account.network, account.handle, account.remote_id) == ("telegram", "leclair", str(CHANNEL))


def test_a_post_goes_out_and_its_comment_comes_home(account, chief, double):
    publish(account, chief.user)
    poll.run_due(timezone.now(), "w")
    tick(now(), "w")
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT, delivery.state_reason
    double.comment(double.thread_of(sent(double)[0]["message_id"]), "When does it open?")
    poll.run_due(timezone.now() + timedelta(hours=1), "w")
    assert Reaction.objects.get().content.text == "When does it open?"


def test_an_image_goes_with_its_message(account, chief, double):
    publish(account, chief.user, media=[PostMedia(image=factories.make_image(), alt="The port")])
    tick(now(), "w")
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT, delivery.state_reason
    assert sent(double)[0]["photo"]


def test_an_image_is_made_again_for_a_second_try(account, chief, double):
    busy = Response("busy", 503, {"Retry-After": "1"})
    double.faults.append(Fault(lambda request: request.path.endswith("sendPhoto"), busy))
    publish(account, chief.user, media=[PostMedia(image=factories.make_image(), alt="The port")])
    tick(now(), "w")
    assert sent(double) == []
    tick(timezone.now() + timedelta(minutes=10), "w")
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT, delivery.state_reason
    assert sent(double)[0]["photo"]
    assert delivery.attempts.count() == 2


def test_a_doubt_goes_to_a_person_whose_address_becomes_the_message_s_id(account, chief, double):
    double.faults.append(Fault(lambda request: request.path.endswith("sendMessage"), None))
    publish(account, chief.user)
    tick(now(), "w")
    delivery = Delivery.objects.get()
    assert delivery.state in {State.HUMAN, State.UNKNOWN}
    number = sent(double)[0]["message_id"]
    with pytest.raises(decide.CannotDecide, match="no message of the channel"):
        decide.it_is_there(delivery, chief.user, "https://t.me/leclair", timezone.now())
    decide.it_is_there(delivery, chief.user, f"https://t.me/leclair/{number}", timezone.now())
    assert Part.objects.get().remote_id == f"{CHANNEL}/{number}"
    assert len(sent(double)) == 1
