"""One combination of database and broker: fill the queue, let workers die and networks fail, then count what readers see.

Run by ``python -m tests.faults``, which sets the environment. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from typing import Any

import django
from django.db.models import Min

from smeditor.networks.base import Limits

OPEN_AT_ONCE = 120
DRAIN_SECONDS = 120
MOST_DRAINS = 10
CUT_EVERY = 1.0
JUMP_EVERY, JUMP_FOR = 5.0, 0.8
"""Seconds between two steps of the machine's clock on SQLite, and how long it stays wrong."""
LATER = 3 * 3600.0
"""Seconds of the fault harness that are let pass before it drains: whatever a wrong clock put off is due by then."""
MOST_AT_ONCE = 1800.0
"""Seconds that may pass at once while it drains."""
LIMITS = Limits(max_length=300, unit="character").as_json()


class FaultHarness:
    """The server, the accounts and the clocks of one run."""

    def __init__(self, arguments: argparse.Namespace, folder: str) -> None:
        from tests.faults import worker
        from tests.faults.clocks import HarnessClock

        self.arguments = arguments
        self.dice = random.Random(arguments.seed)
        self.log = os.path.join(folder, "log")
        self.clock = HarnessClock(time.time(), os.path.join(folder, "clock"))
        self.began = time.monotonic()
        self.batches = 0
        self.cuts: Counter[str] = Counter()
        self.slow: list[str] = []
        """What was not settled when the fault harness had drained for as long as it waits."""
        self.server = self._serve(os.path.join(folder, "clock"))
        worker.install(self.clock)
        self.accounts = self._open_accounts()

    def _serve(self, clock: str) -> subprocess.Popen[str]:
        known = {
            "rate": self.arguments.rate,
            "seed": self.arguments.seed,
            "started": self.clock.started,
            "clock": clock,
            "document": self.arguments.document,
            "pds": self.arguments.pds,
            "networks": self.arguments.networks,
        }
        command = [sys.executable, "-m", "tests.faults.server", *(f"--{name}={value}" for name, value in known.items())]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        self.address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        return server

    def _open_accounts(self) -> list[Any]:
        from smeditor.models import Account
        from tests.faults.orders import make_image

        self.image = make_image()
        known = {"server_url": self.address, "minimum_gap": 0, "limits": LIMITS}
        secret = {"access_token": "t0ken"}
        accounts = [
            Account.objects.create(network="mastodon", handle="mastodon", secret=secret, **known),
            Account.objects.create(network="lab_plain", handle="plain", **known),
            Account.objects.create(network="lab_blind", handle="blind", **known),
        ]
        if self.arguments.pds:
            accounts.append(self._bluesky_account(known))
        for slug, given in self.ask_server("/connections").items():
            fields = {**known, "server_url": f"{self.address}/{slug}", "remote_id": given["remote_id"]}
            accounts.append(Account.objects.create(network=slug, handle=f"{slug}", secret=given["secret"], **fields))
        return accounts

    def _bluesky_account(self, known: dict[str, Any]) -> Any:
        from newsroom.demo.bluesky_network import create_account
        from smeditor.models import Account

        handle = f"b{os.getpid()}.test"
        made = create_account(self.arguments.pds, handle, f"{handle}@example.test", "the account's own password")
        secret = {"identifier": handle, "app_password": "the account's own password"}
        secret |= {"access_jwt": made["accessJwt"], "refresh_jwt": made["refreshJwt"], "pds_url": self.address}
        return Account.objects.create(network="bluesky", handle=handle, remote_id=made["did"], secret=secret, **known)

    def top_up(self) -> None:
        """Keep some deliveries due, so that there is always something to die of."""
        from smeditor.models import Delivery
        from tests.faults.orders import order
        from tests.faults.reconciliation import FINAL

        now = self.clock.true()
        soon = Delivery.objects.exclude(state__in=FINAL).filter(due_at__lte=now)
        if soon.count() >= OPEN_AT_ONCE:
            return
        self.batches += 1
        for account in self.accounts:
            order(account, self.batches, 8, now, self.image)

    def reconnect(self) -> None:
        """What an editor does who reads that an account must be reconnected."""
        from smeditor.models import Account

        Account.objects.filter(state=Account.State.FAILED).update(
            state=Account.State.ACTIVE, state_reason="", failing_reason=""
        )

    def happened(self) -> Counter[str]:
        with contextlib.suppress(FileNotFoundError), open(self.log) as file:
            return Counter(line.strip() for line in file if line.strip())
        return Counter()

    def kills(self) -> Counter[str]:
        return Counter(
            {name.partition(" ")[2]: count for name, count in self.happened().items() if name.startswith("kill ")}
        )

    def ask_server(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=60) as answer:  # noqa: S310 - our own loopback
            return json.load(answer)

    def inbound(self) -> dict[str, list[str]]:
        """What readers see on all networks."""
        from tests.faults import reconciliation

        inbound = dict(reconciliation.on_servers(self.ask_server("/report")))
        for account in self.accounts:
            if account.network == "bluesky":
                inbound |= reconciliation.on_pds(self.arguments.pds, account.remote_id)
        return inbound

    def hurry(self) -> None:
        """Let the time pass until something is due, but not while a worker has a delivery in hand: its time is not the clock's.

        Else a lease, a third of a second of ours then, may end again and again before a busy machine has sent anything.
        A network that was too quick for itself is left alone for a day.
        """
        now = self.clock.true()
        if not self.unsettled().filter(lease_until__gt=now).exists():
            due = self.unsettled().aggregate(next=Min("due_at"))["next"] or now
            self.clock.let_pass(min(max((due - now).total_seconds(), 30.0), MOST_AT_ONCE))

    def unsettled(self) -> Any:
        from smeditor.models import Delivery
        from tests.faults.reconciliation import FINAL

        return Delivery.objects.exclude(state__in=FINAL)

    def note_slow(self) -> None:
        now = self.clock.true()
        for row in self.unsettled().select_related("account"):
            self.slow.append(
                f"still {row.state}: {row.account.network} ({row.account.state}), delivery {row.pk}, due in "
                f"{row.due_at - now}, lease {row.lease_until and row.lease_until - now}, tries {row.tries}, "
                f"worker {row.worker or 'none'}: {row.state_reason}"
            )


