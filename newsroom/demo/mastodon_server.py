"""The practice network of the demo: a Mastodon-compatible server on loopback with accounts of ours and of readers."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from newsroom.demo.processes import HOST, Processes


@dataclass(frozen=True)
class Member:
    """Somebody on the practice network. The token is made from the name: it opens nothing but this demo."""

    username: str
    display_name: str
    note: str = ""

    @property
    def token(self) -> str:
        return f"demo-{self.username}"


def write_config(path: Path, database: Path, port: int, members: Iterable[Member]) -> None:
    """Write the server's TOML configuration: a database in our own folder and the members with their tokens."""
    lines = [
        "[database]",
        f'path = "{database.as_posix()}"',
        "[server]",
        f'host = "{HOST}"',
        f"port = {port}",
    ]
    for member in members:
        lines += [
            "[[seed.accounts]]",
            f'username = "{member.username}"',
            f'display_name = "{member.display_name}"',
            f'note = "{member.note}"',
            f'access_token = "{member.token}"',
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def start(processes: Processes, folder: Path, port: int, members: Iterable[Member]) -> str:
    """Start the server and return its address. Its data stays in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "mastodon.toml"
    write_config(config, folder / "mastodon.sqlite3", port, members)
    where = ["--config", str(config), "--host", HOST, "--port", str(port)]
    processes.start("mastodon", [sys.executable, "-m", "mastodon_mock", "serve", *where, "--log-level", "error"])
    processes.wait_for("mastodon", port)
    return f"http://{HOST}:{port}"
