"""A network's server in memory, whose faults follow what real networks have been seen to do (reference, section 2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

Fault = Callable[["Server", str, dict[str, Any]], None]


@dataclass
class Published:
    """One message as readers see it. ``key``: the identity it was sent under, where the network has one."""

    uri: str
    key: str
    body: dict[str, Any]
    at: datetime
    edits: int = 0


@dataclass
class Server:
    """Thread-safe. ``faults`` maps a call (``send``, ``prepare`` …) to the faults of its next calls, in order."""

    published: list[Published] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    todos: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    uploads: int = 0
    containers: dict[str, int] = field(default_factory=dict)
    """What was made for a message before it is published: how often the network will say that it is still at work."""
    processing: int = 2
    expires_at: datetime | None = None
    """When what its next refresh brings can be renewed no more."""
    _numbers: Any = field(default_factory=lambda: count(1))
    _lock: Any = field(default_factory=threading.RLock)

    def next_fault(self, call: str) -> Fault | None:
        with self._lock:
            waiting = self.faults.get(call)
            return waiting.pop(0) if waiting else None

    def fail(self, call: str, *faults: Fault) -> None:
        with self._lock:
            self.faults.setdefault(call, []).extend(faults)

    def note(self, call: str, token: str) -> None:
        with self._lock:
            self.todos.append((call, token))

    def count(self, call: str) -> int:
        return sum(name == call for name, _ in self.todos)

    def make_container(self) -> str:
        with self._lock:
            name = f"container-{len(self.containers) + 1}"
            self.containers[name] = self.processing
            return name

    def is_processed(self, container: str) -> bool:
        """Whether the network is done with it; each question brings it nearer."""
        with self._lock:
            self.containers[container] -= 1
            return self.containers[container] < 0

    def publish(self, key: str, body: dict[str, Any], at: datetime, known: bool) -> Published:
        """Publish; where the network knows the key (``known``), the same key gives the same message."""
        with self._lock:
            if known:
                for message in self.published:
                    if message.key == key:
                        return message
            message = Published(uri=f"lab:{next(self._numbers)}", key=key, body=body, at=at)
            self.published.append(message)
            return message

    def find(self, match: Callable[[Published], bool]) -> Published | None:
        with self._lock:
            return next((message for message in self.published if match(message)), None)
