"""What lies badly in a plan: two posts of one account too near, one story from two desks at once, a post in quiet hours.

Nothing here forbids anything. What an editor has put there may be meant so; it is shown, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from smeditor.models import Delivery, Post
from smeditor.publishing.slots import MOST_READ, TAKEN_STATES, Plan

SAME_STORY_WITHIN = timedelta(hours=2)
"""Two desks that post about one story within it: most of their readers see both."""


class Kind(StrEnum):
    """Why something lies badly."""

    GAP = "gap"
    STORY = "story"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery that is planned or went out, as the checks need it."""

    delivery: int
    account: int
    desk: int | None
    story: int | None
    """The article's id."""
    slot: datetime
    waits: bool
    """Whether it is still to be sent."""


@dataclass(frozen=True, slots=True)
class Collision:
    """``later`` lies badly: because of ``earlier``, or, in quiet hours, by itself."""

    kind: Kind
    later: Planned
    earlier: Planned | None = None


def planned(rows: QuerySet[Delivery]) -> list[Planned]:
    """The posts among ``rows`` that take a place, answers to readers aside, by slot; at most ``MOST_READ``."""
    rows = rows.filter(operation=Delivery.Operation.PUBLISH, state__in=TAKEN_STATES).exclude(post__kind=Post.Kind.REPLY)
    columns = ("pk", "account", "account__desk", "post__article_key", "slot", "state")
    return [
        Planned(pk, account, desk, story, slot, state == Delivery.State.SCHEDULED)
        for pk, account, desk, story, slot, state in rows.order_by("slot", "pk").values_list(*columns)[:MOST_READ]
    ]


def collisions(rows: Iterable[Planned], plans: Mapping[int, Plan]) -> list[Collision]:
    """What lies badly among ``rows``, by slot; each with what is the nearest before it. What has gone out is past mending.

    ``plans``: those of the accounts by id; an account without one has no gap and no quiet hours. A desk does not collide
    with itself: its accounts say one thing together on purpose.
    """
    found = []
    last_of_account: dict[int, Planned] = {}
    last_of_story: dict[int, dict[int | None, Planned]] = {}
    for row in sorted(rows, key=lambda row: (row.slot, row.delivery)):
        plan = plans.get(row.account)
        before = last_of_account.get(row.account)
        if row.waits and plan is not None:
            if before is not None and row.slot - before.slot < plan.gap:
                found.append(Collision(Kind.GAP, row, before))
            if plan.is_quiet(row.slot):
                found.append(Collision(Kind.QUIET, row))
        last_of_account[row.account] = row
        if row.story is None:
            continue
        others = last_of_story.setdefault(row.story, {})
        near = [
            other for desk, other in others.items() if desk != row.desk and row.slot - other.slot < SAME_STORY_WITHIN
        ]
        if row.waits and near:
            found.append(Collision(Kind.STORY, row, max(near, key=lambda other: (other.slot, other.delivery))))
        others[row.desk] = row
    return found
