"""The stretch of time that a calendar shows: a day by hours, a week or a month by days, on the newsroom's wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from smeditor.publishing.slots import instant

HOUR = timedelta(hours=1)


class View(StrEnum):
    """How much a calendar shows, as the address says it (``?view=``)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month around ``day`` in ``zone``.

    A day is cut into the hours that its clock shows: 23 or 25 of them where the clocks change. Weeks begin on Monday; a
    month is shown in whole weeks.
    """

    view: View
    day: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        """The days that are shown, in order: 1, 7, or the whole weeks in which the month lies."""
        if self.view == View.DAY:
            return [self.day]
        first = self.day.replace(day=1) if self.view == View.MONTH else self.day
        last = _next_month(self.day) - timedelta(days=1) if self.view == View.MONTH else self.day
        monday = first - timedelta(days=first.weekday())
        number = (last - monday).days // 7 * 7 + 7
        return [monday + timedelta(days=place) for place in range(number)]

    @property
    def begin(self) -> datetime:
        """The first instant, in UTC."""
        return instant(self.days[0], time(0), self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return instant(self.days[-1] + timedelta(days=1), time(0), self.zone)

    @property
    def bounds(self) -> list[datetime]:
        """Where its columns begin (hours of the day, days of the week or month), and the end of the last; in UTC."""
        if self.view != View.DAY:
            return [*(instant(day, time(0), self.zone) for day in self.days), self.end]
        hours = int((self.end - self.begin) / HOUR)
        whole = [self.begin + HOUR * number for number in range(hours)]
        return [*whole, self.end]

    @property
    def columns(self) -> list[tuple[datetime, datetime]]:
        """Each column's first instant and the first after it, in UTC."""
        return list(pairwise(self.bounds))

    @property
    def before(self) -> date:
        """A day of the stretch before."""
        if self.view == View.MONTH:
            return (self.day.replace(day=1) - timedelta(days=1)).replace(day=1)
        return self.day - timedelta(days=7 if self.view == View.WEEK else 1)

    @property
    def after(self) -> date:
        """A day of the stretch after."""
        if self.view == View.MONTH:
            return _next_month(self.day)
        return self.day + timedelta(days=7 if self.view == View.WEEK else 1)

    def wall(self, moment: datetime) -> datetime:
        """``moment`` as the newsroom's clock shows it."""
        return moment.astimezone(UTC).astimezone(self.zone)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
