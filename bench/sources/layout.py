"""Where every source of the benchmark is and how it behaves. Who serves and who reads make it alike from its size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SLOW, DEAD = 10, 20
"""One in so many sources is slow, or dead."""
SHARED = ((0.60, 1), (0.25, 5), (0.15, 30))
"""Which part of the sources has how many neighbours on its host: blogs, sites with sections, a platform of forums."""
GROWING = 0.4
"""The part of the sources that has something new in each period; the others stay as they are."""
SLOWEST, BEYOND = 9.0, 20.0
"""Seconds to answer: of slow sources, and of those that no client waits for."""
ACCOUNTS_A_SERVER = 5
BUSY = 10
"""Of so many accounts one has posts that many answer."""
SERVER_SLOWNESS = 1.5
"""Seconds that each request to the slow server of accounts takes."""


@dataclass(frozen=True)
class Site:
    """One feed or page.

    ``behaviour``: ``quick``, ``slow`` (answers late), ``drip`` (in small pieces, over as long), ``refuse`` (nobody
    listens), ``silent`` (listens and never answers), ``fail`` (answers with 500). ``seconds``: how long it takes.
    """

    number: int
    kind: str
    host: str
    behaviour: str
    seconds: float
    grows: bool

    @property
    def path(self) -> str:
        return f"/{self.kind}/{self.number}"

    @property
    def group(self) -> str:
        """How the benchmark counts it: quick, slow or dead."""
        return {"quick": "quick", "slow": "slow", "drip": "slow"}.get(self.behaviour, "dead")


@dataclass(frozen=True)
class Presence:
    """One account and its server, which is ``quick``, ``slow`` or ``dead``."""

    number: int
    host: str
    group: str
    busy: bool

    @property
    def token(self) -> str:
        return f"account-{self.number}"


def sites(number: int) -> list[Site]:
    """``number`` feeds and pages, one in ten slow and one in twenty dead."""
    rng = random.Random(number)
    hosts = list(_hosts(number))
    rng.shuffle(hosts)
    behaviours = _behaviours(number, hosts, rng)
    places = [(host, behaviour) for host, _size in hosts for behaviour in behaviours[host]]
    rng.shuffle(places)
    return [_site(place, host, behaviour, rng) for place, (host, behaviour) in enumerate(places)]


def _site(number: int, host: str, behaviour: str, rng: random.Random) -> Site:
    """A feed or a page in turn. Of what drips a tenth drips for longer than anybody waits."""
    seconds = rng.uniform(3.2, SLOWEST) if behaviour in ("slow", "drip") else 0.0
    if behaviour == "drip" and rng.random() < 0.1:
        seconds = BEYOND
    return Site(number, "feed" if number % 2 else "page", host, behaviour, seconds, rng.random() < GROWING)


def _hosts(number: int) -> Iterator[tuple[str, int]]:
    """The hosts, each a loopback address of its own, with how many sources each has."""
    made = left = 0
    for part, size in SHARED:
        left = left + round(number * part)
        while left >= size:
            yield f"127.1.{made // 250}.{made % 250 + 1}", size
            made, left = made + 1, left - size
    if left:
        yield f"127.1.{made // 250}.{made % 250 + 1}", left


def _behaviours(number: int, hosts: list[tuple[str, int]], rng: random.Random) -> dict[str, list[str]]:
    """What the sources of each host are. A host is slow or dead as a whole; a platform is neither."""
    wanted = {"slow": number // SLOW, "dead": number // DEAD}
    kinds = {"slow": ("slow", "drip"), "dead": ("refuse", "silent", "fail")}
    chosen = {}
    for place, (host, size) in enumerate(hosts):
        group = next((group for group in wanted if size <= min(wanted[group], SHARED[1][1])), "")
        chosen[host] = ["quick"] * size
        if group and (size > 1 or rng.random() < 0.5):
            chosen[host] = [kinds[group][place % len(kinds[group])]] * size
            wanted[group] -= size
    return chosen


def presences(number: int) -> list[Presence]:
    """``number`` accounts, some to a server. One server is slow, and of one nothing is left."""
    last = (number - 1) // ACCOUNTS_A_SERVER
    groups = {0: "slow", last: "dead"} if last > 1 else {}
    return [
        Presence(
            account,
            f"127.2.0.{account // ACCOUNTS_A_SERVER + 1}",
            groups.get(account // ACCOUNTS_A_SERVER, "quick"),
            account % BUSY == BUSY - 2,
        )
        for account in range(number)
    ]