def patiently(work: Any) -> None:
    """The driver's own question to a database whose lock a frozen worker holds: it is asked again at the next round."""
    from django.db import Error, connection

    try:
        work()
    except Error:
        connection.close()


def disturb(harness: FaultHarness, worker_pool: Any, broker_cuts: Any, done: Any) -> None:
    """The deadly part: until there were kills enough and every point was met, or the time is over."""
    from django.db import connection

    from smeditor.publishing.engine.fault_points import POINTS
    from tests.faults import cuts
    from tests.faults.clocks import JUMPS

    arguments, dice = harness.arguments, harness.dice
    deadline = time.monotonic() + arguments.seconds
    next_cut, next_jump, right_again = time.monotonic() + 1, time.monotonic() + 3, 0.0
    while time.monotonic() < deadline and not done():
        kills = harness.kills()
        if kills.total() >= arguments.kills and (arguments.short or not set(POINTS) - set(kills)):
            break
        patiently(harness.top_up)
        patiently(harness.reconnect)
        now = time.monotonic()
        if now > next_cut:
            next_cut = now + CUT_EVERY
            harness.cuts["database cut"] += cuts.database(dice)
            harness.cuts["broker cut"] += broker_cuts.cut(dice)
            if dice.random() < 0.2 and arguments.broker != "memory":
                worker_pool.kill_beat()
                harness.cuts["beat killed"] += 1
        if connection.vendor == "sqlite" and now > next_jump:
            wrong = dice.choice(JUMPS)
            harness.clock.set_machine(wrong)
            harness.cuts["clock forward" if wrong > 0 else "clock backward"] += 1
            next_jump, right_again = now + JUMP_EVERY, now + JUMP_FOR
        if right_again and now > right_again:
            harness.clock.set_machine(0.0)
            right_again = 0.0
        time.sleep(0.1)
    harness.clock.set_machine(0.0)


def drain(harness: FaultHarness) -> None:
    """Peace: time passes, until everything that the engine can settle is settled."""
    harness.ask_server("/calm")
    harness.clock.let_pass(LATER)
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        patiently(harness.reconnect)
        if not harness.unsettled().exists():
            return
        patiently(harness.hurry)
        time.sleep(0.2)
    patiently(harness.note_slow)


def address_of(network: str, native_id: str, anywhere: str) -> str:
    """The link that a person copies on ``network``; ``anywhere`` where a message is not known by what stands in its address."""
    known = {
        "telegram": f"https://t.me/c/{native_id.removeprefix('-100')}",
        "linkedin": f"https://www.linkedin.com/feed/update/{native_id}",
    }
    return known.get(network, anywhere)


