"""How many posts an account may still publish today, on networks that tell it as a number used of a number allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, NetworkError, RateLimited
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


def require_quota(read: Callable[[], Mapping[str, Rate]], bucket: str, label: str) -> None:
    """Raise RateLimited where ``read`` tells that nothing is left in ``bucket``. A quota that is not told stops nobody.

    ``label``: the network's name for the sentence. Raises RateLimited and AuthExpired also where ``read`` raises them.
    """
    try:
        rate = read().get(bucket)
    except (RateLimited, AuthExpired):
        raise
    except NetworkError:
        return
    if rate and rate.remaining <= 0:
        sentence = _("%(host)s takes no more than %(limit)d posts in a day. It goes on by itself.")
        until = datetime.now(UTC) + PAUSE
        raise RateLimited(sentence % {"host": label, "limit": rate.limit}, until=until, code="quota")


def _count(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if sound else None
