"""Faults of networks as they have been documented. Each is called before the message is published.

The first group publishes and then fails to say so; the second publishes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from smeditor.exceptions import AuthExpired, OutcomeUnknown, RateLimited, Refused, Temporary
from tests.publishing.harness.server import Fault, Server


def _public(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if not key.startswith("_")}


def _publish(server: Server, body: dict[str, Any]) -> None:
    server.publish(body["_key"], _public(body), body["_at"], body["_known"])


def accepts_then_times_out(server: Server, call: str, body: dict[str, Any]) -> None:
    _publish(server, body)
    raise OutcomeUnknown("The server did not answer in time.", cause="ReadTimeout")


def fails_but_posts(server: Server, call: str, body: dict[str, Any]) -> None:
    """Facebook answered 500, code 2, and had published (arsduo/koala #699)."""
    _publish(server, body)
    raise OutcomeUnknown("The server failed while it was publishing (500).", status=500)


def publishes_and_adapter_breaks(server: Server, call: str, body: dict[str, Any]) -> None:
    _publish(server, body)
    raise KeyError("id")


def times_out(server: Server, call: str, body: dict[str, Any]) -> None:
    raise OutcomeUnknown("The server did not answer in time.", cause="ReadTimeout")


def unreachable(server: Server, call: str, body: dict[str, Any]) -> None:
    raise Temporary("The server cannot be reached. It will be tried again.", cause="ConnectError")


def refuses(server: Server, call: str, body: dict[str, Any]) -> None:
    raise Refused("The network refused: Validation failed.", status=422)


def unauthorised(server: Server, call: str, body: dict[str, Any]) -> None:
    raise AuthExpired("The network no longer accepts the account's token. Connect it again.", status=401)


def limited_until(until: datetime) -> Fault:
    def fault(server: Server, call: str, body: dict[str, Any]) -> None:
        raise RateLimited("The network asks to wait.", until=until, status=429)

    return fault


def calling(function: Any) -> Fault:
    """Do something in the middle of the call: commit a hold, move the clock, send from another worker."""

    def fault(server: Server, call: str, body: dict[str, Any]) -> None:
        function()

    return fault
