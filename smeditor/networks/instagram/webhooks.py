"""What Instagram tells by itself: comments under the account's posts.

https://developers.facebook.com/documentation/instagram-platform/webhooks/examples and …/webhooks/setup (30 Nov 2026). A
mention is told without its text, which this way of logging in cannot read: it only wakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from smeditor.exceptions import BadAnswer
from smeditor.networks import graph
from smeditor.networks.inbound import Batch, InboundItem, Received, WebhookRequest
from smeditor.networks.instagram import parse

OBJECTS = frozenset({"instagram"})
READ = frozenset({"comments", "live_comments"})
FIELDS = "comments,live_comments,mentions"


def receive(request: WebhookRequest, keys: Mapping[str, str]) -> Received:
    """Believe a request of Instagram; see :func:`smeditor.networks.graph.webhooks.receive`."""
    received = graph.receive(request, keys, OBJECTS)
    events = (event if event.data.get("field") in READ else replace(event, data={}) for event in received.events)
    return replace(received, events=tuple(events))


def read_events(events: Sequence[Mapping[str, Any]], names: frozenset[str], now: datetime | None = None) -> Batch:
    """What stored events tell; ``names``: the account's own name and ids, whose comments are none of readers."""
    now = now or datetime.now(UTC)
    items: dict[str, InboundItem] = {}
    for event in events:
        item = _item(event.get("value"), event.get("at"), now) if str(event.get("field")) in READ else None
        if item and not names & {item.author.handle, item.author.remote_id}:
            items[item.native_id] = item
    return Batch(tuple(items.values()))


def _item(value: Any, at: Any, now: datetime) -> InboundItem | None:
    if not isinstance(value, Mapping):
        return None
    timed = isinstance(at, int) and not isinstance(at, bool) and 1_000_000_000 < at < 10_000_000_000
    when = datetime.fromtimestamp(at, UTC) if timed else now
    try:
        return parse.read_comment(dict(value), parse.id_in(value.get("media")), now=when)
    except BadAnswer:
        return None
