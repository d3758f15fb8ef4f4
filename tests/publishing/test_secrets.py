"""Neither a log nor a record ever holds a token, whatever a network answers while a sending fails."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import httpx
import pytest
import time_machine

from smeditor.accounts import clients, connect
from smeditor.models import Delivery, Part
from smeditor.networks.client import GuardedClient
from smeditor.publishing.engine import tick
from smeditor.publishing.proof import proof
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db
TOKEN = "k3yTh4tN0b0dyM4yS33-0123456789abcdef"


def angry(status: int):
    """A server that throws our own request back at us, token included."""

    def answer(request: httpx.Request) -> httpx.Response:
        given = request.headers["authorization"]
        return httpx.Response(status, json={"error": f"bad header Authorization: {given}", "access_token": TOKEN})

    return answer


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500, 503, 200])
def test_a_whole_failing_send_leaves_no_token_behind(status, make_account, make_post, monkeypatch, caplog):
    transport = httpx.MockTransport(angry(status))
    monkeypatch.setattr(
        clients,
        "guarded_client",
        lambda: GuardedClient(transport=transport, resolver=lambda host, port: ["93.184.216.34"]),
    )
    account = make_account(network="mastodon", secret={"access_token": TOKEN})
    caplog.set_level(logging.DEBUG)
    with time_machine.travel(NOON, tick=False) as clock:
        make_post(account)
        for seconds in (1, 10, 60, 200, 900):
            clock.move_to(NOON + timedelta(seconds=seconds))  # or a send that waits is asked for again and again
            tick(NOON + timedelta(seconds=seconds), f"worker:1:{seconds}")
        connect.verify(account, NOON)
    delivery = Delivery.objects.get()
    assert delivery.attempts.exists()
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    account.refresh_from_db()
    parts = list(Part.objects.values("prepared"))
    stored = json.dumps([proof(delivery), account.state_reason, delivery.state_reason, parts], default=str)
    assert TOKEN not in logged
    assert TOKEN not in stored
