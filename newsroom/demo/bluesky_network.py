"""A real Bluesky network on loopback: PLC directory, PDS and AppView of the npm package ``@atproto/dev-env``.

``start`` runs it in a Node process of its own and waits until it is ready; ``stop`` ends it and drops its database.
It ends by itself when the process that started it dies. The package is installed by ``.ci/install-bluesky``.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_suffix(".mjs")
POSTGRES = "postgresql://root@127.0.0.1:5432/postgres"
REDIS = "127.0.0.1:6379"


class BlueskyUnavailable(RuntimeError):
    """The network cannot be started here; the message says what is missing."""


@dataclass
class BlueskyNetwork:
    """A running network. ``appview_url`` is empty when only the PDS was asked for."""

    pds_url: str
    appview_url: str
    process: subprocess.Popen = field(repr=False)
    clean: Callable[[], None] = field(repr=False)

    def stop(self) -> None:
        """End the processes, drop the database and delete the files. May be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        self.clean()
        self.clean = _nothing


def find_package() -> Path:
    """Return the folder whose node_modules holds ``@atproto/dev-env``, or raise BlueskyUnavailable."""
    named = os.environ.get("SMEDITOR_ATP_DIR")
    places = [Path(named)] if named else [ROOT, ROOT / "var" / "atp", ROOT.parent / "atp"]
    for place in places:
        if (place / "node_modules" / "@atproto" / "dev-env" / "package.json").exists():
            return place.resolve()
    checked = ", ".join(str(place / "node_modules") for place in places)
    raise BlueskyUnavailable(f"@atproto/dev-env is not installed in {checked}; run .ci/install-bluesky")


def start(
    var_dir: Path,
    port: int,
    *,
    appview: bool = True,
    rate_limits: bool = False,
    postgres: str = POSTGRES,
    redis: str = REDIS,
    seconds: float = 120,
) -> BlueskyNetwork:
    """Start a network whose PDS listens on ``port``, its AppView on ``port + 1``, its PLC directory on ``port + 2``.

    ``var_dir`` receives its files for as long as it runs. Without ``appview`` neither PostgreSQL nor Redis is needed.
    ``rate_limits`` turns on the limits of a public PDS. Raises BlueskyUnavailable with the reason.
    """
    node = shutil.which("node")
    if node is None:
        raise BlueskyUnavailable("Node.js is not installed (18.7 to 20 are known to work)")
    package = find_package()
    files = var_dir.resolve() / f"bluesky-{port}"
    environment = {
        **os.environ,
        "ATP_DIR": str(package),
        "ATP_KIND": "full" if appview else "pds",
        "ATP_PORT": str(port),
        "ATP_RATE_LIMITS": "1" if rate_limits else "0",
        "LOG_ENABLED": "false",
        "TMPDIR": str(files),
    }
    drop: Callable[[], None] = _nothing
    if appview:
        _ask_redis(redis)
        url, drop = _create_database(postgres)
        environment |= {"DB_POSTGRES_URL": url, "REDIS_HOST": redis}
    files.mkdir(parents=True, exist_ok=True)

    def clean() -> None:
        drop()
        shutil.rmtree(files, ignore_errors=True)

    process = subprocess.Popen(  # noqa: S603 - our own script, no shell
        [node, str(SCRIPT)],
        env=environment,
        cwd=package,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    network = BlueskyNetwork("", "", process, clean)
    try:
        ready = _wait(process, seconds)
    except BaseException:
        network.stop()
        raise
    network.pds_url, network.appview_url = ready["pds"], ready["appview"]
    return network


def create_account(pds_url: str, handle: str, email: str, password: str) -> dict[str, str]:
    """Open an account on the PDS. Returns ``did``, ``handle``, ``accessJwt`` and ``refreshJwt``.

    Raises ValueError with what the PDS says (a handle that is taken, reserved or not a name under ``.test``).
    """
    body = json.dumps({"handle": handle, "email": email, "password": password}).encode()
    request = urllib.request.Request(  # noqa: S310 - the PDS that we started on loopback
        f"{pds_url}/xrpc/com.atproto.server.createAccount", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise ValueError(f"{handle}: {json.load(error).get('message', error.reason)}") from error


def _wait(process: subprocess.Popen, seconds: float) -> dict[str, str]:
    """Return what the script says when it is ready; its output is read on so that it never blocks."""
    output: deque[str] = deque(maxlen=20)
    ready: dict[str, str] = {}
    finished = threading.Event()

    def read() -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in process.stdout or ():
                if line.startswith('{"ready"'):
                    ready.update(json.loads(line))
                    finished.set()
                elif not ready:
                    output.append(line.strip())
        finished.set()

    threading.Thread(target=read, name="bluesky-network", daemon=True).start()
    began = time.monotonic()
    finished.wait(seconds)
    if ready:
        return ready
    waited = f"after {time.monotonic() - began:.0f} s"
    raise BlueskyUnavailable(f"the Bluesky network did not start ({waited}): {' | '.join(output) or 'it said nothing'}")


def _ask_redis(address: str) -> None:
    """Raise BlueskyUnavailable where nothing listens on ``host:port``."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        raise BlueskyUnavailable(f"Redis does not answer at {address}") from error


def _create_database(postgres: str) -> tuple[str, Callable[[], None]]:
    """Create a database of its own beside ``postgres``; return its URL and what drops it."""
    try:
        import psycopg
        from psycopg import sql
    except ImportError as error:
        raise BlueskyUnavailable("psycopg is not installed (the extra 'postgres')") from error
    name = f"smeditor_atp_{secrets.token_hex(4)}"

    def execute(statement: str) -> None:
        with psycopg.connect(postgres, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    try:
        execute("CREATE DATABASE {}")
    except psycopg.OperationalError as error:
        raise BlueskyUnavailable(
            f"PostgreSQL does not answer at {urlsplit(postgres).hostname}:{urlsplit(postgres).port or 5432}"
        ) from error

    def drop() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            execute("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    return urlunsplit(urlsplit(postgres)._replace(path=f"/{name}")), drop


def _nothing() -> None:
    return None
