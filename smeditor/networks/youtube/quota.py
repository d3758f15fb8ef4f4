"""The daily quota: YouTube names it in its documentation and in no header, so that it is counted here.

https://developers.google.com/youtube/v3/determine_quota_cost (read 2026-11-30): a project has 10,000 units a day, and apart
from them 100 calls of ``search.list``; both begin anew at midnight, Pacific time. Every request costs, a refused one too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from smeditor.networks.rates import Rate, Rates

UNITS, SEARCH = "units", "search"
DAILY = {UNITS: 10_000, SEARCH: 100}
PACIFIC = ZoneInfo("America/Los_Angeles")
READ, WRITE = 1, 50
"""What a call costs in units: a list 1, an insert, update, delete or change of moderation 50."""


def resets_at(now: datetime) -> datetime:
    """The next midnight, Pacific time, after the aware ``now``; aware UTC."""
    day = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=PACIFIC).astimezone(UTC)


class Quota:
    """What is left of the day's quota as far as this caller knows, written into ``rates`` after each call.

    Whoever was not given what others have used (``Rates.earlier``) and does not read for a share of it writes nothing:
    it would tell the others of a day without their own calls. The server itself is the judge in the end.
    """

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self._used: dict[str, int] = {}

    def spend(self, bucket: str, cost: int, now: datetime) -> None:
        """Count a call that was made."""
        earlier = self.rates.earlier.get(bucket)
        if earlier is None and not self.rates.reserve:
            return
        until = resets_at(now)
        before = earlier.remaining if earlier is not None and earlier.resets_at > now else DAILY[bucket]
        self._used[bucket] = self._used.get(bucket, 0) + cost
        self.rates[bucket] = Rate(bucket, DAILY[bucket], max(before - self._used[bucket], 0), until)

    def exhaust(self, bucket: str, now: datetime) -> datetime:
        """The server says that nothing is left. Return until when."""
        until = resets_at(now)
        self._used[bucket] = DAILY[bucket]
        self.rates[bucket] = Rate(bucket, DAILY[bucket], 0, until)
        return until
