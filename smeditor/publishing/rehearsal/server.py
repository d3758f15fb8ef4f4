"""The networks' servers in memory: what readers would see, and the faults that messages meet on their way there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from smeditor.models import Account
from smeditor.networks.base import Credentials
from smeditor.publishing.rehearsal.faults import Fault

AT_WORK = 3
"""How often a network that is at work on media says so before it is done."""


@dataclass
class Published:
    """One message as readers would see it. ``key``: the identity it was sent under."""

    uri: str
    key: str
    text: str
    at: datetime


@dataclass
class Server:
    """What one account's network holds. ``faults``: by the text of the message that meets each, once."""

    account: int
    faults: dict[str, Fault] = field(default_factory=dict)
    met: list[tuple[Fault, str]] = field(default_factory=list)
    """The faults that came about, with the message's text, in their order."""
    published: list[Published] = field(default_factory=list)
    questions: Counter[str] = field(default_factory=Counter)

    def meet(self, text: str, *, media: bool = False) -> Fault | None:
        """The fault that this message meets now, if it has not met it yet; ``media``: while its media is prepared."""
        fault = self.faults.get(text)
        if fault is None or (fault is Fault.SLOW_MEDIA) is not media:
            return None
        del self.faults[text]
        self.met.append((fault, text))
        return fault

    def publish(self, key: str, text: str, at: datetime, lifetime: timedelta | None, *, knows: bool) -> Published:
        """Publish; where the network ``knows`` identities (for ``lifetime``; None: for ever), one gives one message."""
        if knows:
            for message in self.published:
                if message.key == key and (lifetime is None or at - message.at < lifetime):
                    return message
        message = Published(f"rehearsal:{self.account}:{len(self.published) + 1}", key, text, at)
        self.published.append(message)
        return message


class World:
    """All servers of a rehearsal, and its clock."""

    def __init__(self) -> None:
        self.now = datetime(1970, 1, 1, tzinfo=UTC)
        self.servers: dict[tuple[str, ...], Server] = {}

    def add(self, account: Account) -> Server:
        """Give ``account`` a server of its own and return it."""
        return self.servers.setdefault(_place(account.network, account), Server(account.pk))

    def server(self, slug: str, credentials: Credentials) -> Server:
        """The server of the account that ``credentials`` belong to. Raises KeyError for one that is not in the rehearsal."""
        return self.servers[_place(slug, credentials)]


def _place(slug: str, known_by: Any) -> tuple[str, ...]:
    return slug, known_by.server_url, known_by.handle, known_by.remote_id


_world: list[World] = []


def world() -> World:
    """The world of the rehearsal that is running. Raises IndexError outside of one."""
    return _world[-1]


@contextmanager
def running(new: World) -> Iterator[World]:
    """Let ``new`` be the world for a block."""
    _world.append(new)
    try:
        yield new
    finally:
        _world.remove(new)
