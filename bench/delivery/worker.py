"""The worker as a newsroom runs it, as a process of its own: what the lateness and the idle cost are measured on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

EMBEDDED = "memory://"
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/11")
STARTED_WITHIN = 60.0


@contextmanager
def running(broker: str, *options: str) -> Iterator[int]:
    """Run ``manage.py smeditor_worker`` on ``broker``; yield its process id once a worker looks at the queue."""
    from smeditor.models import Heartbeat

    Heartbeat.objects.all().delete()
    command = [sys.executable, "manage.py", "smeditor_worker", *options]
    process = subprocess.Popen(command, env={**os.environ, "CELERY_BROKER_URL": broker}, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + STARTED_WITHIN
        while not Heartbeat.objects.filter(kind="worker").exists():
            if process.poll() is not None or time.monotonic() > until:
                sys.exit("The worker did not look at the queue within a minute.")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def idle_cost(seconds: float) -> float:
    """Share of one core (1 = all of it) that the embedded worker uses when nothing is due. Linux."""
    with running(EMBEDDED) as process:
        time.sleep(5)  # what it does once after its start is not its idling
        before, began = processor_seconds(process), time.monotonic()
        time.sleep(seconds)
        return (processor_seconds(process) - before) / (time.monotonic() - began)


def processor_seconds(process: int) -> float:
    """User and system time of a process (proc(5), fields 14 and 15 of stat)."""
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
