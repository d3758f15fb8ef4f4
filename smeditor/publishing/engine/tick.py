"""One look at the queue. Harmless to run twice, on several machines, or with a message delivered again."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import clients
from smeditor.exceptions import ConfigurationError
from smeditor.models import Delivery
from smeditor.networks.base import Network
from smeditor.publishing import heartbeat
from smeditor.publishing.engine import claim, follow, outcome, readback, reap
from smeditor.publishing.engine.clock import Clock
from smeditor.publishing.engine.send import send

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State
LONGEST = 30.0
"""Seconds after which a tick claims nothing more: the next wake-up goes on."""
SLOW = 5.0
"""Seconds after which what was claimed and not begun is given back to other workers."""


@dataclass
class TickResult:
    """What one check of the queue did, in deliveries."""

    reaped: int = 0
    late: int = 0
    sent: int = 0
    refused: int = 0
    unknown: int = 0
    human: int = 0
    waiting: int = 0
    stopped: int = 0
    lost_fence: int = 0
    followed_up: int = 0

    def count(self, state: str) -> None:
        """Count one delivery by the state that it was left in."""
        match state:
            case State.SENT:
                self.sent += 1
            case State.REFUSED:
                self.refused += 1
            case State.UNKNOWN:
                self.unknown += 1
            case State.HUMAN:
                self.human += 1
            case State.LATE:
                self.late += 1
            case State.STOPPED | State.CANCELLED:
                self.stopped += 1
            case _:
                self.waiting += 1

    def as_dict(self) -> dict[str, int]:
        """The counts by name, as Celery keeps a task's result."""
        return asdict(self)


class OpenNetworks:
    """The networks of a tick, each account opened once and anew when its secret has changed."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], Network] = {}

    def get(self, delivery: Delivery) -> Network:
        """Return the network of the delivery's account. Raises ConfigurationError when its network is not known."""
        key = (delivery.account_id, delivery.account.secret_version)
        if key not in self._open:
            self._open[key] = clients.open_network(delivery.account)
        return self._open[key]

    def close(self) -> None:
        """Close every network that was opened."""
        for network in self._open.values():
            network.close()


def tick(now: datetime, worker: str) -> TickResult:
    """Reap, retire what is too late, then send and read back what is due until nothing is. ``now`` is aware.

    ``worker`` names this worker in leases and in the heartbeat. Raises nothing for one bad delivery.
    """
    clock, result = Clock(now), TickResult()
    heartbeat.beat("worker", worker, now)
    if claim.unfinished().filter(due_at__lte=now).exists():
        result.reaped = reap.reap(now)
        result.late = reap.expire(now)
        _work(worker, clock, result)
    if follow.waiting().exists():
        result.followed_up = follow.run_due(clock())
    return result


def _work(worker: str, clock: Clock, result: TickResult) -> None:
    networks = OpenNetworks()
    try:
        while clock.elapsed() < LONGEST:
            claimed = claim.claim(clock(), worker, conf.get("BATCH"))
            if not claimed:
                return
            began = clock.elapsed()
            while claimed and clock.elapsed() - began < SLOW:
                _process(claimed.pop(0), networks, clock, result)
            claim.release_claims(claimed)
    finally:
        networks.close()


def _process(delivery: Delivery, networks: OpenNetworks, clock: Clock, result: TickResult) -> None:
    try:
        network = networks.get(delivery)
        step = readback.resolve if delivery.state == State.UNKNOWN else send
        try:
            result.count(step(delivery, network, clock))
        finally:
            clients.save_after(network, delivery.account)  # a rotated token must not be lost with an error
    except claim.FenceLost:
        result.lost_fence += 1
    except ConfigurationError as error:
        _misconfigured(delivery, error, clock)
        result.waiting += 1
    except Exception:  # one bad delivery must not stop the others; its lease ends and the reaper settles it
        logger.exception("tick: delivery=%s raised", delivery.pk)


def _misconfigured(delivery: Delivery, error: ConfigurationError, clock: Clock) -> None:
    reason = error.sentence or _("The network is not installed.")
    try:
        claim.release(delivery, due_at=clock() + outcome.LONGEST_PAUSE, state_reason=reason[:500])
    except claim.FenceLost:
        logger.info("misconfigured: delivery=%s was taken over", delivery.pk)
