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

KINDS = ("bluesky", "mastodon", "plain", "blind")
SETTLED = ("sent", "human", "refused", "cancelled", "stopped", "late")
OPEN_AT_ONCE = 60
DRAIN_SECONDS = 150
WORKERS = 3


class Laboratory:
    """The tables, the server and the accounts of one run."""

    def __init__(self, arguments: argparse.Namespace, folder: str) -> None:
        self.arguments = arguments
        self.log = os.path.join(folder, "kills")
        self.started = time.time()
        command = [sys.executable, "-m", "tests.faults.server", str(arguments.rate), str(arguments.seed)]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        self.address = f"http://127.0.0.1:{self.server.stdout.readline().strip()}"
        self.cuts = 0
        self.batches = 0
        self._make_tables()

    def _make_tables(self) -> None:
        from django.core.management import call_command

        from smeditor.models import Account

        call_command("migrate", run_syncdb=True, verbosity=0)
        self.accounts = [
            Account.objects.create(
                network=f"lab_{kind}",
                server_url=self.address,
                handle=kind,
                minimum_gap=0,
                limits={"max_length": 500, "unit": "character"},
            )
            for kind in KINDS
        ]

    def top_up(self) -> None:
        """Keep some deliveries open, so that there is always something to die of."""
        from smeditor.models import Delivery
        from tests.faults.worker import laboratory_time
        from tests.publishing.laboratory.fill import fill

        if Delivery.objects.exclude(state__in=SETTLED).count() >= OPEN_AT_ONCE:
            return
        self.batches += 1
        for account in self.accounts:
            fill(account, 15, laboratory_time(self.started), text=f"Post {self.batches}")

    def kills(self) -> Counter[str]:
        with contextlib.suppress(FileNotFoundError), open(self.log) as file:
            return Counter(line.strip() for line in file if line.strip())
        return Counter()

    def report(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.address}/report", timeout=30) as answer:  # noqa: S310 - our own loopback
            return json.load(answer)

    def cut_connection(self, dice: random.Random) -> None:
        """PostgreSQL: end the connection of some worker."""
        from django.db import connection

        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            others = [row[0] for row in cursor.fetchall()]
            if others:
                cursor.execute("SELECT pg_terminate_backend(%s)", [dice.choice(others)])
                self.cuts += 1

    def unsettled(self) -> int:
        from smeditor.models import Delivery

        return Delivery.objects.exclude(state__in=SETTLED).count()

    def verdict(self) -> dict[str, Any]:
        """Compare what the desk believes with what readers see."""
        from smeditor.models import Delivery

        seen = self.report()
        counts: Counter[str] = Counter()
        by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for delivery in Delivery.objects.select_related("account", "post"):
            kind = delivery.account.handle
            copies = len(seen["posts"].get(kind, {}).get(delivery.post.text, []))
            by_kind[kind]["deliveries"] += 1
            by_kind[kind]["doubled"] += max(0, copies - 1)
            by_kind[kind]["unknown"] += delivery.state == "human"
            settled_wrong = delivery.state == "sent" and copies == 0
            by_kind[kind]["lost"] += settled_wrong or delivery.state not in ("sent", "human")
        for row in by_kind.values():
            counts.update(row)
        kills = self.kills()
        faults = sum(seen["faults"].values()) + self.cuts
        return {
            "kills": kills.total(),
            "faults": faults,
            **{name: counts[name] for name in ("deliveries", "lost", "doubled", "unknown")},
            "by_network": {kind: dict(row) for kind, row in by_kind.items()},
            "by_point": dict(kills),
            "seconds": round(time.time() - self.started),
        }


def run(arguments: argparse.Namespace, folder: str) -> dict[str, Any]:
    from tests.faults.workers import Forked, Pool

    laboratory = Laboratory(arguments, folder)
    dice = random.Random(arguments.seed)
    common = (laboratory.started, laboratory.log, WORKERS)
    if arguments.broker == "memory":
        workers: Any = Forked(*common, arguments.seed, arguments.broken)
    else:
        workers = Pool(*common, os.environ["CELERY_BROKER_URL"], arguments.broken)
    try:
        laboratory.top_up()
        workers.start(arguments.share)
        deadline = time.time() + arguments.seconds
        looks = 0
        while laboratory.kills().total() < arguments.kills and time.time() < deadline:
            for _moment in range(10):
                time.sleep(0.02)
                workers.tend()
            looks += 1
            laboratory.top_up()
            if looks % 10 == 0:
                laboratory.cut_connection(dice)
        workers.stop()
        workers.start(0.0)
        deadline = time.time() + DRAIN_SECONDS
        while laboratory.unsettled() and time.time() < deadline:
            time.sleep(0.5)
            workers.tend()
        workers.stop()
        return laboratory.verdict()
    finally:
        workers.stop()
        laboratory.server.kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", default="memory")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", action="store_true")
    arguments = parser.parse_args()
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(run(arguments, folder)) + "\n")


if __name__ == "__main__":
    main()
