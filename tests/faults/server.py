"""A network's server over real HTTP, in a process of its own. It remembers what readers see, and fails as told.

Paths: ``POST /<kind>/posts`` (header ``X-Key``), ``GET /<kind>/posts?key=…`` or ``?text=…``, ``GET /report``.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEYED = {"bluesky", "mastodon"}
FAULTS = ("lost_answer", "posted_500", "reset", "early_500", "limited", "limited_quietly", "come_back", "slow")
SLOW = 0.3


class Memory:
    """What the server knows. ``rate``: the share of calls that fail."""

    def __init__(self, rate: float, seed: int) -> None:
        self.lock = threading.Lock()
        self.rate = rate
        self.random = random.Random(seed)
        self.posts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.by_key: dict[tuple[str, str], str] = {}
        self.faults: Counter[str] = Counter()
        self.number = 0

    def publish(self, kind: str, key: str, text: str) -> str:
        with self.lock:
            if kind in KEYED and (kind, key) in self.by_key:
                return self.by_key[kind, key]
            self.number += 1
            uri = f"{kind}:{self.number}"
            self.posts[kind][text].append(uri)
            self.by_key[kind, key] = uri
            return uri

    def find(self, kind: str, key: str, text: str) -> str:
        with self.lock:
            if kind in KEYED:
                return self.by_key.get((kind, key), "")
            return next(iter(self.posts[kind].get(text, ())), "")

    def fault(self) -> str:
        with self.lock:
            if self.random.random() >= self.rate:
                return ""
            name = self.random.choice(FAULTS)
            self.faults[name] += 1
            return name

    def report(self) -> dict[str, Any]:
        with self.lock:
            return {"posts": {kind: dict(texts) for kind, texts in self.posts.items()}, "faults": dict(self.faults)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    memory: Memory

    def do_POST(self) -> None:
        kind = self.path.split("/")[1]
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        fault = self.memory.fault()
        answers = {
            "early_500": (500, {}),
            "limited": (429, {"Retry-After": "1"}),
            "limited_quietly": (429, {}),
            "come_back": (503, {"Retry-After": "1"}),
        }
        if fault in answers:
            status, headers = answers[fault]
            return self.answer(status, {"error": fault}, headers)
        if fault == "reset":
            return self.cut()
        if fault == "slow":
            time.sleep(SLOW)
        uri = self.memory.publish(kind, self.headers.get("x-key", ""), body["text"])
        if fault == "lost_answer":
            return self.cut()
        if fault == "posted_500":
            return self.answer(500, {"error": "internal"})
        return self.answer(200, {"uri": uri})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/report":
            return self.answer(200, self.memory.report())
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.memory.random.random() < self.memory.rate / 3:
            return self.answer(500, {"error": "internal"})
        kind = parts.path.split("/")[1]
        return self.answer(200, {"uri": self.memory.find(kind, query.get("key", ""), query.get("text", ""))})

    def answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

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
        """A killed worker breaks its connections; that is what this laboratory is for."""


def main() -> None:
    """Serve on a free loopback port, and say on the first line which. Arguments: share of failing calls, seed."""
    handler = type("BoundHandler", (Handler,), {"memory": Memory(float(sys.argv[1]), int(sys.argv[2]))})
    server = QuietServer(("127.0.0.1", 0), handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
