"""The places of an account's weekly plan that nothing fills yet."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from smeditor import conf
from smeditor.desk.planning.entries import own_clock
from smeditor.models import Account
from smeditor.publishing.slots import Plan, taken_by_account


@dataclass(frozen=True, slots=True)
class Place:
    """A free slot of an account: where a new post for it begins, and where a delivery may be dropped."""

    account: int
    at: datetime
    time: str
    own_time: str
    write_url: str
    """The form of a new post for this account at this time; "" for who writes none."""

    @property
    def exact(self) -> str:
        """The instant in ISO 8601."""
        return self.at.isoformat()


def free(plan: Plan, begin: datetime, end: datetime, taken: Iterable[datetime]) -> list[datetime]:
    """The slots of ``plan`` in [``begin``, ``end``), outside the quiet hours, with no ``taken`` instant nearer than the gap.

    All aware; in order.
    """
    known: list[datetime] = sorted(taken)
    found = []
    for moment in plan.occurrences(begin - timedelta(microseconds=1), days=(end - begin).days + 1):
        if moment >= end:
            break
        near = bisect_left(known, moment)
        beside = known[max(near - 1, 0) : near + 1]
        if plan.is_quiet(moment) or moment in beside or plan.too_near(moment, beside) is not None:
            continue
        found.append(moment)
        insort(known, moment)  # two slots nearer to each other than the gap are one place
    return found


def places(accounts: Iterable[Account], begin: datetime, end: datetime, writes_for: Mapping[int, bool]) -> list[Place]:
    """The free places of ``accounts`` (read with their slots) from ``begin`` to ``end``, by time.

    ``writes_for``: whether this user may write for the account with that id.
    """
    plans = {account.pk: Plan.of(account) for account in accounts if account.sends}
    plans = {key: plan for key, plan in plans.items() if plan.weekly}
    if not plans or begin >= end:
        return []
    widest = max(plan.gap for plan in plans.values())
    taken = taken_by_account(plans, begin - widest, end + widest)
    form, own = reverse("smeditor_posts:add"), timezone.get_current_timezone()
    found = []
    for account, plan in plans.items():
        for moment in free(plan, begin, end, taken.get(account, ())):
            local = timezone.localtime(moment, conf.zone())
            query = urlencode({"account": account, "send_at": moment.isoformat()})
            write_url = f"{form}?{query}" if writes_for.get(account) else ""
            found.append(Place(account, moment, f"{local:%H:%M}", own_clock(moment, own), write_url))
    return sorted(found, key=lambda place: (place.at, place.account))
