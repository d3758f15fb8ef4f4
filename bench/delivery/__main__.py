"""``python -m bench.delivery``: the engine against a bare threaded client that sends the same requests.

Runs on DATABASE_URL, or on a database of its own. The last line is JSON: ``ratio``, ``lateness_p50``,
``lateness_p99`` (seconds), ``claim_growth``, ``idle`` (share of a core), with what they were measured on.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.delivery.settings")

import django
import httpx

from bench.own_database import run_again, stopped


def say(line: str) -> None:
    print(line, flush=True)


def bare(address: str, number: int, concurrency: int) -> float:
    """Wall seconds of ``number`` requests by ``concurrency`` threads with a keep-alive client each, and nothing else."""
    local = threading.local()

    def post(index: int) -> None:
        if not hasattr(local, "client"):
            local.client = httpx.Client()
        answer = local.client.post(f"{address}/bench/posts", json={"text": f"Bare {index}"}, timeout=15)
        answer.raise_for_status()

    began = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(post, range(number)))
    return time.perf_counter() - began


def poll_until(index: int, ends: float, threads: int, idle: float, go: Any) -> None:
    """One worker process: ``threads`` threads that look at the queue, every ``idle`` seconds when nothing is due."""
    from django.db import connections

    from smeditor.publishing.engine import tick

    def poll(thread: int) -> None:
        while time.time() < ends:
            if not tick(datetime.now(UTC), f"bench:{index}:{thread}").sent:
                if not idle:
                    break
                time.sleep(idle)
        connections.close_all()

    go.wait()
    pool = [threading.Thread(target=poll, args=(thread,)) for thread in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()


def work(processes: int, threads: int, seconds: float, idle: float) -> float:
    """Let workers work until the queue is empty (``idle`` 0) or the time is over. Returns wall seconds."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    go = context.Event()
    ends = time.time() + seconds
    pool = [context.Process(target=poll_until, args=(i, ends, threads, idle, go)) for i in range(processes)]
    for process in pool:
        process.start()
    began = time.perf_counter()
    go.set()
    for process in pool:
        process.join()
    return time.perf_counter() - began


def queries_each(account: Any) -> float:
    """Queries of the engine for one delivery, transactions and follow-up included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from smeditor.publishing.engine import tick
    from tests.publishing.harness.fill import fill

    fill(account, 20, datetime.now(UTC), text="Counted")
    with CaptureQueriesContext(connection) as captured:
        sent = tick(datetime.now(UTC), "bench:count:0").sent
    return round(len(captured) / max(1, sent), 1)


def claim_cost(account: Any, rounds: int = 60) -> tuple[float, float]:
    """Seconds of one claim of 20 due deliveries (the fastest of ``rounds``), and its cost in errands (their median).

    An errand, done beside each claim, asks nothing of any table: a machine that is slower for a minute slows both. The
    deliveries are given back after each round and taken away in the end.
    """
    from smeditor.models import Delivery, Post
    from smeditor.publishing.engine import claim
    from tests.publishing.harness.fill import fill

    rows = fill(account, 20, datetime.now(UTC) - timedelta(seconds=1), text="Claimed")
    times, costs = [], []
    for _round in range(rounds):
        before = errand_seconds()
        began = time.perf_counter()
        claimed = claim.claim(datetime.now(UTC), "bench:claim:0", 20)
        times.append(time.perf_counter() - began)
        costs.append(2 * times[-1] / (before + errand_seconds()))
        claim.release_claims(claimed)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).delete()
    Post.objects.filter(pk__in=[row.post_id for row in rows]).delete()
    return min(times), statistics.median(costs)


def errand_seconds() -> float:
    """Seconds of a hundred questions to the database that no table answers, and of some work in Python."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        for number in range(100):
            cursor.execute("SELECT %s", [number])
            json.loads(json.dumps([cursor.fetchone()] * 20))
    return time.perf_counter() - began


