"""The practice network of the demo: a Mastodon-compatible server on loopback, and readers who post there.

The readers' hands are ``Mastodon.py``, a client library that shares no code with the desk's own adapter.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from newsroom.demo.cast import Line, Member
from newsroom.demo.processes import HOST, Processes

if TYPE_CHECKING:
    from mastodon import Mastodon

SLUG = "mastodon"


def write_config(path: Path, database: Path, port: int, members: Iterable[Member]) -> None:
    """Write the server's TOML configuration: a database in our own folder and the members with their tokens."""
    lines = ["[database]", f'path = "{database.as_posix()}"', "[server]", f'host = "{HOST}"', f"port = {port}"]
    for member in members:
        lines += [
            "[[seed.accounts]]",
            f'username = "{member.username}"',
            f'display_name = "{member.name}"',
            f'access_token = "{member.password}"',
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class MastodonPractice:
    """A practice server. ``port`` is where it listens; its data stays in ``folder``.

    It starts beside whatever comes next: :meth:`wait` before the first word to it.
    """

    slug = SLUG

    def __init__(self, processes: Processes, folder: Path, port: int, members: list[Member]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "mastodon.toml"
        write_config(config, folder / "mastodon.sqlite3", port, members)
        where = ["--config", str(config), "--host", HOST, "--port", str(port)]
        processes.start("mastodon", [sys.executable, "-m", "mastodon_mock", "serve", *where, "--log-level", "error"])
        self.processes, self.port = processes, port
        self.url = f"http://{HOST}:{port}"
        self.members = {member.username: member for member in members}
        self.clients: dict[str, Mastodon] = {}

    def wait(self) -> None:
        """Return when it answers. Raises CommandError with its last words when it does not."""
        self.processes.wait_for("mastodon", self.port)

    def handle(self, member: Member) -> str:
        """The member's handle on this network."""
        return member.username

    def secret(self, member: Member) -> dict[str, str]:
        """What the desk is given to act as this member."""
        return {"access_token": member.password}

    def client(self, username: str) -> Mastodon:
        """The member's own client."""
        from mastodon import Mastodon  # half a second, which the newspaper's first page need not wait for

        if username not in self.clients:
            token = self.members[username].password
            self.clients[username] = Mastodon(access_token=token, api_base_url=self.url, ratelimit_method="throw")
        return self.clients[username]

    def find_post(self, account: str, path: str) -> str | None:
        """The id of the post of ``account`` that links to an article, found as a reader would: on its timeline."""
        client = self.client(account)
        for status in client.account_statuses(client.me()):
            if path in status.content:
                return str(status.id)
        return None

    def perform(self, line: Line, post: str | None, earlier: str | None) -> str:
        """Carry out one line; returns the id of what was written, or "" for a like or a boost."""
        me = self.client(line.by)
        if line.operation == "like":
            me.status_favourite(post)
            return ""
        if line.operation == "boost":
            me.status_reblog(post)
            return ""
        if line.operation == "quote":
            return str(me.status_post(line.text, quoted_status_id=post).id)
        if line.operation == "mention":
            return str(me.status_post(f"@{line.account} {line.text}").id)
        if line.operation == "answer":
            return str(me.status_post(line.text, in_reply_to_id=earlier).id)
        return str(me.status_post(f"@{line.account} {line.text}", in_reply_to_id=post).id)

    def heard(self, username: str, excerpt: str) -> bool:
        """Whether a member was told something: a mention whose text holds ``excerpt``."""
        notifications = self.client(username).notifications(types=["mention"])
        plain = (re.sub(r"<[^>]+>", " ", entry.status.content) for entry in notifications if entry.status)
        return any(excerpt in " ".join(text.split()) for text in plain)

    def stop(self) -> None:
        """Nothing of its own: the server is one of the demo's processes."""
