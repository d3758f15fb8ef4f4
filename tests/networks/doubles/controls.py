"""What a demo and the fault harness ask of every double, whatever its network is like."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.networks.doubles.base import Double

Failure = tuple[int, dict[str, Any], dict[str, str]]
"""Status, body and headers of an answer that published nothing."""


class Control(ABC):
    """One network's double, as the newsroom's account and its readers would use it."""

    limited: Failure = (429, {"error": "Too many requests"}, {"Retry-After": "5"})
    unauthorised: Failure = (401, {"error": "The access token is invalid"}, {})
    broken: Failure = (500, {"error": "Internal server error"}, {})
    come_back: Failure = (503, {"error": "Service unavailable"}, {"Retry-After": "5"})

    def __init__(self, double: Any) -> None:
        self.double = double

    @abstractmethod
    def connection(self) -> dict[str, Any]:
        """What the desk is given to act for the newsroom's account, as if a person had consented.

        ``{"handle", "remote_id", "secret": {…}}``; the address is the double's own.
        """

    @abstractmethod
    def visible(self) -> list[tuple[str, str]]:
        """The newsroom's messages that readers see now: text and native id of each."""

    def messages(self) -> dict[str, list[str]]:
        """The same by text."""
        found: dict[str, list[str]] = defaultdict(list)
        for text, native_id in self.visible():
            found[text].append(native_id)
        return dict(found)

    @abstractmethod
    def reader_writes(self, by: str, text: str, post: str = "") -> str:
        """Let the reader ``by`` write under ``post``, else under our newest message. Returns its native id.

        Raises LookupError where there is nothing to write under.
        """

    @abstractmethod
    def publishes(self, method: str, path: str) -> bool:
        """Whether readers see the effect of such a request."""

    def set_clock(self, now: Callable[[], datetime]) -> None:
        """Let the double live in another time."""
        self.double.now = now

    def post_or_newest(self, post: str) -> str:
        """``post``, else our newest message."""
        return post or self.visible()[-1][1]


def control_of(double: Double) -> Control:
    """The control of a double: the class ``Control`` of its package's module ``control``."""
    return import_module(f"tests.networks.doubles.{double.slug}.control").Control(double)
