"""The rates that networks tell: saved seldom while there is plenty, at once when there is little."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.accounts import clients
from smeditor.models import RateLimit
from smeditor.networks.rates import Rate
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored_after(make_account):
    """Let the account's network say how many of 300 requests are left; returns what is stored then."""
    account = make_account()
    network = clients.open_network(account)

    def tell(remaining: int) -> int:
        network.rates["send"] = Rate("send", 300, remaining, NOON + timedelta(minutes=5))
        clients.save_after(network, account)
        return RateLimit.objects.get(account=account, bucket="send").remaining

    yield tell
    network.close()


def test_while_plenty_is_left_one_row_in_some_seconds_is_enough(stored_after):
    assert [stored_after(250), stored_after(249), stored_after(248)] == [250, 250, 250]


def test_what_is_nearly_spent_is_stored_at_once(stored_after):
    assert [stored_after(250), stored_after(30), stored_after(29), stored_after(0)] == [250, 30, 29, 0]


def test_after_little_was_left_plenty_is_stored_at_once(stored_after):
    assert [stored_after(0), stored_after(299)] == [0, 299]


def test_some_seconds_later_the_row_is_written_again(stored_after, monkeypatch):
    assert stored_after(250) == 250
    monkeypatch.setattr(clients, "RATES_EVERY", 0.0)
    assert stored_after(240) == 240
