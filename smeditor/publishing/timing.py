"""When an account's readers answer: times of day that did better in its own past, each with the cases behind it.

Nothing is taken from other newsrooms or from what networks advise. Where the past is too short, or no hour stands out from
the others by more than chance, nothing is proposed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Count

from smeditor import conf
from smeditor.models import Account, Delivery, Post

HISTORY = timedelta(days=180)
MATURITY = timedelta(days=2)
"""What went out later than that still gathers answers: it would speak against its own hour."""
MOST_CASES = 300
FLOOR = 30
"""Posts in all below which nothing is proposed."""
FLOOR_OF_HOUR = 5
"""Posts at an hour below which it is not compared."""
CERTAIN = 2.33
"""Standard errors by which an hour must be better than the others: one in a hundred stands out that far by chance."""
MOST_PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A post that went out: when, on the newsroom's clock, and how many different readers reacted to it."""

    weekend: bool
    hour: int
    readers: int


@dataclass(frozen=True, slots=True)
class Sums:
    """A number of whole numbers, their sum and that of their squares: what mean and variance need, exact however they add up."""

    number: int = 0
    total: int = 0
    squares: int = 0

    def __add__(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(self.number + other.number, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: Sums) -> Sums:
        """This one without ``other``, which is part of it."""
        return Sums(self.number - other.number, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float:
        """Of one or more."""
        return self.total / self.number

    @property
    def variance(self) -> float:
        """Of a sample of two or more."""
        return (self.number * self.squares - self.total**2) / (self.number * (self.number - 1))


@dataclass(frozen=True, slots=True)
class GoodTime:
    """An hour of the working days or of the weekend that did better than the others."""

    weekend: bool
    hour: int
    cases: int
    readers: float
    """Mean number of different readers of a post at this hour."""
    other_cases: int
    other_readers: float
    """The same of all other posts."""


def good_times(cases: Iterable[Case]) -> list[GoodTime]:
    """The hours whose posts were answered by more readers than the others, the best first; at most ``MOST_PROPOSED``.

    An hour is compared with all other posts (Welch's test, one-sided). None below ``FLOOR`` cases in all, or
    ``FLOOR_OF_HOUR`` at the hour.
    """
    rows = list(cases)
    if len(rows) < FLOOR:
        return []
    by_hour: dict[tuple[bool, int], Sums] = defaultdict(Sums)
    for case in rows:
        by_hour[case.weekend, case.hour] += Sums(1, case.readers, case.readers**2)
    everything = sum(by_hour.values(), Sums())
    found = []
    for (weekend, hour), here in sorted(by_hour.items()):
        others = everything - here
        if here.number >= FLOOR_OF_HOUR and others.number >= FLOOR_OF_HOUR and stands_out(here, others):
            found.append(GoodTime(weekend, hour, here.number, here.mean, others.number, others.mean))
    return sorted(found, key=lambda time: (-time.readers, time.weekend, time.hour))[:MOST_PROPOSED]


def stands_out(some: Sums, others: Sums) -> bool:
    """Whether the mean of ``some`` is higher than that of ``others`` by ``CERTAIN`` standard errors; each two or more."""
    error = sqrt(some.variance / some.number + others.variance / others.number)
    return some.mean - others.mean > max(CERTAIN * error, 0.0)


def cases_of(accounts: Sequence[Account], now: datetime) -> dict[int, list[Case]]:
    """By id of each account, its newest ``MOST_CASES`` posts that went out within ``HISTORY`` and have been read since."""
    keys = [key for account in accounts for key in _newest(account, now)]
    counted = Delivery.objects.filter(pk__in=keys).order_by()
    counted = counted.annotate(readers=Count("reactions__reader", distinct=True))
    zone = conf.zone()
    cases: dict[int, list[Case]] = {account.pk: [] for account in accounts}
    for account_id, sent_at, readers in counted.values_list("account", "sent_at", "readers"):
        if sent_at is not None:
            wall = sent_at.astimezone(zone)
            cases[account_id].append(Case(wall.weekday() >= 5, wall.hour, readers))
    return cases


def _newest(account: Account, now: datetime) -> list[int]:
    rows = Delivery.objects.filter(
        account=account,
        operation=Delivery.Operation.PUBLISH,
        state__in=[Delivery.State.SENT, Delivery.State.GONE],
        sent_at__gt=now - HISTORY,
        sent_at__lte=now - MATURITY,
    ).exclude(post__kind=Post.Kind.REPLY)
    return list(rows.order_by("-sent_at").values_list("pk", flat=True)[:MOST_CASES])
