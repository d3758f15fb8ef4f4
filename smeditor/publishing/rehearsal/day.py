"""A day of the queue from midnight to midnight, on a clock that jumps from one thing that is due to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from smeditor import conf
from smeditor.accounts import health
from smeditor.models import Account, Delivery
from smeditor.networks.registry import SHIPPED
from smeditor.publishing.engine import claim, tick
from smeditor.publishing.rehearsal import copying, faults, generated, networks
from smeditor.publishing.rehearsal.isolation import isolated
from smeditor.publishing.rehearsal.outcome import Outcome, outcome_of
from smeditor.publishing.rehearsal.server import World, running

WORKER = "rehearsal:0:0"
STEP = timedelta(seconds=1)
GRACE = timedelta(hours=1)
"""How long after midnight doubts of the day are still read back."""
RECONNECTS_AFTER = timedelta(minutes=20)
"""How long the desk takes to connect an account again whose token was refused."""
MOST_TICKS = 50_000
"""A rehearsal that does not come to an end by then is broken."""


@dataclass(frozen=True)
class Settings:
    """What is rehearsed: which day (on the newsroom's clock), with faults for which ``share`` (0 to 1) of its messages.

    ``outage``: from when to when no worker runs, or None; ``invented``: a day that is made up instead of the queue.
    """

    day: date
    share: float = 0.2
    seed: int = 1
    invented: bool = False
    outage: tuple[datetime, datetime] | None = None


@dataclass
class Day:
    """The day under way: how often the queue was looked at, and which accounts had to be connected again."""

    world: World
    end: datetime
    outage: tuple[datetime, datetime] | None = None
    ticks: int = 0
    reconnected: list[tuple[datetime, int]] = field(default_factory=list)

    def run(self, begin: datetime) -> None:
        """Look at the queue whenever something is due, until the day is over and no doubt of it is left to be read back."""
        now: datetime | None = begin
        while now is not None and now < self.end + GRACE and self.ticks < MOST_TICKS:
            if self.outage and self.outage[0] <= now < self.outage[1]:
                now = self.outage[1]
            self.world.now = now
            self.ticks += 1
            busy = any(tick(now, WORKER).as_dict().values())
            self._reconnect(now)
            now = now + STEP if busy else self._next(now)

    def _reconnect(self, now: datetime) -> None:
        """The desk connects again what was refused a while ago."""
        refused = Account.objects.filter(state=Account.State.FAILED, state_since__lte=now - RECONNECTS_AFTER)
        for account in refused.filter(pk__in=[server.account for server in self.world.servers.values()]):
            health.accept(account, now)
            self.reconnected.append((now, account.pk))

    def _next(self, now: datetime) -> datetime | None:
        """When something is to be done next, or None when nothing ever is."""
        waiting = claim.unfinished()
        at_work = Q(account__state=Account.State.ACTIVE) | Q(state=Delivery.State.UNKNOWN)
        due = waiting.filter(at_work, due_at__gt=now).order_by("due_at").values_list("due_at", flat=True)[:1]
        leased = waiting.filter(lease_until__gt=now).order_by("lease_until").values_list("lease_until", flat=True)[:1]
        failed = Account.objects.filter(state=Account.State.FAILED, state_since__gt=now - RECONNECTS_AFTER)
        again = failed.order_by("state_since").values_list("state_since", flat=True)[:1]
        moments = [*due, *leased, *(since + RECONNECTS_AFTER for since in again if since)]
        return min((moment for moment in moments if moment), default=None)


def rehearse(asked: Settings) -> Outcome:
    """Run the day and return what a desk would have seen. The newsroom's database is read, and nothing else."""
    begin, end = generated.length_of(asked.day)
    newsroom = copying.read(begin, end, queued=not asked.invented)
    rehearsed = networks.paths(sorted({*SHIPPED, *conf.get("NETWORKS")}))
    changed = {"SMEDITOR": {**getattr(settings, "SMEDITOR", {}), "NETWORKS": rehearsed}}
    world = World()
    with isolated(changed) as refused, running(world):
        copying.write(newsroom)
        deliveries, with_media = newsroom.deliveries, newsroom.with_media
        if asked.invented:
            deliveries, with_media = generated.fill(asked.day)
        _plan(world, deliveries, with_media, asked)
        day = Day(world, end, asked.outage)
        day.run(begin)
        return outcome_of(
            [delivery.pk for delivery in deliveries], day, (begin, end), refused, left_out=newsroom.left_out
        )


def _plan(world: World, deliveries: Sequence[Delivery], with_media: set[int], asked: Settings) -> None:
    """Give each account its server, and each server the faults that its messages will meet."""
    messages = [
        faults.Message(delivery.account_id, part["text"], media=delivery.pk in with_media and place == 0)
        for delivery in deliveries
        for place, part in enumerate(delivery.payload.get("parts") or [])
        if "text" in part
    ]
    number = Counter((message.account, message.text) for message in messages)
    once = [message for message in messages if number[message.account, message.text] == 1]
    planned = faults.plan(once, asked.share, asked.seed)
    for account in Account.objects.all():
        server = world.add(account)
        server.faults = {text: fault for (key, text), fault in planned.items() if key == account.pk}
