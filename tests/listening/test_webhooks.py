"""Webhooks: believed only when they are signed, stored before they are answered, read once, whatever the order."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.accounts import apps
from smeditor.exceptions import BadAnswer, Refused
from smeditor.listening import poll, webhooks
from smeditor.models import Reaction, Source, WebhookEvent
from smeditor.networks.base import (
    App,
    Batch,
    Capabilities,
    Event,
    InboundItem,
    Kind,
    Received,
    WebhookRequest,
    Webhooks,
)
from tests.listening import double
from tests.listening.conftest import make_account
from tests.listening.double import T0, MemoryNetwork, person

pytestmark = pytest.mark.django_db
KEY = "app-secret"


def signature(body: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


class TellingNetwork(MemoryNetwork):
    """Tells each message as ``{"id", "to", "text"}``, signed by the app."""

    capabilities: ClassVar[Capabilities] = Capabilities(webhooks=Webhooks.APP)

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        if request.method == "GET":
            return Received(answer=request.query.get("challenge", ""))
        given_signature = request.headers.get("x-signature", "")
        if not hmac.compare_digest(given_signature.encode(), signature(request.body, keys["secret"]).encode()):
            raise Refused("The signature is wrong.")
        try:
            named = [(message["id"], message["to"]) for message in json.loads(request.body)["messages"]]
        except (ValueError, KeyError, TypeError) as error:
            raise BadAnswer("It cannot be read.") from error
        if not all(isinstance(name, str) for pair in named for name in pair):
            raise BadAnswer("It cannot be read.")
        return Received(events=tuple(Event(name, to, {"id": name}) for name, to in named))

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        if any(event["id"] == "poison" for event in events):
            raise BadAnswer("It cannot be read.")
        return Batch(tuple(message(event["id"]) for event in events))


def message(name: str) -> InboundItem:
    return InboundItem(Kind.MENTION, name, person(), T0, text=f"Hello {name}")


@pytest.fixture
def square(settings, monkeypatch):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": f"{__name__}.TellingNetwork"}}
    fresh = double.Square()
    monkeypatch.setattr(double, "square", fresh)
    monkeypatch.setattr(apps, "apps_of", lambda network: [App(keys={"secret": "old"}), App(keys={"secret": KEY})])
    return fresh


@pytest.fixture
def account(db, square):
    found = make_account()
    poll.add_missing_sources()
    now = timezone.now()
    Source.objects.update(polled_at=now - timedelta(hours=1), next_poll_at=now + timedelta(hours=5))
    return found


def tell(client, *names: str, to: str = "", key: str = KEY, body: bytes | None = None):
    data = {"messages": [{"id": name, "to": to} for name in names]}
    content = json.dumps(data).encode() if body is None else body
    return client.post(
        "/smeditor/hooks/memory/",
        content,
        content_type="application/json",
        headers={"x-signature": signature(content, key)},
    )


def read(account) -> None:
    poll.poll_source(account.source.pk, T0 + timedelta(hours=1), "worker")


def test_what_is_told_is_stored_and_the_account_is_read_soon(client, account):
    assert tell(client, "m1", to=account.remote_id).status_code == 200
    assert WebhookEvent.objects.get().read_at is None
    now = timezone.now()
    assert webhooks.hasten(now) == 1
    assert Source.objects.get(account=account).next_poll_at == now
    assert webhooks.hasten(now) == 0
    read(account)
    assert Reaction.objects.get().native_id == "m1"


def test_an_event_that_waits_since_before_the_last_reading_hastens_nothing(client, account):
    tell(client, "m1", to=account.remote_id)
    now = timezone.now()
    Source.objects.update(polled_at=now)
    assert webhooks.hasten(now) == 0
    tell(client, "m2", to=account.remote_id)
    assert webhooks.hasten(now) == 1


def test_a_pause_that_the_network_asked_for_is_not_cut_short_by_what_it_sends(client, account):
    Source.objects.update(problem="Too many requests.")
    tell(client, "m1", to=account.remote_id)
    assert webhooks.hasten(timezone.now()) == 0


def test_the_worker_reads_at_its_next_round_what_was_told(client, account):
    tell(client, "m1", to=account.remote_id)
    assert poll.run_due(timezone.now(), "worker") == 1
    assert Reaction.objects.get().native_id == "m1"


def test_new_keys_are_believed_at_once_and_those_taken_away_a_few_seconds_longer(client, account, monkeypatch):
    assert tell(client, "m1", to=account.remote_id).status_code == 200
    monkeypatch.setattr(apps, "apps_of", lambda network: [App(keys={"secret": "new"})])
    assert tell(client, "m2", to=account.remote_id).status_code == 200
    assert tell(client, "m3", to=account.remote_id, key="new").status_code == 200
    assert tell(client, "m4", to=account.remote_id).status_code == 403
    monkeypatch.setattr(apps, "apps_of", lambda network: [])
    monkeypatch.setattr(webhooks, "KEYS_FOR", 0.0)
    assert tell(client, "m5", to=account.remote_id, key="new").status_code == 403


def test_what_was_read_is_forgotten_but_that_it_came(client, account):
    tell(client, "m1", to=account.remote_id)
    read(account)
    event = WebhookEvent.objects.get()
    assert event.read_at is not None
    assert event.data == {}


def test_what_is_told_again_is_stored_once_and_read_once(client, account):
    for _time in range(3):
        tell(client, "m1", to=account.remote_id)
    read(account)
    tell(client, "m1", to=account.remote_id)
    read(account)
    assert WebhookEvent.objects.count() == 1
    assert Reaction.objects.count() == 1


def test_what_both_a_webhook_and_a_poll_tell_is_one_reaction(client, account, square):
    tell(client, "m1", to=account.remote_id)
    square.say(message("m1"))
    read(account)
    assert Reaction.objects.count() == 1


def test_losing_every_webhook_loses_nothing(account, square):
    square.say(message("m1"))
    read(account)
    assert Reaction.objects.count() == 1


def test_what_cannot_be_read_was_a_wake_up_and_stops_no_poll(client, account, square):
    tell(client, "poison", to=account.remote_id)
    square.say(message("m2"))
    read(account)
    assert Reaction.objects.get().native_id == "m2"
    assert WebhookEvent.objects.get().read_at is not None


def test_a_poll_that_fails_keeps_what_was_told(client, account, square):
    tell(client, "m1", to=account.remote_id)
    square.batches.append(BadAnswer("down"))
    read(account)
    assert WebhookEvent.objects.get().read_at is None
    Source.objects.update(lease_until=None)
    read(account)
    assert Reaction.objects.count() == 1


@pytest.mark.parametrize("key", ["", "wrong", "old-but-not"])
def test_a_wrong_signature_is_refused_and_stores_nothing(client, account, key):
    assert tell(client, "m1", to=account.remote_id, key=key).status_code == 403
    assert not WebhookEvent.objects.exists()


def test_any_of_the_newsrooms_apps_may_have_signed(client, account):
    assert tell(client, "m1", to=account.remote_id, key="old").status_code == 200


def test_a_strangers_account_is_answered_like_any_other_and_stored_nowhere(client, account):
    assert tell(client, "m1", to="somebody else").status_code == 200
    assert not WebhookEvent.objects.exists()


def test_a_challenge_is_answered(client, account):
    response = client.get("/smeditor/hooks/memory/?challenge=1158201444")
    assert (response.status_code, response.content) == (200, b"1158201444")


@pytest.mark.parametrize("path", ["nowhere/", "memory/guessed/", "mastodon/"])
def test_an_address_that_is_none_says_nothing(client, account, path):
    response = client.post(f"/smeditor/hooks/{path}", b"{}", content_type="application/json")
    assert (response.status_code, response.content) == (404, b"")


def test_what_is_too_large_is_not_read(client, account):
    assert tell(client, body=b"x" * 1_000_001).status_code == 413


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["messages", "id", "to"]), inner)
            ),
            max_leaves=8,
        ).map(lambda data: json.dumps(data).encode()),
    )
)
def test_whatever_is_sent_and_signed_is_answered_and_stores_nothing_wrong(client, account, body):
    assert tell(client, body=body).status_code in {200, 400}
    assert not WebhookEvent.objects.exclude(account=account).exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(["m1", "m2", "m3"]), min_size=1, max_size=8))
def test_the_order_and_the_number_of_times_change_nothing(client, account, order):
    Reaction.objects.all().delete()
    WebhookEvent.objects.all().delete()
    for name in order:
        tell(client, name, to=account.remote_id)
    Source.objects.update(lease_until=None)
    read(account)
    assert sorted(Reaction.objects.values_list("native_id", flat=True)) == sorted(set(order))


def test_an_account_of_its_own_address_is_found_by_its_key(client, account, monkeypatch):
    per_account = replace(TellingNetwork.capabilities, webhooks=Webhooks.ACCOUNT)
    monkeypatch.setattr(TellingNetwork, "capabilities", per_account)
    account.webhook_key, account.secret = "guess-me-not", {"secret": KEY}
    account.save()
    content = json.dumps({"messages": [{"id": "m1", "to": ""}]}).encode()
    headers = {"x-signature": signature(content)}
    kind = "application/json"
    assert client.post("/smeditor/hooks/memory/guess-me-not/", content, kind, headers=headers).status_code == 200
    assert client.post("/smeditor/hooks/memory/", content, kind, headers=headers).status_code == 404
    assert WebhookEvent.objects.get().account == account


def test_after_a_month_it_is_forgotten_that_something_came(account):
    now = T0
    for days in (1, 29, 31, 60):
        at = now - timedelta(days=days)
        WebhookEvent.objects.create(account=account, key=str(days), received_at=at, read_at=at)
    assert webhooks.forget_old(now) == 2
