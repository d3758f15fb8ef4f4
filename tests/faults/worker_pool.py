"""Keeping workers alive that are made to die: a process that has loaded everything forks them in milliseconds.

It never opens a connection itself, so that what is forked from it inherits none.
"""

from __future__ import annotations

import ctypes
import os
import random
import signal
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection, Pipe
from typing import NoReturn

from tests.faults import worker
from tests.faults.clocks import SPEED, HarnessClock
from tests.faults.worker import Life

WORKERS = 5
FROZEN_FOR = 240 / SPEED
"""Seconds of ours that a worker is frozen: past the end of its lease, the two looks for what it may have sent (the second
two minutes after it began, or later) and the second sending."""
MEANT = 0.6
"""The share of its comings to the point at which it is meant to die that are deadly."""
FREEZING = 0.012
LOCKING = ("inside_send_check", "inside_acceptance")
"""Points in a transaction: who is frozen there stops everybody on SQLite, so that it is done more rarely."""
DANGEROUS = ("before_request",)
"""Where a worker that sleeps and wakes would send what was settled meanwhile: done more often."""


PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def die_with_parent() -> None:
    """Let this forked process end with its parent, on Linux: a run that is killed must leave no worker behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class WorkerPool:
    """The forking process as its parent sees it. ``beats``: how many beats send wake-ups through the broker."""

    def __init__(self, clock: HarnessClock, log: str, points: tuple[str, ...], share: float, seed: int, beats: int):
        self.pipe, far = Pipe()
        self.process = os.fork()
        if self.process == 0:
            die_with_parent()
            self.pipe.close()
            _Forking(far, clock, log, points, share, seed, beats).run()
        far.close()

    def calm(self) -> None:
        """Kill them all, in the middle of whatever they do. Those that follow live in peace."""
        self._ask("calm")

    def stop(self) -> None:
        if self.process:
            self._ask("stop")
            os.waitpid(self.process, 0)
            self.process = 0

    def kill_beat(self) -> None:
        self._ask("beat")

    def _ask(self, word: str) -> None:
        self.pipe.send(word)
        self.pipe.recv()


class _Forking:
    def __init__(self, pipe: Connection, clock: HarnessClock, log: str, points: tuple[str, ...], share: float,
                 seed: int, beats: int) -> None:  # fmt: skip
        self.pipe, self.clock, self.log, self.points = pipe, clock, log, points
        self.share, self.dice, self.number_of_beats = share, random.Random(seed), beats
        self.alive: set[int] = set()
        self.frozen: dict[int, float] = {}
        self.beats: set[int] = set()
        self.read = 0
        self.kills: Counter[str] = Counter()

    def run(self) -> NoReturn:
        try:
            while self._obey():
                self._reap()
                self._wake_frozen()
                self._fork_missing()
        finally:
            self._kill(self.alive | self.beats)
            os._exit(0)

    def _obey(self) -> bool:
        if not self.pipe.poll(0.005):
            return True
        word = self.pipe.recv()
        if word == "beat" and self.beats:
            self._kill({self.dice.choice(sorted(self.beats))})
        if word in ("calm", "stop"):
            self.share = 0.0
            self._kill(set(self.alive))
        if word == "stop":
            self._kill(set(self.beats))
        self.pipe.send(word)
        return word != "stop"

    def _reap(self) -> None:
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if child == 0:
                return
            if os.WIFSTOPPED(status):
                self.frozen[child] = time.monotonic() + FROZEN_FOR
            else:
                self._forget(child)

    def _forget(self, child: int) -> None:
        self.alive.discard(child)
        self.beats.discard(child)
        self.frozen.pop(child, None)

    def _wake_frozen(self) -> None:
        for child, until in list(self.frozen.items()):
            if time.monotonic() > until:
                del self.frozen[child]
                os.kill(child, signal.SIGCONT)

    def _fork_missing(self) -> None:
        while len(self.alive) - len(self.frozen) < WORKERS:
            life = Life(
                self.clock, self.log, self._deadly(), self._freezing(), self.share > 0, self.dice.getrandbits(32)
            )
            self.alive.add(self._fork(lambda life=life: worker.live(life)))
        while len(self.beats) < self.number_of_beats:
            self.beats.add(self._fork(worker.beat))

    def _fork(self, work: worker.Callable[[], NoReturn]) -> int:
        child = os.fork()
        if child == 0:
            die_with_parent()
            self.pipe.close()
            os.setsid()
            if not os.environ.get("FAULTS_LOG"):  # what a worker says whose connections are cut is known
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            work()
        return child

    def _deadly(self) -> dict[str, float]:
        """Everybody is meant to die at one point: every second one where fewest died, the others anywhere."""
        if not self.share:
            return {}
        self._count()
        rarest = min(self.points, key=lambda name: self.kills[name])
        meant = rarest if self.dice.random() < 0.5 else self.dice.choice(self.points)
        return {name: MEANT if name == meant else self.share for name in self.points}

    def _freezing(self) -> dict[str, float]:
        """How likely everybody is to be frozen, by point."""
        weights = dict.fromkeys(LOCKING, 1 / 5) | dict.fromkeys(DANGEROUS, 5.0)
        return {name: FREEZING * weights.get(name, 1.0) for name in self.points} if self.share else {}

    def _count(self) -> None:
        try:
            with open(self.log) as file:
                file.seek(self.read)
                for line in file:
                    word, _, name = line.strip().partition(" ")
                    self.kills[name] += word == "kill"
                self.read = file.tell()
        except FileNotFoundError:
            return

    def _kill(self, children: set[int]) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
            self._forget(child)
