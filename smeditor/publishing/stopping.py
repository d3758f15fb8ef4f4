"""What a stop would stop, counted before anybody confirms it: by when it is due, and by account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from smeditor import conf
from smeditor.models import Delivery, Hold
from smeditor.publishing import holds, slots

MOST = 1_000
"""Deliveries that are looked at, the earliest first: what is due within the hour is always among them."""
SOON = timedelta(hours=1)


@dataclass
class Waiting:
    """How many deliveries wait, of ``MOST`` at most; ``more``: there are others, later than these."""

    soon: int = 0
    """Due within ``SOON``; what is overdue counts."""
    today: int = 0
    """Due before the newsroom's midnight, ``soon`` included."""
    total: int = 0
    sending: int = 0
    """Being sent at this moment, so that nothing can stop them any more; in no other number."""
    more: bool = False

    def add(self, slot: datetime, soon: datetime, midnight: datetime) -> None:
        """Count a delivery that waits for ``slot``."""
        self.soon += slot <= soon
        self.today += slot < midnight
        self.total += 1


@dataclass
class Forecast:
    """What a stop would stop."""

    whole: Waiting = field(default_factory=Waiting)
    by_account: dict[int, Waiting] = field(default_factory=dict)
    """By the account's id; an account with nothing that waits is not in it."""

    def of(self, accounts: Iterable[int]) -> Waiting:
        """The same for several accounts together, such as a desk's."""
        found = [self.by_account[key] for key in accounts if key in self.by_account]
        return Waiting(
            soon=sum(row.soon for row in found),
            today=sum(row.today for row in found),
            total=sum(row.total for row in found),
            sending=sum(row.sending for row in found),
            more=self.whole.more,
        )


def forecast(hold: Hold, now: datetime) -> Forecast:
    """What ``hold``, saved or not, stops at the aware time ``now``. Two questions, however much waits."""
    found = Forecast()
    accounts: dict[int, Waiting] = {}
    midnight = slots.repeated(slots.midnight_before(now, conf.zone()), 1, conf.zone())
    rows = list(_rows(hold, Delivery.State.SCHEDULED).order_by("slot")[: MOST + 1])
    found.whole.more = len(rows) > MOST
    for delivery in rows[:MOST]:
        if holds.binds(hold, delivery):
            for waiting in (found.whole, accounts.setdefault(delivery.account_id, Waiting())):
                waiting.add(delivery.slot, now + SOON, midnight)
    at_work = Counter(
        delivery.account_id
        for delivery in _rows(hold, Delivery.State.SENDING).order_by()[:MOST]
        if holds.binds(hold, delivery)
    )
    for account, number in at_work.items():
        accounts.setdefault(account, Waiting()).sending = number
    found.whole.sending = at_work.total()
    found.by_account = accounts
    return found


def _rows(hold: Hold, state: str) -> QuerySet[Delivery]:
    """The deliveries in ``state`` that ``hold`` may stop, with the columns by which :func:`holds.binds` knows it."""
    rows = Delivery.objects.filter(state=state).select_related("post", "account")
    asked = ("state", "slot", "post__topics", "post__article_key", "account__network", "account__desk_id")
    condition = holds.bound(hold)
    return (rows if condition is None else rows.filter(condition)).only(*asked)
