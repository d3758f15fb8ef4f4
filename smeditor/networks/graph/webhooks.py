"""Meta's webhooks: the challenge, the signature, and the changes that a delivery holds.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started (read 2026-11-30): the address is verified by a GET
with ``hub.mode=subscribe``, ``hub.verify_token`` and ``hub.challenge``, whose value is the answer; a delivery is signed
with the app's secret over the bytes of its body (``X-Hub-Signature-256: sha256=<hex>``), holds at most 1000 changes, may
come again for 36 hours and in any order. There is no time in the signature: a delivery that is sent again by a stranger is
a true one, and its events have the keys that they had.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Refused
from smeditor.networks.http import decode, objects
from smeditor.networks.inbound import Event, Received, WebhookRequest

MOST_BYTES = 2_000_000
MOST_CHANGES = 1000
LONGEST_CHALLENGE = 200
SHORTEST_SECRET = 8
A_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
AN_ACCOUNT = re.compile(r"[0-9]{1,40}")
A_CHALLENGE = re.compile(r"[\w.\-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class Change:
    """One change: ``field`` of the account ``account`` (its id) has the new ``value``. ``at``: epoch seconds, 0 if unknown."""

    account: str
    field: str
    value: dict[str, Any]
    at: int = 0

    @property
    def key(self) -> str:
        """The same whenever the same change is told again, whatever stands around it in the delivery."""
        whole = json.dumps([self.account, self.field, self.value, self.at], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:40]


def receive(request: WebhookRequest, keys: Mapping[str, str], objects_meant: Collection[str]) -> Received:
    """What a request to the webhook address means; see :meth:`Network.receive`.

    ``objects_meant``: the kinds of object whose changes count (``page``, ``instagram``); others are believed and left out.
    """
    if request.method.upper() == "GET":
        return challenged(request, keys)
    if request.method.upper() != "POST":
        raise BadAnswer(_("A webhook comes as GET or POST."), cause=request.method[:20])
    return Received(events=tuple(as_event(change) for change in changes(believe(request, keys), objects_meant)))


def as_event(change: Change) -> Event:
    """The event that a change is, with all that is needed to read it later."""
    data = {"field": change.field, "value": change.value, "at": change.at}
    return Event(key=change.key, account=change.account, data=data)


def challenged(request: WebhookRequest, keys: Mapping[str, str]) -> Received:
    """Answer the challenge with which Meta verifies the address. Raises Refused where the verify token is another."""
    expected, given = keys.get("verify_token", ""), request.query.get("hub.verify_token", "")
    if len(expected) < SHORTEST_SECRET or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Refused(_("The webhook's verify token is another than the newsroom's."), code="verify_token")
    challenge = request.query.get("hub.challenge", "")
    if request.query.get("hub.mode") != "subscribe" or not A_CHALLENGE.fullmatch(challenge):
        raise BadAnswer(_("The webhook's challenge cannot be read."))
    return Received(answer=challenge)


def believe(request: WebhookRequest, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the object that a signed delivery holds. Raises Refused for a wrong signature, BadAnswer for what is unreadable."""
    secret = keys.get("client_secret", "")
    signature = A_SIGNATURE.fullmatch(request.headers.get("x-hub-signature-256", ""))
    if len(secret) < SHORTEST_SECRET or signature is None:
        raise Refused(_("The webhook is not signed as it must be."), code="signature")
    if len(request.body) > MOST_BYTES:
        raise BadAnswer(_("The webhook is larger than it can honestly be."))
    computed = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(computed, signature[1]):
        raise Refused(_("The webhook's signature is wrong."), code="signature")
    data = decode(request.body)
    if not isinstance(data, dict):
        raise BadAnswer(_("The webhook cannot be read."), cause=type(data).__name__)
    return data


def changes(data: Mapping[str, Any], objects_meant: Collection[str]) -> Iterator[Change]:
    """The changes of a believed delivery, in its order. What has not their form is left out; too many are BadAnswer."""
    if str(data.get("object")) not in objects_meant:
        return
    count = 0
    for entry in objects(data.get("entry")):
        account = str(entry.get("id") or "") if isinstance(entry.get("id"), str | int) else ""
        if not AN_ACCOUNT.fullmatch(account):
            continue
        at = entry.get("time")
        for change in objects(entry.get("changes")):
            count += 1
            if count > MOST_CHANGES:
                raise BadAnswer(_("The webhook is larger than it can honestly be."), cause=f"{count} changes")
            field, value = change.get("field"), change.get("value")
            if isinstance(field, str) and 0 < len(field) <= 60 and isinstance(value, dict):
                yield Change(account, field, value, at if isinstance(at, int) and 0 <= at < 10**14 else 0)
