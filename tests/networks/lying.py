"""A server that lies: honest answers but for one place of one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from smeditor.networks.client import GuardedClient

JUNK = [None, True, -1, 1e308, "", "../me", "\x00\ud800", "é" * 5000, [None], {}, {"id": "../x"}, {"data": {}}]
"""What an honest answer never has in the place of something else."""


def places(data: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where something stands in an answer."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def changed(data: Any, path: tuple, junk: Any) -> Any:
    """``data`` with ``junk`` in one place."""
    if not path:
        return junk
    copy = json.loads(json.dumps(data))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    return copy


class Liar(httpx.BaseTransport):
    """Answers as ``honest`` has it (by path, or method and path), but for what ``lie`` sets; lists end after a page."""

    def __init__(self, honest: Mapping[str, Any], version: str) -> None:
        self.honest, self.version = honest, f"/{version}"
        self.client = GuardedClient(transport=self, allowed_private_hosts=["127.0.0.1"])
        self.lie()

    def lie(self, spoilt: str = "", path: tuple = (), junk: Any = None, raw: bytes | None = None) -> None:
        self.spoilt, self.path, self.junk, self.raw = spoilt, path, junk, raw

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        place = request.url.path.removeprefix(self.version)
        name = f"{request.method} {place}" if request.method != "GET" else place
        data = self.honest.get(name)
        if data is None:
            return httpx.Response(400, json={"error": {"code": 100, "error_subcode": 33, "message": "no"}})
        if request.url.params.get("after"):
            data = {"data": []}
        if name == self.spoilt:
            if self.raw is not None:
                return httpx.Response(200, content=self.raw)
            data = changed(self.honest[name], self.path, self.junk)
        return httpx.Response(200, content=json.dumps(data).encode())