def decide(harness: FaultHarness) -> Counter[str]:
    """What a person does with every doubt: look on the network and press the button that is true. Returns how many, by
    network.
    """
    from smeditor.models import Delivery
    from smeditor.publishing import decide
    from tests.faults.orders import MARK

    inbound, doubts = harness.inbound(), Counter[str]()
    for delivery in Delivery.objects.filter(state=Delivery.State.HUMAN).select_related("account", "post"):
        doubts[delivery.account.network] += 1
        place = delivery.parts.filter(remote_id="").order_by("position").values_list("position", flat=True).first()
        found = MARK.search(delivery.payload["parts"][place]["text"])
        if found and (natives := inbound.get(found[1])):
            address = address_of(delivery.account.network, natives[0], f"{harness.address}/there/{found[1]}")
            decide.it_is_there(delivery, None, address, harness.clock.true())
        else:
            decide.it_is_not_there(delivery, None, harness.clock.true())
    return doubts


def decide_all(harness: FaultHarness) -> Counter[str]:
    """Drain until nothing is open, every doubt decided by a person. Returns how many doubts there were, by network."""
    drain(harness)
    doubted: Counter[str] = Counter()
    for _ in range(MOST_DRAINS):  # a late word may move on what stood still when the drain ended
        doubts = decide(harness)
        if not doubts and not harness.unsettled().exists():
            break
        doubted += doubts
        drain(harness)
    return doubted


def result(harness: FaultHarness, doubted: Counter[str]) -> dict[str, Any]:
    from smeditor.publishing.engine.fault_points import POINTS
    from tests.faults import reconciliation

    verdict = reconciliation.judge(harness.inbound())
    report = harness.ask_server("/report")
    happened, kills = harness.happened(), harness.kills()
    faults = Counter(report["faults"]) + harness.cuts
    for name, count in happened.items():
        if name.startswith(("freeze", "clock", "fault")):
            faults[name.removeprefix("fault ")] += count
    for network, count in doubted.items():
        verdict.by_network[network]["unknown"] = count
    return {
        "kills": kills.total(),
        "faults": faults.total(),
        "deliveries": verdict.total("deliveries"),
        "lost": verdict.total("lost"),
        "doubled": verdict.total("doubled"),
        "unknown": doubted.total(),
        "redelivered": happened["redelivered"],
        "by_network": {name: dict(counts) for name, counts in verdict.by_network.items()},
        "points": list(POINTS),
        "by_point": dict(kills),
        "by_fault": dict(sorted(faults.items())),
        "contract": report["contract"][:5],
        "wrong": verdict.wrong,
        "slow": harness.slow[:10],
        "seconds": round(time.monotonic() - harness.began),
    }


def run(arguments: argparse.Namespace, folder: str) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connections

    from smeditor.publishing.engine.fault_points import POINTS
    from tests.faults import cuts, worker
    from tests.faults.worker_pool import WorkerPool

    harness = FaultHarness(arguments, folder)
    if arguments.broken:
        worker.break_fence()
    queue = f"faults-{os.getpid()}"
    worker.configure_celery(queue)
    harness.top_up()
    worker.load()
    connections.close_all()
    beats = 0 if arguments.broker == "memory" else 2
    worker_pool = WorkerPool(harness.clock, harness.log, POINTS, arguments.share, arguments.seed, beats)
    broker_cuts = cuts.BrokerCuts(arguments.relay)
    done = _found_doubled(harness) if arguments.broken else lambda: False
    try:
        disturb(harness, worker_pool, broker_cuts, done)
        deadly_seconds = round(time.monotonic() - harness.began, 1)
        doubted = Counter[str]()
        if not done():  # the broken engine has shown itself: nobody asks what else it would do
            worker_pool.calm()
            doubted = decide_all(harness)
        worker_pool.stop()  # nothing is sent between the look at the networks and the look at the tables
        return {**result(harness, doubted), "deadly_seconds": deadly_seconds}
    finally:
        worker_pool.stop()
        harness.server.kill()
        if settings.CELERY_BROKER_URL.startswith(("redis", "amqp")):
            worker.remove_queue(queue)


def _found_doubled(harness: FaultHarness) -> Any:
    """The broken engine has shown itself as soon as readers see one message twice."""
    return lambda: any(len(copies) > 1 for copies in harness.inbound().values())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", default="memory")
    parser.add_argument("--relay", type=int, default=0, help="process of the relay before the broker")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--share", type=float, default=0.03, help="of the comings to a point that are deadly")
    parser.add_argument("--rate", type=float, default=0.15, help="of the calls that fail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pds", default="")
    parser.add_argument("--document", default="")
    parser.add_argument("--networks", default="")
    parser.add_argument("--broken", action="store_true")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(run(arguments, folder)) + "\n")


if __name__ == "__main__":
    main()
