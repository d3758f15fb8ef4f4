"""``python -m tests.faults``: kills and faults over every named point, on each database and broker; a table, then JSON.

Exits with 1 when anything was lost or doubled. ``--broken`` removes the fence, and must therefore end with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

BROKERS = {
    "memory": "memory://",
    "redis": os.environ.get("FAULTS_REDIS_URL", "redis://127.0.0.1:6379/9"),
    "rabbitmq": os.environ.get("FAULTS_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
POSTGRES = os.environ.get("FAULTS_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
COUNTS = ("kills", "faults", "deliveries", "lost", "doubled", "unknown")
POINTS_TO_MEET = {"claimed", "minted", "prepared", "before_last_look", "inside_last_look", "after_last_look"}
POINTS_TO_MEET |= {"after_send", "inside_acceptance", "after_acceptance", "before_follow_up"}


def reachable(url: str) -> bool:
    parts = urlsplit(url)
    with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), 2):
        return True
    return False


@contextlib.contextmanager
def database(kind: str, folder: str) -> Any:
    """Yield the URL of a new, empty database, and remove it afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/faults.sqlite3"
        return
    import psycopg

    name = f"smeditor_faults_{os.getpid()}"
    plain = POSTGRES.replace("postgres://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def combination(kind: str, broker: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one combination in a process of its own. Returns its counts; ``skipped`` with a sentence where it cannot run."""
    needed = [POSTGRES] if kind == "postgres" else []
    needed += [BROKERS[broker]] if broker != "memory" else []
    for url in needed:
        if not reachable(url):
            return {"skipped": f"nothing answers at {urlsplit(url).hostname}:{urlsplit(url).port}"}
    with tempfile.TemporaryDirectory() as folder, database(kind, folder) as url:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": url,
            "CELERY_BROKER_URL": BROKERS[broker],
        }
        command = [sys.executable, "-m", "tests.faults.run", "--broker", broker, "--kills", str(arguments.kills)]
        command += ["--seconds", str(arguments.seconds), "--seed", str(arguments.seed)]
        command += ["--broken"] if arguments.broken else []
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the kills, for every push")
    parser.add_argument("--db", choices=["sqlite", "postgres", "all"], default="all")
    parser.add_argument("--broker", choices=[*BROKERS, "all"], default="all")
    parser.add_argument("--kills", type=int, default=500, help="kills for each combination")
    parser.add_argument("--seconds", type=int, default=900, help="at most, for each combination")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", action="store_true", help="remove the fence: this must fail")
    arguments = parser.parse_args()
    if arguments.short:
        arguments.kills, arguments.seconds = min(arguments.kills, 50), min(arguments.seconds, 120)
    kinds = ["sqlite", "postgres"] if arguments.db == "all" else [arguments.db]
    brokers = list(BROKERS) if arguments.broker == "all" else [arguments.broker]
    totals: Counter[str] = Counter()
    points: Counter[str] = Counter()
    results: dict[str, dict[str, Any]] = {}
    print(f"{'':22}" + "".join(f"{name:>11}" for name in COUNTS))  # noqa: T201 - this is a command
    for kind in kinds:
        for broker in brokers:
            name = f"{kind} {broker}"
            results[name] = found = combination(kind, broker, arguments)
            if "skipped" in found:
                print(f"{name:22} skipped: {found['skipped']}", flush=True)  # noqa: T201
                continue
            print(f"{name:22}" + "".join(f"{found[count]:>11}" for count in COUNTS), flush=True)  # noqa: T201
            totals.update({count: found[count] for count in COUNTS})
            points.update(found["by_point"])
    missed = sorted(POINTS_TO_MEET - set(points))
    summary = {count: totals[count] for count in COUNTS}
    print(json.dumps({**summary, "by_point": dict(points), "points_missed": missed, "by_combination": results}))  # noqa: T201
    ran = any("skipped" not in found for found in results.values())
    return 0 if ran and not totals["lost"] and not totals["doubled"] and not (missed and not arguments.short) else 1


if __name__ == "__main__":
    sys.exit(main())
