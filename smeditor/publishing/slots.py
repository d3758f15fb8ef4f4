"""Slots: weekly times on the newsroom's wall clock, right through every change of the clocks.

A wall time that a change of the clocks skips (gap) becomes the first instant after it; one that comes twice (fold) is
taken the first time. So each slot happens exactly once a day, whatever the zone does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smeditor import conf
from smeditor.models import Account, Delivery, NewsClass, Post

HORIZON_DAYS = 60
MOST_READ = 5000
"""Slots that are compared with the plans of several accounts at once: more than a newsroom plans in a month."""
TAKEN_STATES = (
    Delivery.State.SCHEDULED,
    Delivery.State.SENDING,
    Delivery.State.SENT,
    Delivery.State.UNKNOWN,
    Delivery.State.HUMAN,
)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The aware UTC instant at which the clocks of ``zone`` show ``wall`` on ``day`` (see the module's rule)."""
    naive = datetime.combine(day, wall.replace(tzinfo=None))
    first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == naive:
        return first
    return _after_gap(naive.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the offset changes in (``before``, ``after``]."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old:
            low = middle + 1
        else:
            high = middle
    return before + timedelta(seconds=low)


def repeated(first: datetime, days: int, zone: ZoneInfo) -> datetime:
    """``first`` again ``days`` later at the same time on the wall clock (not the same number of hours)."""
    local = first.astimezone(zone)
    return instant(local.date() + timedelta(days=days), local.time(), zone)


@dataclass(frozen=True)
class Plan:
    """When an account may post: weekly (weekday, wall time) slots, the gap, the quiet hours, all in ``zone``."""

    weekly: tuple[tuple[int, time], ...]
    gap: timedelta
    quiet_from: time | None
    quiet_until: time | None
    zone: ZoneInfo

    @classmethod
    def of(cls, account: Account) -> Plan:
        """Return the account's plan, in the newsroom's time zone."""
        return cls(
            weekly=tuple((slot.weekday, slot.time) for slot in account.slots.all()),
            gap=timedelta(minutes=account.minimum_gap),
            quiet_from=account.quiet_from,
            quiet_until=account.quiet_until,
            zone=conf.zone(),
        )

    def occurrences(self, after: datetime, days: int = HORIZON_DAYS) -> Iterator[datetime]:
        """The slots later than ``after``, in order, each once for its day."""
        start = after.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(days + 2):
            day = start + timedelta(days=offset)
            walls = sorted(wall for weekday, wall in self.weekly if weekday == day.weekday())
            yield from (moment for moment in (instant(day, wall, self.zone) for wall in walls) if moment > after)

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the wall clock shows a time of the quiet hours, which may run over midnight."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return False
        wall = moment.astimezone(self.zone).time()
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= wall < self.quiet_until
        return wall >= self.quiet_from or wall < self.quiet_until

    def after_quiet(self, moment: datetime) -> datetime:
        """``moment``, or the end of the quiet hours that it lies in."""
        if not self.is_quiet(moment) or self.quiet_until is None:
            return moment
        today = moment.astimezone(self.zone).date()
        for days in range(3):
            end = instant(today + timedelta(days=days), self.quiet_until, self.zone)
            # Where the clock skips the whole gap between two quiet hours, they go on until the next day's end.
            if end > moment and not self.is_quiet(end):
                return end
        return moment

    def too_near(self, moment: datetime, taken: Iterable[datetime]) -> datetime | None:
        """The taken instant that is nearer to ``moment`` than the gap, the latest one; None when there is room."""
        near = [other for other in taken if abs(other - moment) < self.gap]
        return max(near, default=None)

    def next_free(self, after: datetime, taken: Sequence[datetime]) -> datetime:
        """The first slot after ``after`` outside the quiet hours with the gap kept; without slots, the first moment."""
        for moment in self.occurrences(after):
            free = moment not in taken and self.too_near(moment, taken) is None
            if free and not self.is_quiet(moment):
                return moment
        return self.next_moment(after, taken)

    def next_moment(self, after: datetime, taken: Sequence[datetime]) -> datetime:
        """The first moment from ``after`` on outside the quiet hours with the gap kept."""
        moment = self.after_quiet(after)
        while (near := self.too_near(moment, taken)) is not None:
            moment = self.after_quiet(near + self.gap)
        return moment


def taken_slots(account: Account, since: datetime, without: Iterable[Delivery] = ()) -> list[datetime]:
    """The slots of the account's posts that are planned or went out, from ``since`` on, but those of ``without``."""
    rows = Delivery.objects.filter(
        account=account, operation=Delivery.Operation.PUBLISH, state__in=TAKEN_STATES, slot__gte=since
    ).exclude(post__kind=Post.Kind.REPLY)
    return list(rows.exclude(pk__in=[delivery.pk for delivery in without]).values_list("slot", flat=True))


def taken_by_account(accounts: Iterable[int], begin: datetime, end: datetime) -> dict[int, list[datetime]]:
    """The slots in [``begin``, ``end``) of the posts of each of ``accounts`` (ids) that are planned or went out, by time.

    At most ``MOST_READ`` of them all, the earliest.
    """
    rows = Delivery.objects.filter(
        account__in=list(accounts),
        operation=Delivery.Operation.PUBLISH,
        state__in=TAKEN_STATES,
        slot__gte=begin,
        slot__lt=end,
    ).exclude(post__kind=Post.Kind.REPLY)
    found: dict[int, list[datetime]] = {}
    for account, slot in rows.order_by("slot", "pk").values_list("account", "slot")[:MOST_READ]:
        found.setdefault(account, []).append(slot)
    return found


def allocate(post: Post, account: Account, now: datetime, embargo: datetime | None, exact: datetime | None) -> datetime:
    """The slot of ``post`` on ``account``: never before ``now`` or the embargo (both aware).

    An exact time is kept as it is; answers to readers and breaking news go at once; everything else takes the next
    free slot.
    """
    earliest = max(now, embargo) if embargo else now
    if exact:
        return max(exact, earliest)
    if post.kind == Post.Kind.REPLY or post.news_class == NewsClass.BREAKING:
        return earliest
    plan = Plan.of(account)
    taken = taken_slots(account, earliest - plan.gap)
    if plan.weekly:
        return plan.next_free(earliest, taken)
    return plan.next_moment(earliest, taken)


def midnight_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the newsroom's day began in which ``moment`` lies."""
    return instant(moment.astimezone(zone).date(), time(0), zone)
