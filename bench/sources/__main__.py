"""``python -m bench.sources``: thousands of feeds and pages and some accounts, read by workers that also send.

One in ten sources is slow, one in twenty is dead. The plan asks more often than the shipped one does, five times for
accounts that posted and six times for all else, so that real workers on the real clock show several periods in minutes:
what they carry here is six times a newsroom's reading. Every source must be read within 1.5 times its plan, and of a
hundred deliveries ninety-nine be there within two seconds. Runs on PostgreSQL and Redis where they answer, with ``--defaults`` on SQLite
and the workers' own memory. The last line is JSON; the exit code is 1 when something was missed, and ``missed`` says what.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.sources.settings")

import django

from bench.own_database import run_again, stopped
from bench.sources.layout import presences, sites

WITHIN = 1.5
"""Planned pauses after which a source has to be read again."""
ON_TIME = 2.0
"""Seconds after its time at which a delivery has to be there, of ninety-nine in a hundred."""
GROUPS = ("quick", "slow", "dead", "accounts")


def say(line: str) -> None:
    print(line, flush=True)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--young", type=float, default=1.0, help="minutes from poll to poll of accounts that posted")
    parser.add_argument("--every", type=float, default=5.0, help="minutes from poll to poll of everything else")
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--deliveries", type=float, default=60.0, help="deliveries that become due in a minute")
    parser.add_argument("--defaults", action="store_true", help="SQLite and the workers' own memory")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: whether it runs, not how well")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sources, arguments.accounts, arguments.minutes = arguments.sources // 10, 10, 3.0
    return arguments


def plan(arguments: argparse.Namespace) -> list[list[float]]:
    """The shipped plan with other pauses: its later lines keep their proportion to the second."""
    from smeditor.conf import DEFAULTS

    ages, minutes = zip(*DEFAULTS["POLL_PLAN"], strict=True)
    later = [arguments.every * pause / minutes[1] for pause in minutes[2:]]
    return [[age, pause] for age, pause in zip(ages, [arguments.young, arguments.every, *later], strict=True)]


def set_environment(arguments: argparse.Namespace) -> None:
    """Tell this process and the workers the plan, and which hosts of this machine may be read."""
    hosts = {place.host for place in (*sites(arguments.sources), *presences(arguments.accounts))}
    os.environ["SMEDITOR_POLL_PLAN"] = json.dumps(plan(arguments))
    os.environ["SMEDITOR_ALLOWED_PRIVATE_HOSTS"] = ",".join(sorted(hosts))


@contextmanager
def serving(arguments: argparse.Namespace) -> Iterator[tuple[int, int]]:
    """The benchmark's web and networks: their process and their port."""
    command = [sys.executable, "-m", "bench.sources.server"]
    command += [str(arguments.sources), str(arguments.accounts), str(60 * arguments.every)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.pid, int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def broker_of(arguments: argparse.Namespace) -> str:
    from bench.delivery import worker
    from tests.faults.__main__ import reachable

    return worker.REDIS if not arguments.defaults and reachable(worker.REDIS) else worker.EMBEDDED


def redis_client(broker: str) -> Any:
    if not broker.startswith("redis"):
        return None
    import redis

    return redis.Redis.from_url(broker)


def measure(arguments: argparse.Namespace, server: int, port: int) -> dict[str, Any]:
    """Fill the newsroom, let the workers work, and return what was observed."""
    from bench.delivery.worker import running
    from bench.sources import newsroom
    from bench.sources.observer import Observer

    broker = broker_of(arguments)
    articles = newsroom.write_articles()
    newsroom.write_sources(sites(arguments.sources), port, articles)
    accounts = newsroom.write_accounts(presences(arguments.accounts), port)
    number = round(arguments.deliveries * arguments.minutes)
    seconds = 60 * arguments.minutes
    with ExitStack() as stack:
        workers = []
        for place in range(arguments.workers):
            # One clock is enough where workers share a broker; without one each has its own.
            alone = place == 0 or not broker.startswith("redis")
            workers.append(stack.enter_context(running(broker, *([] if alone else ["--no-beat"]))))
        observer = Observer(workers, server, redis_client(broker))
        due = newsroom.write_deliveries(accounts, number, datetime.now(UTC) + timedelta(seconds=5), seconds - 15)
        say(
            f"{arguments.sources} sources, {arguments.accounts} accounts, {number} deliveries: {arguments.minutes:g} minutes"
        )
        observer.watch(seconds)
        observer.close()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/report", timeout=30) as answer:
        report = json.load(answer)
    return {
        **summary(observer, group_of_each(accounts, sites(arguments.sources))),
        **lateness(due, report["received"]),
        "requests": report["counts"],
        "most_at_once": {"site": report["at_once"], "server of accounts": report["at_once_accounts"]},
        "limited": {name: report[name] for name in ("limited", "limited_posts", "least_left")},
        "broker": broker.partition(":")[0],
    }


def group_of_each(accounts: Sequence[tuple[Any, Any]], places: Sequence[Any]) -> dict[int, str]:
    """The group of each source by its id: feeds and pages stand in the order in which they were written."""
    from smeditor.models import Source

    rows = Source.objects.order_by("pk").values_list("pk", "kind", "account")
    dead = {account.pk for presence, account in accounts if presence.group == "dead"}
    groups = {pk: "dead" if account in dead else "accounts" for pk, kind, account in rows if kind == "account"}
    web = (pk for pk, kind, _account in rows if kind != "account")
    return {**groups, **{pk: place.group for pk, place in zip(web, places, strict=True)}}


def summary(observer: Any, groups: dict[int, str]) -> dict[str, Any]:
    """How the sources were read, by group, and what waited meanwhile."""
    by_group: dict[str, dict[str, Any]] = {}
    for group in GROUPS:
        own = [pk for pk, name in groups.items() if name == group]
        ratios = [ratio for pk in own for ratio in observer.ratios.get(pk, [])]
        pauses = [pause for pk in own for pause in observer.pauses.get(pk, [])]
        by_group[group] = {
            "sources": len(own),
            "polls": len(pauses) + sum(pk in observer.first for pk in own),
            "median_pause_s": round(statistics.median(pauses), 1) if pauses else None,
            "worst_ratio": round(max(ratios, default=0.0), 2),
            "within": round(sum(ratio <= WITHIN for ratio in ratios) / max(1, len(ratios)), 4),
        }
    polls = sum(found["polls"] for found in by_group.values())
    first = max(observer.first.values(), default=observer.began) - observer.began
    return {
        "never_read": len(groups) - len(observer.first),
        "first_pass_s": round(first.total_seconds(), 1),
        "polls": polls,
        "polls_per_s": round(polls / max(1, len(observer.due)), 1),
        "worst_plan_ratio": max(found["worst_ratio"] for found in by_group.values()),
        "by_group": by_group,
        "due_median": statistics.median(observer.due),
        "late_most": max(observer.late),
        "queued_most": observer.queued,
        "cores": observer.cores,
    }


def lateness(due: dict[str, float], received: list[tuple[str, float]]) -> dict[str, Any]:
    """Seconds between the time of each delivery and its request, and how many did not come exactly once."""
    late = sorted(at - due[text] for text, at in received if text in due)
    missing = len(due) - len({text for text, _at in received} & due.keys())
    return {
        "deliveries": len(due),
        "undelivered": missing,
        "doubled": len(late) + missing - len(due),
        "late_p50_s": round(statistics.median(late), 3) if late else None,
        "late_p99_s": round(late[max(0, int(len(late) * 0.99) - 1)], 3) if late else None,
        "late_most_s": round(late[-1], 3) if late else None,
    }


def missed(result: dict[str, Any]) -> list[str]:
    """What must hold and does not, a line for each."""
    wanted = {
        f"every source within {WITHIN} times its plan": result["worst_plan_ratio"] <= WITHIN,
        "every source read": not result["never_read"],
        f"99 of 100 deliveries at most {ON_TIME:g} s late": (result["late_p99_s"] or ON_TIME + 1) <= ON_TIME,
        "every delivery there, once": not result["undelivered"] and not result["doubled"],
        "no post refused for its account's limit": not result["limited"]["limited_posts"],
    }
    return [line for line, holds in wanted.items() if not holds]


def main(arguments: argparse.Namespace) -> int:
    set_environment(arguments)
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with serving(arguments) as (server, port):
        result = measure(arguments, server, port)
    for group, found in result["by_group"].items():
        say(f"{group:9} " + "  ".join(f"{name} {value}" for name, value in found.items()))
    known = {name: getattr(arguments, name) for name in ("sources", "accounts", "workers", "young", "every", "minutes")}
    result = {**known, "database": connection.vendor, **result}
    result["missed"] = missed(result)
    say(json.dumps(result))
    return bool(result["missed"])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    asked = parsed()
    if "DATABASE_URL" not in os.environ:
        sys.exit(run_again("bench.sources", "sqlite" if asked.defaults else ""))
    sys.exit(main(asked))
