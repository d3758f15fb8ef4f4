"""A site made up for tests of mentions: pages with any headers on loopback, and endpoints that note what is sent to them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

HTML = ("Content-Type", "text/html; charset=utf-8")


@dataclass
class Shown:
    """What a path answers: ``headers`` beside the content type, in their order and as often as they are there."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=lambda: [HTML])


@dataclass
class Posted:
    """A request that was sent to an endpoint: its path with the query, its form, its body."""

    path: str
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


class Site(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Shown] = {}
        self.endpoints: dict[str, Shown] = {}
        self.asked: Counter[str] = Counter()
        self.posted: list[Posted] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def show(self, path: str, html: str = "", status: int = 200, *headers: tuple[str, str], kind: str = "") -> str:
        content_type = ("Content-Type", kind) if kind else HTML
        self.pages[path] = Shown(html.encode(), status, [content_type, *headers])
        return self.url + path

    def listen(self, path: str, status: int = 202, body: bytes = b"", *headers: tuple[str, str]) -> str:
        self.endpoints[path] = Shown(body, status, [("Content-Type", "text/plain"), *headers])
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked[path] += 1
        self._answer(self.server.pages.get(path, Shown(b"<html>Nothing here</html>", 404)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.posted.append(Posted(self.path, body))
        self._answer(self.server.endpoints.get(self.path.partition("?")[0], Shown(b"", 404)))

    def _answer(self, shown: Shown) -> None:
        self.send_response(shown.status)
        for name, value in shown.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(shown.body)))
        self.end_headers()
        self.wfile.write(shown.body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()
