"""What X charges for each call, in US dollars.

https://docs.x.com/x-api/getting-started/pricing as of 2026-08-22 (in force since 2026-04-20), read 2026-11-30. What the page does
not name costs nothing there or is counted as the nearest thing that it names, the dearer where two fit. X counts a
resource once a day (UTC); the desk does not rely on that, so that its sum is never below X's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from smeditor.networks.costs import Costs
from smeditor.text.urls import find_urls

POST = Decimal("0.015")
POST_WITH_LINK = Decimal("0.200")
DELETE = Decimal("0.010")
"""“Interaction: Delete”."""
MANAGE = Decimal("0.005")
"""“Content: Manage”: hiding a reply and showing it again."""
LIKE = Decimal("0.015")
"""“User Interaction: Create”."""
UNLIKE = Decimal("0.010")
METADATA = Decimal("0.005")
"""“Media Metadata”: an alt text; subtitles are counted like it."""
POST_READ = Decimal("0.005")
OWNED_READ = Decimal("0.001")
"""Each post of the own timeline or the mentions, where the account owns the app."""
USER_READ = Decimal("0.010")


def of_text(text: str) -> Decimal:
    """What creating a post costs. Each address counts, with or without its scheme, also one that X may make no link of.

    A reply to somebody who named us costs less (“summoned”, 0.010): whether it is one only X knows.
    """
    return POST_WITH_LINK if "://" in text or find_urls(text) else POST


def affordable(costs: Costs, each: Decimal, least: int, most: int, label: str) -> int:
    """How many resources may be asked for, from ``least`` to ``most``, so that the answer cannot exceed the ceiling.

    Raises RateLimited where not even ``least`` can be paid.
    """
    number = most
    if costs.budget is not None and costs.until is not None:
        number = min(most, max(least, int((costs.budget - costs.spent()) / each)))
    costs.ask(each * number, label)
    return number


def count(data: Any) -> int:
    """How many resources an answer's ``data`` or a list of its ``includes`` holds."""
    if isinstance(data, list):
        return len(data)
    return 1 if isinstance(data, dict) and data else 0
