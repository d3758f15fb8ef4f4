"""``python -m bench.sources.server SOURCES ACCOUNTS PERIOD``: the web and the networks of the benchmark, on loopback.

Each host has an address of its own in 127.0.0.0/8, which Linux has without being asked. The first line of the output
is the port. ``PERIOD``: seconds after which growing sources have something new. ``/report`` on 127.0.0.1 says what came.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import sys
import time
from collections import Counter
from typing import Any

from bench.sources.content import body_of
from bench.sources.layout import SERVER_SLOWNESS, Site, presences, sites
from bench.sources.mastodon import Server

PIECES = 20
"""A dripping answer comes in so many pieces."""


class Web:
    def __init__(self, sources: int, accounts: int, period: float) -> None:
        self.period = period
        self.began = time.monotonic()
        self.sites = {(site.host, site.path): site for site in sites(sources)}
        self.servers = {presence.token: Server(presence) for presence in presences(accounts)}
        self.networks = {server.presence.host for server in self.servers.values()}
        self.under_way: Counter[str] = Counter()
        self.at_once: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.bodies: dict[int, tuple[int, bytes]] = {}

    def listening(self) -> list[str]:
        """The addresses at which somebody listens."""
        alive = [site.host for site in self.sites.values() if site.behaviour != "refuse"]
        alive += [server.presence.host for server in self.servers.values() if server.presence.group != "dead"]
        return ["127.0.0.1", *dict.fromkeys(alive)]

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while line := await reader.readline():
                headers = {}
                while name := (await reader.readline()).strip():
                    key, _, value = name.decode("latin-1").partition(":")
                    headers[key.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, target, _ = line.decode("latin-1").split()
                self.under_way[host] += 1
                self.at_once[host] = max(self.at_once[host], self.under_way[host])
                try:
                    await self.answer(host, method, target, headers, body, reader, writer)
                finally:
                    self.under_way[host] -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def answer(
        self,
        host: str,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if host == "127.0.0.1":
            await send(writer, 200, json.dumps(self.report()).encode(), {"Content-Type": "application/json"})
            return
        server = self.servers.get(headers.get("authorization", "").partition(" ")[2])
        if server is not None:
            status, data, more = server.answer(method, target, headers, body)
            if server.presence.group == "slow":
                await asyncio.sleep(SERVER_SLOWNESS)
            self.counts[f"accounts {status}"] += 1
            await send(writer, status, json.dumps(data).encode(), {"Content-Type": "application/json", **more})
            return
        site = self.sites.get((host, target))
        if site is None:
            await send(writer, 404, b"<html>Nothing here</html>", {"Content-Type": "text/html"})
        elif site.behaviour == "silent":
            self.counts["silent"] += 1
            await reader.read()
        elif site.behaviour == "fail":
            self.counts["500"] += 1
            await send(writer, 500, b"<html>Out of order</html>", {"Content-Type": "text/html"})
        else:
            await self.show(site, headers, writer)

    async def show(self, site: Site, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        grown = int((time.monotonic() - self.began) / self.period + site.number % 97 / 97) if site.grows else 0
        tag, kind = f'"{grown}"', "application/rss+xml" if site.kind == "feed" else "text/html; charset=utf-8"
        if site.behaviour == "slow":
            await asyncio.sleep(site.seconds)
        if site.kind == "feed" and headers.get("if-none-match") == tag:
            self.counts["304"] += 1
            await send(writer, 304, b"", {"ETag": tag})
            return
        self.counts["200"] += 1
        seconds = site.seconds if site.behaviour == "drip" else 0.0
        more = {"ETag": tag} if site.kind == "feed" else {}
        await send(writer, 200, self.body(site, grown), {"Content-Type": kind, **more}, seconds)

    def body(self, site: Site, grown: int) -> bytes:
        known = self.bodies.get(site.number)
        if known is None or known[0] != grown:
            known = self.bodies[site.number] = (grown, body_of(site, grown))
        return known[1]

    def report(self) -> dict[str, Any]:
        servers = self.servers.values()
        return {
            "received": [entry for server in servers for entry in server.received],
            "counts": dict(self.counts),
            "at_once": max((number for host, number in self.at_once.items() if host.startswith("127.1.")), default=0),
            "at_once_accounts": max((self.at_once[host] for host in self.networks), default=0),
            "limited": sum(server.refused for server in servers),
            "limited_posts": sum(server.refused_posts for server in servers),
            "least_left": min((server.least_left for server in servers), default=0),
        }


async def send(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str], seconds: float = 0.0
) -> None:
    """Write an answer, its body piece by piece over ``seconds``."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode()
    if not seconds:
        writer.write(head + body)
        await writer.drain()
        return
    writer.write(head)
    size = len(body) // PIECES + 1
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / PIECES)
        writer.write(body[start : start + size])
        await writer.drain()


async def main(sources: int, accounts: int, period: float) -> None:
    web = Web(sources, accounts, period)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = await asyncio.start_server(web.connection, web.listening(), port, backlog=512)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # an address for each host, and who asks there
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
