"""What came of a rehearsed day: counted from the rows that the engine left and from what the networks in memory hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from smeditor import conf
from smeditor.models import Account, Attempt, Delivery
from smeditor.publishing.rehearsal.faults import DOUBTFUL, LABELS, Fault

if TYPE_CHECKING:
    from smeditor.publishing.rehearsal.day import Day

State = Delivery.State
WAITING = (State.SCHEDULED, State.SENDING, State.UNKNOWN)


@dataclass
class Row:
    """One delivery as the desk would see it in the evening."""

    account: str
    text: str
    slot: datetime
    state: str
    state_label: str
    reason: str
    sent_at: datetime | None
    attempts: int
    faults: list[str] = field(default_factory=list)
    """What it met on its way, in words."""
    there: bool = False
    """Whether readers see all of it, whatever the desk knows."""


@dataclass
class Outcome:
    """A whole day. Times are aware; ``planned`` counts deliveries, ``doubled`` and ``lost`` messages."""

    begin: datetime
    end: datetime
    planned: int = 0
    states: Counter[str] = field(default_factory=Counter)
    sent_once: int = 0
    found: int = 0
    """Deliveries of which nobody knew whether they were there, and that were found when they were read back."""
    absent: int = 0
    """Those that were proved absent, and sent again."""
    doubled: int = 0
    lost: int = 0
    median_delay: float = 0.0
    """Minutes between the slot and the sending of what was sent: half of it was faster."""
    longest_delay: float = 0.0
    rows: list[Row] = field(default_factory=list)
    hours: list[tuple[str, dict[str, tuple[int, int]]]] = field(default_factory=list)
    """Each hour of the day with, by account, how many were planned for it and how many of these were sent."""
    accounts: list[str] = field(default_factory=list)
    faults: list[tuple[str, int, dict[str, int]]] = field(default_factory=list)
    """Each fault in words, how many messages met it, and how the deliveries of these stand in the evening, in words."""
    reconnected: list[tuple[datetime, str]] = field(default_factory=list)
    ticks: int = 0
    sockets: list[str] = field(default_factory=list)
    """What wanted to leave the house, and did not."""
    left_out: int = 0

    def summary(self) -> dict[str, Any]:
        """The numbers as plain JSON."""
        known = {state: self.states.get(state, 0) for state in (State.SENT, State.LATE, State.STOPPED, State.REFUSED)}
        return {
            "day": timezone.localtime(self.begin, conf.zone()).date().isoformat(),
            "zone": str(conf.zone()),
            "hours": round((self.end - self.begin) / timedelta(hours=1)),
            "planned": self.planned,
            **{str(state): number for state, number in known.items()},
            "person": self.states.get(State.HUMAN, 0),
            "cancelled": self.states.get(State.CANCELLED, 0),
            "waiting": sum(self.states.get(state, 0) for state in WAITING),
            "sent_once": self.sent_once,
            "found": self.found,
            "absent": self.absent,
            "doubled": self.doubled,
            "lost": self.lost,
            "faults": sum(number for _label, number, _states in self.faults),
            "longest_delay_minutes": round(self.longest_delay, 1),
            "sockets": len(self.sockets),
            "left_out": self.left_out,
            "ticks": self.ticks,
        }


def outcome_of(
    keys: Sequence[int], day: Day, span: tuple[datetime, datetime], sockets: list[str], *, left_out: int = 0
) -> Outcome:
    """Count what came of the deliveries ``keys`` between the two moments of ``span``."""
    found = Outcome(*span, planned=len(keys), ticks=day.ticks, sockets=sockets, left_out=left_out)
    rows = Delivery.objects.filter(pk__in=keys).select_related("account", "post").order_by("slot", "pk")
    deliveries = list(rows.prefetch_related("parts", "attempts"))
    on_network = {server.account: Counter(m.text for m in server.published) for server in day.world.servers.values()}
    met = {server.account: _by_text(server.met) for server in day.world.servers.values()}
    found.states = Counter(delivery.state for delivery in deliveries)
    found.lost = len(keys) - len(deliveries)
    _count_messages(found, deliveries, on_network)
    for delivery in deliveries:
        found.rows.append(_row(delivery, on_network[delivery.account_id], met[delivery.account_id]))
    states = [{attempt.state for attempt in delivery.attempts.all()} for delivery in deliveries]
    found.found = sum(Attempt.State.FOUND in row for row in states)
    found.absent = sum(Attempt.State.ABSENT in row for row in states)
    delays = [(row.sent_at - row.slot) / timedelta(minutes=1) for row in found.rows if row.sent_at]
    found.median_delay, found.longest_delay = (median(delays), max(delays)) if delays else (0.0, 0.0)
    found.accounts = list(dict.fromkeys(row.account for row in found.rows))
    found.hours = _hours(found)
    found.faults = _faults(deliveries, met)
    names = {account.pk: str(account) for account in Account.objects.all()}
    found.reconnected = [(at, names[key]) for at, key in day.reconnected]
    return found


def _texts(delivery: Delivery) -> list[str]:
    return [part["text"] for part in delivery.payload.get("parts") or [] if "text" in part]


def _by_text(met: Iterable[tuple[Fault, str]]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = defaultdict(list)
    for fault, text in met:
        found[text].append(fault)
    return found


def _count_messages(found: Outcome, deliveries: list[Delivery], on_network: dict[int, Counter[str]]) -> None:
    """Which messages stand there more often than they were to be sent, and which the desk believes to be there and are not."""
    wanted: Counter[tuple[int, str]] = Counter()
    believed: Counter[tuple[int, str]] = Counter()
    for delivery in deliveries:
        for text, part in zip(_texts(delivery), delivery.parts.all(), strict=False):
            wanted[delivery.account_id, text] += 1
            believed[delivery.account_id, text] += bool(part.remote_id)
    for (account, text), number in wanted.items():
        there = on_network[account][text]
        found.doubled += max(0, there - number)
        found.lost += max(0, believed[account, text] - there)
    for delivery in deliveries:
        once = all(
            on_network[delivery.account_id][text] == wanted[delivery.account_id, text] for text in _texts(delivery)
        )
        found.sent_once += delivery.state == State.SENT and once


def _row(delivery: Delivery, on_network: Counter[str], met: dict[str, list[Fault]]) -> Row:
    texts = _texts(delivery)
    return Row(
        account=str(delivery.account),
        text=str(delivery.post),
        slot=delivery.slot,
        state=str(delivery.state),
        state_label=str(delivery.get_state_display()),
        reason=delivery.state_reason,
        sent_at=delivery.sent_at,
        attempts=len(delivery.attempts.all()),
        faults=[str(LABELS[fault]) for text in texts for fault in met.get(text, ())],
        there=bool(texts) and all(on_network[text] for text in texts),
    )


def _hours(found: Outcome) -> list[tuple[str, dict[str, tuple[int, int]]]]:
    """By the hours that pass, not by their names: one name is skipped, or comes twice, when the clocks change."""
    numbers: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in found.rows:
        cell = numbers[int((row.slot - found.begin) / timedelta(hours=1))][row.account]
        cell[0] += 1
        cell[1] += row.state == State.SENT
    hours = round((found.end - found.begin) / timedelta(hours=1))
    return [
        (
            f"{timezone.localtime(found.begin + timedelta(hours=hour), conf.zone()):%H:%M %Z}",
            {account: (cell[0], cell[1]) for account, cell in numbers[hour].items()},
        )
        for hour in range(hours)
    ]


def _faults(
    deliveries: list[Delivery], met: dict[int, dict[str, list[Fault]]]
) -> list[tuple[str, int, dict[str, int]]]:
    numbers: dict[Fault, Counter[str]] = defaultdict(Counter)
    for delivery in deliveries:
        for text in _texts(delivery):
            for fault in met[delivery.account_id].get(text, ()):
                numbers[fault][str(delivery.get_state_display())] += 1
    ordered = [*DOUBTFUL, *(fault for fault in Fault if fault not in DOUBTFUL)]
    return [(str(LABELS[f]), numbers[f].total(), dict(numbers[f])) for f in ordered if f in numbers]
