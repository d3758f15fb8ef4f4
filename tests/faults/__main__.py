"""``python -m tests.faults``: kills and faults over every named point, on each database and broker; tables, then JSON.

Exits with 1 when anything was lost or doubled, when a point was not met or fewer workers died than promised, when a
server that is wanted is not there (unless ``--allow-missing``), and when the engine without its fence is not found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import Any

from tests.faults.places import (
    BROKERS,
    POSTGRES,
    Tables,
    broker,
    database,
    doubled_networks,
    mastodon_document,
    missing,
    pds,
    reachable,
    say,
)

__all__ = ["BROKERS", "POSTGRES", "database", "reachable"]

COUNTS = ("kills", "faults", "deliveries", "lost", "doubled", "unknown", "seconds")
ALL = [(kind, name) for kind in ("sqlite", "postgres") for name in BROKERS]
SHORT = [("sqlite", "memory"), ("postgres", "redis"), ("sqlite", "rabbitmq")]
KILLS, SECONDS = 520, 600
SHORT_KILLS, SHORT_SECONDS = 40, 9
BROKEN_SECONDS = 90
SHORT_NETWORKS = "x,instagram"
"""Of the doubles, one that is read back and one that makes containers; all of them when there is time."""


def environment(url: str, broker_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": broker_url,
    }


def make_tables(url: str) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
    subprocess.run(command, env=environment(url, "memory://"), check=True)


def combination(kind: str, name: str, tables: Tables, arguments: argparse.Namespace, *more: str) -> dict[str, Any]:
    """Run one combination in a process of its own. Returns its counts."""
    with tables.copy(kind) as url, broker(name) as place, tempfile.TemporaryDirectory() as media:
        command = [sys.executable, "-m", "tests.faults.run", "--broker", name, "--relay", str(place.relay)]
        command += ["--kills", str(arguments.kills), "--seconds", str(arguments.seconds), "--seed", str(arguments.seed)]
        command += ["--pds", arguments.pds, "--document", arguments.document]
        command += ["--networks", arguments.networks, *more]
        command += ["--short"] if arguments.short else []
        known = {**environment(url, place.url), "FAULTS_MEDIA": media}
        done = subprocess.run(command, env=known, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.strip().splitlines()[-1])


def broken_engine(tables: Tables, arguments: argparse.Namespace) -> bool:
    """Whether the fault harness finds the engine whose fence was removed."""
    alone = argparse.Namespace(**{**vars(arguments), "kills": 10_000, "seconds": BROKEN_SECONDS})
    found = combination("sqlite", "memory", tables, alone, "--broken")
    say(f"the engine without its fence: {found['doubled']} doubled after {found['kills']} kills")
    return found["doubled"] > 0


def show_points(ran: dict[str, dict[str, Any]], points: list[str]) -> None:
    say(f"\n{'kills at':20}" + "".join(f"{name:>18}" for name in ran) + f"{'all':>8}")
    for point in points:
        each = [found["by_point"].get(point, 0) for found in ran.values()]
        say(f"{point:20}" + "".join(f"{count:>18}" for count in each) + f"{sum(each):>8}")


def show_faults(faults: Counter[str]) -> None:
    say("\nfaults: " + ", ".join(f"{name} {count}" for name, count in sorted(faults.items())))


def run_all(chosen: list[tuple[str, str]], tables: Tables, arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    results: dict[str, dict[str, Any]] = {}
    say(f"{'':20}" + "".join(f"{name:>11}" for name in COUNTS))
    for kind, name in chosen:
        label = f"{kind} {name}"
        reason = missing(kind, name)
        if reason:
            results[label] = {"skipped": reason}
            say(f"{label:20} skipped: {reason}")
            continue
        results[label] = found = combination(kind, name, tables, arguments)
        say(f"{label:20}" + "".join(f"{found[count]:>11}" for count in COUNTS))
        for line in found["wrong"] + found["slow"] + found["contract"]:
            say(f"    {line}")
    return results


def summary(results: dict[str, dict[str, Any]], arguments: argparse.Namespace) -> dict[str, Any]:
    ran = {name: found for name, found in results.items() if "skipped" not in found}
    names = next((found["points"] for found in ran.values()), [])
    points: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    networks: dict[str, Counter[str]] = {}
    for found in ran.values():
        points.update(found["by_point"])
        faults.update(found["by_fault"])
        for network, counts in found["by_network"].items():
            networks.setdefault(network, Counter()).update(counts)
    show_points(ran, names)
    show_faults(faults)
    unmet = {name: sorted(set(names) - set(found["by_point"])) for name, found in ran.items()}
    return {
        **{count: sum(found[count] for found in ran.values()) for count in COUNTS[:-1]},
        "redelivered": sum(found["redelivered"] for found in ran.values()),
        "by_combination": {
            name: found if "skipped" in found else {count: found[count] for count in COUNTS}
            for name, found in results.items()
        },
        "by_network": {network: dict(counts) for network, counts in networks.items()},
        "by_point": {point: points[point] for point in names},
        "by_fault": dict(sorted(faults.items())),
        "points_missed": {name: unmet_here for name, unmet_here in unmet.items() if unmet_here},
        "too_few_kills": [name for name, found in ran.items() if found["kills"] < arguments.kills],
        "contract_broken": sum(len(found["contract"]) for found in ran.values()),
    }


def skipped(results: dict[str, dict[str, Any]], arguments: argparse.Namespace, no_pds: str) -> dict[str, str]:
    """What could not be tried here, each with its reason."""
    missed = {name: found["skipped"] for name, found in results.items() if "skipped" in found}
    if no_pds:
        missed["bluesky"] = no_pds
    for name, reason in missed.items():
        say(f"skipped: {name}: {reason}")
    if not arguments.document:  # the kills are the same without it; only the double's messages go unchecked
        say("specs/mastodon-openapi.json is not beside this checkout (set SMEDITOR_SHARED): messages were not checked")
    return missed


def passed(result: dict[str, Any], arguments: argparse.Namespace) -> bool:
    """What must hold. The short form is for every push: it has not the time to meet every point."""
    right = not result["lost"] and not result["doubled"] and not result["contract_broken"] and result["kills"] > 0
    if arguments.short:
        return right
    complete = not result["points_missed"] and not result["too_few_kills"]
    found = result["broken_engine_found"] is not False
    return right and complete and found and (arguments.allow_missing or not result["skipped"])


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few kills in a minute and a half, for every push")
    parser.add_argument("--db", choices=["sqlite", "postgres", "all"], default="all")
    parser.add_argument("--broker", choices=[*BROKERS, "all"], default="all")
    parser.add_argument("--kills", type=int, default=0, help=f"for each combination (default {KILLS})")
    parser.add_argument("--seconds", type=int, default=0, help=f"at most, for each combination (default {SECONDS})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", default=None, help="doubles by commas (default: all; with --short two)")
    parser.add_argument("--allow-missing", action="store_true", help="pass although a server is not there")
    parser.add_argument("--broken", action="store_true", help="only the engine without its fence: this must fail")
    arguments = parser.parse_args()
    arguments.kills = arguments.kills or (SHORT_KILLS if arguments.short else KILLS)
    arguments.seconds = arguments.seconds or (SHORT_SECONDS if arguments.short else SECONDS)
    return arguments


def main() -> int:
    arguments = parse()
    began = time.monotonic()
    chosen = [
        (kind, name)
        for kind, name in (SHORT if arguments.short else ALL)
        if arguments.db in (kind, "all") and arguments.broker in (name, "all")
    ]
    if arguments.short and missing("postgres", "redis") and not missing("postgres", "memory"):
        chosen = [("postgres", "memory") if pair == ("postgres", "redis") else pair for pair in chosen]
    arguments.document = mastodon_document()
    if arguments.networks is None:
        arguments.networks = SHORT_NETWORKS if arguments.short else doubled_networks()
    with tempfile.TemporaryDirectory() as folder, pds(folder) as (address, no_pds):
        arguments.pds = address
        tables = Tables(folder, make_tables)
        try:
            if arguments.broken:
                found = broken_engine(tables, arguments)
                say(json.dumps({"broken_engine_found": found}))
                return 1 if found else 0
            results = run_all(chosen, tables, arguments)
            result = summary(results, arguments)
            result["broken_engine_found"] = None if arguments.short else broken_engine(tables, arguments)
        finally:
            tables.close()
    result["skipped"] = skipped(results, arguments, no_pds)
    result["seconds"] = round(time.monotonic() - began)
    result["kills_per_second"] = round(result["kills"] / max(1, result["seconds"]), 1)
    result["passed"] = passed(result, arguments)
    say(json.dumps(result))
    return 0 if result["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
