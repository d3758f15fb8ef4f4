"""Updates that the server brings by itself: believed by the secret that was agreed with it, and cut to what is used.

https://core.telegram.org/bots/api#setwebhook (2026-11-30): the secret comes back in ``X-Telegram-Bot-Api-Secret-Token``, and
may be 1 to 256 of the characters A-Z, a-z, 0-9, ``_`` and ``-``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Refused
from smeditor.networks.base import Event, Received, WebhookRequest
from smeditor.networks.http import decode
from smeditor.networks.telegram.parse import FILES, number
from smeditor.networks.telegram.updates import WANTED

HEADER = "x-telegram-bot-api-secret-token"
ALLOWED = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
CHAT = ("id", "type", "title", "username")
USER = ("id", "is_bot", "first_name", "last_name", "username")
MESSAGE = (
    "message_id", "message_thread_id", "date", "edit_date", "is_automatic_forward", "media_group_id", "text", "entities",
    "caption", "caption_entities", "rich_message",
)  # fmt: skip


def agreed(secret: str) -> str:
    """The form of ``secret`` that Telegram takes: itself, or its digest where it has other characters."""
    return secret if ALLOWED.fullmatch(secret) else hashlib.sha256(secret.encode()).hexdigest()


def receive(request: WebhookRequest, keys: Mapping[str, str]) -> Received:
    """The events of a believed request. Raises Refused where the secret is not ours, BadAnswer for what is no update."""
    secret = keys.get("webhook_secret", "")
    given = request.headers.get(HEADER, "")
    if not secret or not hmac.compare_digest(agreed(secret).encode(), given.encode("utf-8", "replace")):
        raise Refused(_("This does not come from Telegram: the secret is missing or wrong."))
    update = decode(request.body)
    count = number(update.get("update_id"), 0) if isinstance(update, dict) else None
    if count is None:
        raise BadAnswer(_("This is no update of a bot."))
    data = trimmed(update)
    return Received(events=(Event(key=str(count), data=data),) if len(data) > 1 else ())


def trimmed(update: dict[str, Any]) -> dict[str, Any]:
    """What of an update is used, and nothing of its kind besides: it is stored until it is read."""
    kept: dict[str, Any] = {"update_id": update["update_id"]}
    for name in WANTED:
        thing = update.get(name)
        if not isinstance(thing, dict):
            continue
        if name == "message_reaction_count":
            kept[name] = _some(thing, ("message_id", "date", "reactions")) | {"chat": _some(thing.get("chat"), CHAT)}
        else:
            answered = _message(thing.get("reply_to_message"))
            kept[name] = _message(thing) | ({"reply_to_message": answered} if answered else {})
    return kept


def _message(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {}
    kept = _some(message, MESSAGE) | {"chat": _some(message.get("chat"), CHAT)}
    for name, fields in (("from", USER), ("sender_chat", CHAT)):
        if isinstance(message.get(name), dict):
            kept[name] = _some(message[name], fields)
    origin = message.get("forward_origin")
    if isinstance(origin, dict):
        kept["forward_origin"] = _some(origin, ("message_id",)) | {"chat": _some(origin.get("chat"), CHAT)}
    return kept | _files(message)


def _files(message: dict[str, Any]) -> dict[str, Any]:
    """That there are files, and the sign or the question that stands for text; not where the files are."""
    kept: dict[str, Any] = {}
    for name, field in (("sticker", "emoji"), ("poll", "question")):
        if isinstance(message.get(name), dict):
            kept[name] = _some(message[name], (field,)) or {field: ""}
    return kept | {name: True for name in FILES if message.get(name) and name not in kept}


def _some(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: thing[name] for name in names if name in thing} if isinstance(thing, dict) else {}
