"""Where the fault harness runs: databases of its own, brokers, a real PDS, a document; each may be missing, with a reason."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsroom.demo.bluesky_network import BlueskyUnavailable, start
from tests.networks.servers import free_port
from tests.shared import ROOT

BROKERS = {
    "memory": "memory://",
    "redis": os.environ.get("FAULTS_REDIS_URL", "redis://127.0.0.1:6379/9"),
    "rabbitmq": os.environ.get("FAULTS_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
POSTGRES = os.environ.get("FAULTS_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def reachable(url: str) -> bool:
    parts = urlsplit(url)
    with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), 2):
        return True
    return False


def missing(kind: str, broker: str) -> str:
    """Why a combination cannot run here, "" when it can."""
    needed = [POSTGRES] if kind == "postgres" else []
    needed += [BROKERS[broker]] if broker != "memory" else []
    for url in needed:
        if not reachable(url):
            return f"nothing answers at {urlsplit(url).hostname}:{urlsplit(url).port}"
    return ""


@contextlib.contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """Yield the URL of a new, empty database, and remove it afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/faults.sqlite3"
        return
    with _postgres(f"smeditor_faults_{os.getpid()}") as url:
        yield url


@contextlib.contextmanager
def _postgres(name: str, template: str = "template1") -> Iterator[str]:
    import psycopg

    plain = POSTGRES.replace("postgres://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass
class Tables:
    """Databases with the desk's tables: they are made once of each kind, and copied for every combination."""

    folder: str
    make: Callable[[str], None]
    """Makes the tables in the database at a URL."""
    _kept: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _made: dict[str, str] = field(default_factory=dict)

    @contextlib.contextmanager
    def copy(self, kind: str) -> Iterator[str]:
        if kind not in self._made:
            self._made[kind] = self._kept.enter_context(database(kind, self.folder))
            self.make(self._made[kind])
        if kind == "sqlite":
            with tempfile.TemporaryDirectory() as own:
                shutil.copy(f"{self.folder}/faults.sqlite3", own)
                yield f"sqlite:///{own}/faults.sqlite3"
            return
        template = self._made[kind].rsplit("/", 1)[1]
        with _postgres(f"{template}_run", template) as url:
            yield url

    def close(self) -> None:
        self._kept.close()


@dataclass(frozen=True)
class Broker:
    """The URL that workers use, and the process of the relay that can cut their connections (0: none)."""

    url: str
    relay: int = 0


@contextlib.contextmanager
def broker(name: str) -> Iterator[Broker]:
    """RabbitMQ is reached through a relay, for nothing else cuts single connections without a right on the server."""
    url = BROKERS[name]
    if name != "rabbitmq":
        yield Broker(url)
        return
    parts = urlsplit(url)
    command = [sys.executable, "-m", "tests.faults.relay", str(parts.hostname), str(parts.port or 5672)]
    relay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert relay.stdout is not None
        port = relay.stdout.readline().strip()
        who, _, _ = parts.netloc.rpartition("@")
        yield Broker(f"{parts.scheme}://{who}@127.0.0.1:{port}{parts.path}", relay.pid)
    finally:
        relay.send_signal(signal.SIGKILL)
        relay.wait()


@contextlib.contextmanager
def pds(folder: str) -> Iterator[tuple[str, str]]:
    """(address of a real PDS, "") or ("", why there is none). Looked for where .ci/install-bluesky puts it, too."""
    installed = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "smeditor-atp"
    if installed.exists():
        os.environ.setdefault("SMEDITOR_ATP_DIR", str(installed))
    try:
        network = start(Path(folder), free_port(), appview=False)
    except BlueskyUnavailable as error:
        yield "", str(error)
        return
    try:
        yield network.pds_url, ""
    finally:
        network.stop()


def mastodon_document() -> str:
    """The path of Mastodon's official OpenAPI document, "" where it does not lie beside this checkout."""
    path = ROOT / "specs" / "mastodon-openapi.json"
    return str(path) if path.exists() else ""


def doubled_networks() -> str:
    """The networks that have a double, by commas."""
    command = [sys.executable, "-c", "from tests.faults.doubles import doubled_networks as n; print(*n(), sep=',')"]
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    return subprocess.run(command, env=known, capture_output=True, text=True, check=True).stdout.strip()


def say(line: Any) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
