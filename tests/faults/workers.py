"""Keeping workers alive that are made to die: forked ones that look by themselves, or a Celery pool that is woken."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Protocol

from django.db import connections

from tests.faults import worker


class Workers(Protocol):
    def start(self, share: float) -> None: ...
    def tend(self) -> None: ...
    def stop(self) -> None: ...


class Forked:
    """The in-process broker: each worker is a process that looks at the queue in turn, with no message at all."""

    def __init__(self, started: float, log: str, number: int, seed: int, broken: bool) -> None:
        self.started, self.log, self.number = started, log, number
        self.dice = random.Random(seed)
        self.share = 0.0
        self.alive: set[int] = set()
        if broken:
            worker.break_fence()

    def start(self, share: float) -> None:
        self.share = share
        self.tend()

    def tend(self) -> None:
        """Replace who has died."""
        with contextlib.suppress(ChildProcessError):
            while (dead := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self.alive.discard(dead)
        while len(self.alive) < self.number:
            connections.close_all()
            child = os.fork()
            if child == 0:
                worker.live(self.started, self.log, self.share, self.dice.getrandbits(32), time.time() + 600)
            self.alive.add(child)
            self.dice.random()

    def stop(self) -> None:
        """Kill them all, in the middle of whatever they do."""
        for child in self.alive:
            os.kill(child, signal.SIGKILL)
        for child in self.alive:
            os.waitpid(child, 0)
        self.alive.clear()


class Pool:
    """Redis or RabbitMQ: a Celery worker with a pool of processes, woken by two beats that do not know each other."""

    def __init__(self, started: float, log: str, number: int, broker: str, broken: bool) -> None:
        self.number = number
        self.environment = {
            **os.environ,
            "CELERY_BROKER_URL": broker,
            "FAULTS_STARTED": str(started),
            "FAULTS_KILLS": log,
            "FAULTS_QUEUE": f"faults-{os.getpid()}",
            **({"FAULTS_BROKEN": "1"} if broken else {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.quiet = threading.Event()
        self.beats = [threading.Thread(target=self._beat, daemon=True) for _ in range(2)]

    def _beat(self) -> None:
        from celery import Celery

        app = Celery("beat", broker=self.environment["CELERY_BROKER_URL"])
        app.conf.task_default_queue = self.environment["FAULTS_QUEUE"]
        while not self.quiet.wait(0.1):
            with contextlib.suppress(Exception):  # a broker that is cut off costs a wake-up and nothing else
                app.send_task("faults.tick", expires=5)

    def start(self, share: float) -> None:
        self.environment["FAULTS_SHARE"] = str(share)
        self._spawn()
        for beat in self.beats:
            if not beat.ident:
                beat.start()

    def _spawn(self) -> None:
        options: list[Any] = ["-P", "prefork", "-c", self.number, "-l", "critical", "--without-gossip"]
        options += ["--without-mingle", "--without-heartbeat"]
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.app", "worker", *map(str, options)]
        quiet = None if os.environ.get("FAULTS_LOG") else subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def tend(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            self._spawn()

    def stop(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
