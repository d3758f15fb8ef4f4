"""How many posts an account may still publish today, on networks that tell it as a number used of a number allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from smeditor.networks.http import objects
from smeditor.networks.rates import Rate

LONGEST_WINDOW = timedelta(days=7)
LARGEST = 1_000_000
PAUSE = timedelta(minutes=30)
"""The window of such a quota rolls: some of it is free again soon, and nobody says when."""


def read_quotas(data: Any, names: Mapping[str, tuple[str, str]], now: datetime) -> dict[str, Rate]:
    """The quotas in the first row of ``data``, by bucket; what is no sensible number is left out.

    ``names``: by bucket, the field of what is used and the field of its ``quota_total`` and ``quota_duration`` (seconds).
    ``resets_at`` is when the whole of it will be free again at the latest; where nothing is left, when to look again.
    """
    found: dict[str, Rate] = {}
    for row in objects(data.get("data") if isinstance(data, Mapping) else None)[:1]:
        for bucket, (usage, config) in names.items():
            settings = row.get(config)
            if not isinstance(settings, Mapping):
                continue
            used, total, seconds = (
                _count(row.get(usage)),
                _count(settings.get("quota_total")),
                _count(settings.get("quota_duration")),
            )
            if used is not None and total is not None and seconds is not None:
                window, left = min(timedelta(seconds=seconds), LONGEST_WINDOW), max(total - used, 0)
                found[bucket] = Rate(bucket, total, left, now + (window if left else min(window, PAUSE)))
    return found


def _count(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if sound else None
