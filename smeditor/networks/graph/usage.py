"""How much of Meta's limits is used up, from the headers of its answers.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-11-30): the headers hold JSON with
percentages from 0 to 100. ``X-App-Usage`` is of the whole app and the last hour, ``X-Page-Usage`` of a page and the last
24 hours (user and app tokens), ``X-Business-Use-Case-Usage`` of an account, by its id, a list of use cases; there
``estimated_time_to_regain_access`` is in minutes. They come "once enough calls have been made".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from smeditor.networks.http import MAX_DEPTH, objects
from smeditor.networks.rates import Rate

APP, PAGE, BUSINESS = "app", "page", "business"
BUCKETS = (APP, PAGE, BUSINESS)
PARTS = ("call_count", "total_cputime", "total_time")
LONGEST_HEADER = 20_000
SLIDING = {APP: timedelta(minutes=10), PAGE: timedelta(minutes=30), BUSINESS: timedelta(minutes=10)}
"""The windows slide, so that there is no moment at which one is full again: after this time it is worth asking anew."""
LONGEST_BAN = timedelta(days=1)


def read_usage(headers: httpx.Headers, now: datetime, use_cases: Collection[str] = ()) -> Iterator[Rate]:
    """The limits that an answer's headers name, in percent. What cannot be read is left out.

    ``use_cases``: which of the business use cases count (``pages``, ``instagram``); all where it is empty.
    """
    for bucket, name in ((APP, "x-app-usage"), (PAGE, "x-page-usage")):
        used = _used(_decoded(headers.get(name, "")))
        if used is not None:
            yield Rate(bucket, 100, max(100 - used, 0), now + SLIDING[bucket])
    entries = list(_entries(_decoded(headers.get("x-business-use-case-usage", "")), use_cases))
    known = [used for entry in entries if (used := _used(entry)) is not None]
    banned = max((_ban(entry) for entry in entries), default=timedelta())
    if known:
        remaining = 0 if banned else max(100 - max(known), 0)
        yield Rate(BUSINESS, 100, remaining, now + (banned or SLIDING[BUSINESS]))


def regains_access(headers: httpx.Headers, now: datetime, use_cases: Collection[str] = ()) -> datetime | None:
    """When Meta estimates that it will listen again; None where it does not say."""
    entries = _entries(_decoded(headers.get("x-business-use-case-usage", "")), use_cases)
    banned = max((_ban(entry) for entry in entries), default=timedelta())
    return now + banned if banned else None


def _entries(data: Any, use_cases: Collection[str]) -> Iterator[dict[str, Any]]:
    for found in data.values() if isinstance(data, dict) else ():
        for entry in objects(found):
            if not use_cases or str(entry.get("type", "")).lower() in use_cases:
                yield entry


def _decoded(header: str) -> Any:
    if not header or len(header) > LONGEST_HEADER or header.count("[") + header.count("{") > MAX_DEPTH * 20:
        return None
    try:
        return json.loads(header)
    except (ValueError, RecursionError):
        return None


def _used(entry: Any) -> int | None:
    """The largest percentage of an entry, rounded up; None where it has none."""
    if not isinstance(entry, dict):
        return None
    numbers = [number for part in PARTS if (number := _number(entry.get(part))) is not None]
    return min(int(-(-max(numbers) // 1)), 1000) if numbers else None


def _ban(entry: dict[str, Any]) -> timedelta:
    minutes = _number(entry.get("estimated_time_to_regain_access")) or 0
    return min(timedelta(minutes=min(minutes, 100_000)), LONGEST_BAN)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return float(value)
