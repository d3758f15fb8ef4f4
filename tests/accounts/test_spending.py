"""What calls cost is summed by month; reading stops before posting, and posting at the ceiling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from smeditor.accounts import spending
from smeditor.exceptions import RateLimited
from smeditor.models import Account, Spending
from smeditor.networks.base import Capabilities
from smeditor.networks.costs import Costs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
CENT = Decimal("0.01")


class Priced:
    """As much of a network as is asked here."""

    capabilities = Capabilities(priced=True)

    def __init__(self) -> None:
        self.costs = Costs()


@pytest.fixture
def account(db) -> Account:
    return Account.objects.create(network="x", server_url="https://x.example", monthly_ceiling=Decimal("1.00"))


def spend(account, amount, now=NOW, operation="create") -> None:
    costs = Costs()
    costs.add(operation, Decimal(amount))
    spending.save(account, costs, now)


def network_of(account, now=NOW, *, reading=False):
    network = Priced()
    spending.give_budget(network, account, now, reading=reading)
    return network


def test_sums_are_kept_by_month_and_kind_of_call(account):
    for amount, now in (("0.2", NOW), ("0.015", NOW), ("0.2", NOW + timedelta(hours=1))):
        spend(account, amount, now)
    spend(account, "0.005", operation="read")
    rows = Spending.objects.order_by("month", "operation").values_list("month__month", "operation", "count", "amount")
    assert list(rows) == [
        (11, "create", 2, Decimal("0.215")),
        (11, "read", 1, Decimal("0.005")),
        (12, "create", 1, Decimal("0.2")),
    ]
    assert spending.spent(account, NOW) == Decimal("0.22")


def test_what_was_saved_is_not_saved_again(account):
    costs = Costs()
    costs.add("create", CENT)
    for _time in range(2):
        spending.save(account, costs, NOW)
    assert spending.spent(account, NOW) == CENT


def test_reading_stops_before_posting(account):
    spend(account, "0.71")
    network_of(account).costs.ask(CENT, "X")
    with pytest.raises(RateLimited):
        network_of(account, reading=True).costs.ask(CENT, "X")


def test_posting_stops_at_the_ceiling_until_the_month_ends(account):
    spend(account, "1.00")
    with pytest.raises(RateLimited) as caught:
        network_of(account).costs.ask(CENT, "X")
    assert caught.value.until == datetime(2026, 12, 1, tzinfo=UTC)
    network_of(account, NOW + timedelta(hours=1)).costs.ask(CENT, "X")


def test_without_a_ceiling_nothing_stops_and_nothing_is_asked(account, django_assert_num_queries):
    account.monthly_ceiling = None
    with django_assert_num_queries(0):
        network_of(account).costs.ask(Decimal(1000), "X")


def test_december_ends_with_the_year():
    assert spending.end_of_month(datetime(2026, 12, 31, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
