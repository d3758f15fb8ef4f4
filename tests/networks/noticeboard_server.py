"""A noticeboard on loopback: the server of the network that ``docs/networks/adding-a-network.md`` writes an adapter for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONGEST = 400
PEOPLE = {"paper-token": "paper", "ben-token": "ben"}


@dataclass
class Board:
    """Everything that was posted, and what happened since, in order."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, who: str, method: str, path: str, query: dict, body: dict) -> tuple[int, Any]:
        with self.lock:
            match path.strip("/").split("/"):
                case ["me"]:
                    return 200, {"id": f"id-{who}", "name": who, "url": f"http://board.example/{who}"}
                case ["events"]:
                    after = int(query["after"][0])
                    return 200, {
                        "events": self.events[after : after + 50],
                        "last": min(len(self.events), after + 50),
                    } | {"more": len(self.events) > after + 50}
                case ["messages", name]:
                    return self.message(who, method, name, body)
                case ["messages", name, act]:
                    self.messages[name][{"like": "likes", "pass": "passes"}[act]] += 1
                    self.happens(who, act, f"{act}-{len(self.events)}", subject=name)
                    return 200, {}
            return 404, {"message": "no such page"}

    def message(self, who: str, method: str, name: str, body: dict) -> tuple[int, Any]:
        known = self.messages.get(name)
        if method == "PUT" and known is None:
            if len(body["text"]) > LONGEST:
                return 422, {"message": f"at most {LONGEST} characters"}
            known = {**body, "id": name, "by": who, "url": f"http://board.example/{name}", "likes": 0, "passes": 0}
            self.messages[name] = known | {"answers_to_it": 0}
            self.tell(who, name, body)
        known = self.messages.get(name)
        if known is None:
            return 404, {"message": "no such message"}
        if method == "DELETE":
            del self.messages[name]
            self.happens(who, "gone", name)
        return 200, known

    def tell(self, who: str, name: str, body: dict) -> None:
        """Let the paper know of what somebody else posted, if it concerns it."""
        parent = self.messages.get(body.get("answers", ""))
        root = parent
        while root and root.get("answers"):
            root = self.messages[root["answers"]]
        if parent:
            parent["answers_to_it"] += 1
        kind = "answer" if parent else "quote" if body.get("quotes") else "mention"
        places = {
            "answers": body.get("answers", ""),
            "quotes": body.get("quotes", ""),
            "root": root["id"] if root else "",
        }
        self.happens(who, kind, name, text=body["text"], **places)

    def happens(self, who: str, kind: str, name: str, **more: Any) -> None:
        if who != "paper":
            at = datetime.now(UTC).isoformat()
            self.events.append({"kind": kind, "id": name, "author": {"id": f"id-{who}", "name": who}, "at": at, **more})


@contextmanager
def noticeboard() -> Iterator[str]:
    """Serve an empty board and yield its address."""
    board = Board()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            who = PEOPLE.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            status, data = 401, {"message": "who are you?"}
            if who:
                status, data = board.answer(who, self.command, parts.path, parse_qs(parts.query), body)
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = handle_any

        def log_message(self, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
