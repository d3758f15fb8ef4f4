"""The networks' doubles in the fault harness: the same as in the contract's tests, asked without a socket of their own."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client

from smeditor.networks.registry import SHIPPED, get_network_class
from tests.faults.network_servers import Call, NetworkServer, Now, Reply
from tests.networks.doubles.base import Double
from tests.networks.doubles.controls import control_of


def doubled_networks() -> list[str]:
    """The slugs of the networks of which there is a double and on which posts are sent."""
    return [
        slug
        for slug in SHIPPED
        if find_spec(f"tests.networks.doubles.{slug}") is not None and get_network_class(slug).capabilities.sends
    ]


class DoubleServer(NetworkServer):
    """One double under the path ``/<slug>``, in the fault harness's time."""

    def __init__(self, now: Now, slug: str) -> None:
        super().__init__(now)
        self.slug = slug
        self.double: Double = import_module(f"tests.networks.doubles.{slug}").Server()
        self.control = control_of(self.double)
        self.control.set_clock(now)
        self.client = Client(self.double)

    def serve_at(self, address: str) -> None:
        """Say where the double is found: a network names addresses of its own, to upload to for instance."""
        self.double.url = f"{address}/{self.slug}"

    def publishes(self, call: Call) -> bool:
        return self.control.publishes(call.method, self._own_path(call))

    def handle(self, call: Call) -> Reply:
        headers = {
            name: value for name, value in call.headers.items() if not name.startswith(("content-length", "host"))
        }
        path = call.path.removeprefix(f"/{self.slug}") or "/"
        answer = self.client.open(path, method=call.method, headers=headers, data=call.body)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in {"content-length", "connection"}
        }
        return Reply(answer.status_code, answer.get_data(), kept)

    def inbound(self) -> dict[str, list[str]]:
        with self.double.lock:
            return self.control.messages()

    def failure(self, name: str) -> Reply:
        known = {
            "limited": self.control.limited,
            "limited_quietly": self.control.limited,
            "come_back": self.control.come_back,
            "unauthorised": self.control.unauthorised,
        }
        status, body, headers = known.get(name, self.control.broken)
        return Reply(status, body, headers)

    @property
    def breaches(self) -> list[str]:
        """Messages that the official document does not allow."""
        return self.double.breaches

    def connection(self) -> dict[str, Any]:
        """What the desk's account is made of."""
        return self.control.connection()

    def _own_path(self, call: Call) -> str:
        return urlsplit(call.path).path.removeprefix(f"/{self.slug}") or "/"
