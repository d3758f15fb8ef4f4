"""Accounts on the networks' doubles, written straight into the database, and the working of what waits for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import httpx
from django.utils import timezone
from werkzeug.wrappers import Request, Response

from smeditor.accounts import connect
from smeditor.models import Account, Delivery
from smeditor.publishing.engine import tick
from tests.networks.doubles.__main__ import double_of
from tests.networks.doubles.base import Double, served
from tests.networks.doubles.controls import control_of

FETCHED_BY_URL = ("image_url", "video_url")
"""Parameters by which a network is told where to fetch media."""


def connected(network: str, server_url: str, known: dict[str, Any], **fields: Any) -> Account:
    """An account that is verified, as if a person had consented to ``known``."""
    fields = {"minimum_gap": 0, **fields}
    account = Account.objects.create(network=network, server_url=server_url, **known, **fields)
    connect.verify(account)
    account.refresh_from_db()
    assert (account.state, account.failing_reason) == ("active", ""), (network, account.failing_reason)
    assert account.verified_at, network
    return account


class Fetching:
    """A double that really fetches what it is told to fetch: ``pictures``, in the order of asking."""

    def __init__(self, double: Double) -> None:
        self.pictures: list[tuple[str, bytes]] = []
        self._answer: Callable[[Request], Response] = double.answer
        double.answer = self.answer  # type: ignore[method-assign]

    def answer(self, request: Request) -> Response:
        for name in FETCHED_BY_URL:
            if address := request.values.get(name):
                found = httpx.get(address, timeout=20, trust_env=False).raise_for_status()
                self.pictures.append((found.headers["content-type"], found.content))
        return self._answer(request)


@contextmanager
def doubles_of(*slugs: str):
    """The doubles of ``slugs``, served for a block, by slug."""
    with ExitStack() as stack:
        yield {slug: stack.enter_context(served(double_of(slug))) for slug in slugs}


def account_on(double: Double, **fields: Any) -> Account:
    return connected(double.slug, double.url, control_of(double).connection(), **fields)


def work_until_sent(rounds: int = 15) -> None:
    """Let the worker run, minute after minute, until nothing is on its way; raise AssertionError where something stays."""
    for number in range(1, rounds + 1):
        tick(timezone.now() + timedelta(minutes=number), "w")
        if not Delivery.objects.exclude(state=Delivery.State.SENT).exists():
            return
    left = Delivery.objects.exclude(state=Delivery.State.SENT).values_list("account__network", "state", "state_reason")
    raise AssertionError(list(left))
