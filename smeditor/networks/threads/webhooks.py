"""What Threads tells by itself: replies to the account's posts, posts that name it, posts of its own that were deleted.

https://developers.facebook.com/documentation/threads/webhooks (30 Nov 2026). Which fields are told is chosen in the
app's dashboard, for all accounts of the app; requests are signed as all of Meta's are
(:mod:`smeditor.networks.graph.webhooks`), their form is Threads' own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.graph.webhooks import believe, challenged
from smeditor.networks.inbound import Batch, Event, InboundItem, Received, WebhookRequest
from smeditor.networks.kinds import Kind
from smeditor.networks.threads import parse

MAX_EVENTS = 200
KINDS = {"replies": Kind.REPLY, "mentions": Kind.MENTION}
DELETED = "delete"
KEPT = (
    "id",
    "username",
    "text",
    "timestamp",
    "permalink",
    "media_type",
    "replied_to",
    "root_post",
    "quoted_post",
    "is_quote_post",
    "link_attachment_url",
    "alt_text",
    "hide_status",
)


def receive(request: WebhookRequest, keys: Mapping[str, str]) -> Received:
    """Believe a request of Threads, or raise Refused (not signed as it should be) or BadAnswer (not to be read)."""
    if request.method.upper() == "GET":
        return challenged(request, keys)
    if request.method.upper() != "POST":
        raise BadAnswer(_("A webhook comes as GET or POST."), cause=request.method[:20])
    return Received(events=tuple(islice(_events(believe(request, keys)), MAX_EVENTS)))


def _events(payload: Mapping[str, Any]) -> Iterator[Event]:
    """The events of one payload. What is not understood is left out: polling finds it."""
    values = payload.get("values")
    for entry in values if isinstance(values, list) else [values]:
        value = entry.get("value") if isinstance(entry, dict) else None
        name = entry.get("field") if isinstance(entry, dict) else None
        if not isinstance(value, dict) or not isinstance(name, str) or not parse.id_in(value):
            continue
        data = {"field": name[:40], "value": {key: value[key] for key in KEPT if key in value}}
        yield Event(_key(data), _account(name, payload, value), data if name in {*KINDS, DELETED} else {})


def _key(data: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:24]
    return f"{data['field']}:{data['value']['id']}:{digest}"


def _account(name: str, payload: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Whom an event concerns: the owner of the post at the top of a conversation, else whom the payload names."""
    root = value.get("root_post")
    owner = root.get("owner_id") if isinstance(root, dict) and name == "replies" else None
    for found in (owner, payload.get("target_id")):
        text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
        if parse.AN_ID.fullmatch(text):
            return text
    return ""


def read_events(events: Sequence[Mapping[str, Any]], me: str, now: datetime | None = None) -> Batch:
    """What stored events tell; ``me``: the account's own name there, whose posts are none of readers."""
    now = now or datetime.now(UTC)
    items: dict[str, InboundItem] = {}
    deleted: dict[str, None] = {}
    for event in events:
        name, value = event.get("field"), event.get("value")
        if not isinstance(value, Mapping) or not isinstance(name, str):
            continue
        native_id = parse.id_in(value)
        if name == DELETED and native_id:
            deleted[native_id] = None
            items.pop(native_id, None)
        elif name in KINDS:
            item = _item(value, KINDS[name], now)
            if item and item.author.handle != me.lower() and item.native_id not in deleted:
                items[item.native_id] = item
    return Batch(tuple(items.values()), deleted=tuple(deleted))


def _item(value: Mapping[str, Any], kind: Kind, now: datetime) -> InboundItem | None:
    try:
        return parse.read_item(dict(value), kind, now=now)
    except BadAnswer:
        return None
