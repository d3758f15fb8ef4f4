"""What the calls of an account have cost this month, and how much it may still spend: reading stops before posting."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from smeditor.models import Account, Spending
from smeditor.networks.base import Network
from smeditor.networks.costs import Costs

READING_SHARE = Decimal("0.7")
"""The share of the month's ceiling above which nothing more is read, so that posts still go out."""


def month_of(now: datetime) -> date:
    """The first day of the month at the aware time ``now``, in UTC."""
    return now.astimezone(UTC).date().replace(day=1)


def end_of_month(now: datetime) -> datetime:
    """The aware moment at which the month of ``now`` ends, in UTC."""
    first = month_of(now)
    year, month = (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


def spent(account: Account, now: datetime) -> Decimal:
    """The month's sum of the account, in US dollars."""
    rows = Spending.objects.filter(account=account, month=month_of(now))
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal()


def give_budget(network: Network, account: Account, now: datetime, *, reading: bool) -> None:
    """Tell an opened network how much its calls may still cost; without a ceiling nothing is asked of the database."""
    if not network.capabilities.priced or account.monthly_ceiling is None:
        return
    ceiling = account.monthly_ceiling * (READING_SHARE if reading else 1)
    network.costs.budget = ceiling - spent(account, now)
    network.costs.until = end_of_month(now)


def save(account: Account, costs: Costs, now: datetime) -> None:
    """Add what was spent to the month's sums, and forget it: other workers add theirs to the same rows."""
    sums: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal()))
    for cost in costs:
        count, amount = sums[cost.operation[:40]]
        sums[cost.operation[:40]] = (count + 1, amount + cost.amount)
    costs.clear()
    for operation, (count, amount) in sums.items():
        with transaction.atomic():
            row, _made = Spending.objects.get_or_create(account=account, month=month_of(now), operation=operation)
            Spending.objects.filter(pk=row.pk).update(count=F("count") + count, amount=F("amount") + amount)
