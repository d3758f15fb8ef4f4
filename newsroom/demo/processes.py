"""Starting, watching and stopping the demo's processes: web, worker, practice network, mailbox."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from django.core.management.base import CommandError

HOST = "127.0.0.1"
COPIES = sys.platform == "linux"
"""Whether a process may be copied as it stands. macOS has libraries that end a copy which uses them."""


class Process(Protocol):
    """What is asked of a child process."""

    pid: int

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after ``timeout`` seconds."""


class Copy:
    """A copy of this process, with all that it has imported, that runs one ``manage.py`` command and ends."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        from django.db import connections

        connections.close_all()  # no two processes may use one connection
        self.process = multiprocessing.get_context("fork").Process(target=_work, args=(arguments, log))
        self.process.start()
        self.pid: int = self.process.pid or 0

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after ``timeout`` seconds."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("manage.py", timeout or 0)
        return self.process.exitcode


def _work(arguments: Sequence[str], log: Path) -> None:
    """Run a command in the copy: in a session of its own, silent but for its log file."""
    from django.core.management import call_command

    os.setsid()
    with log.open("wb") as output, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    stop_on_signals()
    with contextlib.suppress(KeyboardInterrupt):
        call_command(*arguments)


def free_port(preferred: int) -> int:
    """Return ``preferred`` when nothing listens there, else the next free port. Raises CommandError after 50."""
    for port in range(preferred, preferred + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise CommandError(f"No free port between {preferred} and {preferred + 50}. Choose another: make demo PORT=…")


def stop_on_signals() -> None:
    """Let Ctrl-C and a plain ``kill`` end us alike, also where a shell started us in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


class Processes:
    """Child processes with a log file each; ``stop()`` ends them all, whatever happened."""

    def __init__(self, log_dir: Path) -> None:
        self.log_dir = log_dir
        self.running: dict[str, Process] = {}
        log_dir.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        """Start ``command`` in a process group of its own; its output goes to ``<log_dir>/<name>.log``."""
        with self._log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                list(command),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    def manage(self, name: str, *arguments: str) -> None:
        """Run a ``manage.py`` command beside us, in a copy of this process where that is safe: Django is loaded once."""
        if COPIES:
            self.running[name] = Copy(arguments, self._log(name))
        else:
            self.start(name, [sys.executable, "manage.py", *arguments])

    def wait_for(self, name: str, port: int, seconds: float = 60) -> None:
        """Wait until ``name`` listens on ``port``. Raises CommandError with its last words when it dies or hangs."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return
            time.sleep(0.1)
        raise CommandError(f"{name} does not answer on port {port} after {seconds:.0f} s.\n{self.last_output(name)}")

    def check(self) -> None:
        """Raise CommandError when a process has died."""
        for name, process in self.running.items():
            status = process.poll()
            if status is not None:
                raise CommandError(f"{name} stopped with status {status}.\n{self.last_output(name)}")

    def last_output(self, name: str) -> str:
        """The last 15 lines that ``name`` wrote; empty when it wrote none."""
        path = self._log(name)
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:]) if path.exists() else ""

    def stop(self) -> None:
        """Ask the processes to end, the last one started first, and end those that have not after three seconds."""
        for process in reversed(self.running.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"