def lateness(account: Any, address: str, number: int, seconds: float) -> dict[str, float]:
    """p50 and p99 of the seconds between slot and received request, ``number`` deliveries spread over ``seconds``.

    The caller runs ``manage.py smeditor_worker``, which is woken by its own beat.
    """
    from tests.publishing.harness.fill import fill

    urllib.request.urlopen(f"{address}/report", timeout=30).read()  # noqa: S310 - our own loopback
    begins = datetime.now(UTC) + timedelta(seconds=3)
    step = timedelta(seconds=seconds / number)
    rows = fill(account, number, lambda index: begins + index * step, text="Timed")
    slots = {row.payload["parts"][0]["text"]: row.slot.timestamp() for row in rows}
    time.sleep(seconds + 11)
    with urllib.request.urlopen(f"{address}/report", timeout=30) as answer:  # noqa: S310
        received = json.load(answer)
    late = sorted(at - slots[text] for text, at in received if text in slots)
    if len(late) != number:
        sys.exit(f"{number - len(late)} of {number} deliveries did not arrive exactly once")
    return {"p50": round(statistics.median(late), 3), "p99": round(late[int(len(late) * 0.99) - 1], 3)}


def measure_worker(account: Any, address: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Lateness with Redis, where it answers, and embedded; the embedded worker's idle cost."""
    from bench.delivery import worker
    from tests.faults.__main__ import reachable

    result: dict[str, Any] = {"idle": round(worker.idle_cost(arguments.idle_seconds), 4)}
    brokers = {"embedded": worker.EMBEDDED} | ({"redis": worker.REDIS} if reachable(worker.REDIS) else {})
    for name, broker in brokers.items():
        with worker.running(broker):
            found = lateness(account, address, arguments.timed, arguments.timed_seconds)
        result |= {f"lateness_{name}_{key}": value for key, value in found.items()}
        result |= {f"lateness_{key}": value for key, value in found.items()}  # Redis, measured last, where there is one
        say(f"lateness, {name}: p50 {found['p50']} s, p99 {found['p99']} s")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.25, help="seconds that the network takes to answer")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--timed", type=int, default=500)
    parser.add_argument("--past", type=int, default=1_000_000)
    parser.add_argument("--timed-seconds", type=float, default=60.0)
    parser.add_argument("--idle-seconds", type=float, default=60.0)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: whether it runs, not how fast")
    arguments = parser.parse_args()
    if arguments.quick:
        for name in ("deliveries", "timed", "past", "timed_seconds", "idle_seconds"):
            setattr(arguments, name, getattr(arguments, name) // 10 or 1)
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.delivery.past import add_past
    from smeditor.models import Account
    from tests.publishing.harness.fill import fill

    call_command("migrate", run_syncdb=True, verbosity=0)
    command = [sys.executable, "-m", "bench.delivery.server", str(arguments.latency)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        limits = {"max_length": 500, "unit": "character"}
        account = Account.objects.create(
            network="bench", server_url=address, handle=str(os.getpid()), minimum_gap=0, limits=limits
        )
        result: dict[str, Any] = {"database": connection.vendor, "latency": arguments.latency}
        result["concurrency"] = arguments.processes * arguments.threads
        result["queries_per_delivery"] = queries_each(account)
        result["bare_seconds"] = round(bare(address, arguments.deliveries, result["concurrency"]), 2)
        fill(account, arguments.deliveries, datetime.now(UTC), text="Due")
        result["engine_seconds"] = round(work(arguments.processes, arguments.threads, 600, idle=0), 2)
        result["ratio"] = round(result["engine_seconds"] / result["bare_seconds"], 2)
        say(f"{arguments.deliveries} deliveries: bare {result['bare_seconds']} s, engine {result['engine_seconds']} s")
        result |= measure_worker(account, address, arguments)
        empty, errands = claim_cost(account)
        add_past(account, arguments.past)
        # Rows of years past are long on disk: what writing a million at once leaves to be done is done first.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
        full, errands_then = claim_cost(account)
        result["claim_ms"] = [round(1000 * empty, 2), round(1000 * full, 2)]
        result["claim_growth"] = round(errands_then / errands, 2)
        say(json.dumps(result))
    finally:
        server.kill()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    if "DATABASE_URL" not in os.environ:
        sys.exit(run_again("bench.delivery"))
    main()
