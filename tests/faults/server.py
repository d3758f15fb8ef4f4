"""The fault harness's networks over real HTTP, in a process of their own. They remember what readers see, and fail as told.

Faults follow what real networks have been seen to do: an answer that is lost or too late although the message stands,
500 but posted, 429 with and without a time, 401 in the middle, slow media, requests that overtake each other or arrive
when nobody waits any more, and the same call twice at once. ``GET /report`` tells what was published and what failed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.faults.clocks import SPEED, HarnessClock
from tests.faults.doubles import DoubleServer
from tests.faults.mastodon import MastodonServer
from tests.faults.network_servers import Blind, Call, NetworkServer, Pds, Plain, Reply
from tests.networks.openapi_contract import OpenApiContract

PATIENCE = 15 / SPEED
"""Seconds of ours that a worker waits for an answer."""
NOTHING_PUBLISHED = ("early_500", "limited", "limited_quietly", "come_back", "unauthorised", "reset")
PUBLISHED = ("lost_answer", "late_answer", "posted_500", "slow", "overtaken")
ONLY_KEYED = ("after_all", "twice")
"""A network without a key cannot be asked not to do twice what its own wires repeat, or deliver minutes later."""


class Memory:
    """What the servers know together. ``rate``: the share of calls that fail."""

    def __init__(self, networks: dict[str, NetworkServer], rate: float, seed: int) -> None:
        self.networks = networks
        self.rate = rate
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.faults: Counter[str] = Counter()

    def fault(self, network: NetworkServer, call: Call) -> str:
        """The fault that this call meets, "" for most. Every call may fail, reading and uploading less often."""
        with self.lock:
            publishes = network.publishes(call)
            if self.random.random() >= (self.rate if publishes else self.rate / 3):
                return ""
            if not publishes:
                name = self.random.choice(("early_500", "slow_media" if "edia" in call.path else "slow", "reset"))
            else:
                name = self.random.choice(NOTHING_PUBLISHED + PUBLISHED + (ONLY_KEYED if network.keyed else ()))
            self.faults[name] += 1
            return name

    def report(self) -> dict[str, Any]:
        mastodon = self.networks["api"]
        assert isinstance(mastodon, MastodonServer)
        return {
            "posts": {name: network.inbound() for name, network in self.networks.items()},
            "faults": dict(self.faults),
            "contract": mastodon.broken
            + [breach for network in self.networks.values() for breach in getattr(network, "breaches", ())],
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    memory: Memory

    def serve(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            return self.cut()  # its sender died in the middle of the request
        if self.path == "/report":
            return self.answer(Reply(200, self.memory.report()))
        if self.path == "/connections":
            doubles = {
                name: network for name, network in self.memory.networks.items() if hasattr(network, "connection")
            }
            return self.answer(Reply(200, {name: network.connection() for name, network in doubles.items()}))
        if self.path == "/calm":
            self.memory.rate = 0.0
            return self.answer(Reply(200, {}))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, body)
        network = self.memory.networks.get(self.path.split("/")[1])
        if network is None:
            return self.answer(Reply(404, {"error": "no such network"}))
        return self.meet(self.memory.fault(network, call), network, call)

    do_GET = do_POST = do_PUT = do_DELETE = serve

    def meet(self, fault: str, network: NetworkServer, call: Call) -> None:
        if fault == "reset":
            return self.cut()
        if fault in NOTHING_PUBLISHED:
            return self.answer(network.failure(fault))
        if fault in ("slow", "slow_media", "overtaken"):
            time.sleep(PATIENCE * self.memory.random.uniform(0.2, 0.6))
        if fault == "after_all":
            time.sleep(PATIENCE * 1.5)
        if fault == "twice":
            again = threading.Thread(target=network.handle, args=[call])
            again.start()
        reply = network.handle(call)
        if fault in ("lost_answer", "after_all"):
            return self.cut()
        if fault == "late_answer":
            time.sleep(PATIENCE * 1.3)
        if fault == "posted_500":
            return self.answer(network.failure(fault))
        return self.answer(reply)

    def answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(reply.content)

    def cut(self) -> None:
        """Break the connection without an answer."""
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        return


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed worker breaks its connections; that is what this fault harness is for."""
        if os.environ.get("FAULTS_LOG"):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve on a free loopback port, and say on the first line which."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--started", type=float, required=True)
    parser.add_argument("--clock", required=True)
    parser.add_argument("--document", default="", help="Mastodon's OpenAPI document")
    parser.add_argument("--networks", default="", help="slugs of the networks that have a double, by commas")
    parser.add_argument("--pds", default="", help="address of a real PDS")
    arguments = parser.parse_args()
    clock = HarnessClock(arguments.started, arguments.clock)
    contract = OpenApiContract(Path(arguments.document)) if arguments.document else None
    networks: dict[str, NetworkServer] = {
        "api": MastodonServer(clock.true, contract),
        "plain": Plain(clock.true),
        "blind": Blind(clock.true),
    }
    doubles = {slug: DoubleServer(clock.true, slug) for slug in arguments.networks.split(",") if slug}
    networks |= doubles
    handler = type("BoundHandler", (Handler,), {"memory": Memory(networks, arguments.rate, arguments.seed)})
    server = QuietServer(("127.0.0.1", 0), handler)
    address = f"http://127.0.0.1:{server.server_port}"
    for double in doubles.values():
        double.serve_at(address)
    if arguments.pds:
        networks["xrpc"] = Pds(clock.true, arguments.pds, lambda: address)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
