"""From a message to the body of ``POST /api/v1/statuses`` (https://docs.joinmastodon.org/methods/statuses/#create)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Refused
from smeditor.networks.base import ONLY_SELF, Message
from smeditor.networks.http import objects
from smeditor.networks.mastodon.parse import when
from smeditor.text.urls import MASTODON, find_urls

VISIBILITIES = ("public", "unlisted", "private", "direct")
SHORTEST_POLL = 300
"""Seconds that a poll must run at least (``configuration.polls.min_expiration``)."""
EDITABLE = ("status", "language", "spoiler_text", "sensitive", "media_ids")


def status_body(message: Message, media_ids: list[str]) -> dict[str, Any]:
    """Return the JSON body for ``message`` with its uploaded media. Empty members are left out."""
    # A direct message that names nobody is seen by nobody else.
    visibility = "direct" if message.visibility == ONLY_SELF else message.visibility
    body: dict[str, Any] = {"status": message.text, "visibility": visibility}
    if message.language:
        body["language"] = language_code(message.language)
    if message.content_warning:
        body |= {"spoiler_text": message.content_warning, "sensitive": True}
    if message.reply_to:
        body["in_reply_to_id"] = message.reply_to.uri
    if media_ids:
        body["media_ids"] = media_ids
    if message.poll:
        body["poll"] = {
            "options": list(message.poll.options),
            "expires_in": message.poll.minutes * 60,
            "multiple": message.poll.multiple,
        }
    return body


def edit_body(body: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    """Return the body of ``PUT /api/v1/statuses/:id`` for a prepared ``body`` and the ``current`` status.

    The server drops every attachment that an edit does not repeat: a corrected text keeps the images that are there,
    with their alt texts, unless the prepared message brings its own. A missing content warning is removed. So is a poll
    that is not repeated; repeated with the same options it keeps its votes
    (https://docs.joinmastodon.org/methods/statuses/#edit, 2026-11-30), and with the time that is left it ends when it would
    have ended.
    """
    edited = {key: body[key] for key in EDITABLE if key in body}
    if isinstance(current.get("poll"), dict):
        edited["poll"] = kept_poll(current["poll"], datetime.now(UTC))
    edited.setdefault("spoiler_text", "")
    edited.setdefault("sensitive", False)
    if "media_ids" in edited:
        return edited
    kept = [item for item in objects(current.get("media_attachments")) if item.get("id")]
    if kept:
        edited["media_ids"] = [str(item["id"]) for item in kept]
        edited["media_attributes"] = [
            {"id": str(item["id"]), "description": str(item.get("description") or "")} for item in kept
        ]
    return edited


def kept_poll(poll: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The poll of a status that is edited, as it is. Raises Refused where it would open anew: it is over, or nearly."""
    options = [str(option.get("title") or "") for option in objects(poll.get("options"))]
    try:
        left = int((when(str(poll.get("expires_at") or "")) - now).total_seconds())
    except BadAnswer:
        left = 0
    if poll.get("expired") or left < SHORTEST_POLL or not all(options) or not options:
        raise Refused(_("The poll of this post is over, and an edit would open it anew. Say it in a reply."))
    return {"options": options, "expires_in": left, "multiple": bool(poll.get("multiple"))}


def unique_link(message: Message) -> str:
    """The link by which the message will be recognised: its card's where the text has it, else the text's last one."""
    if message.card and message.card.url in message.text:
        return message.card.url
    found = find_urls(message.text, MASTODON)
    return message.text[found[-1].start : found[-1].end] if found else ""


def language_code(tag: str) -> str:
    """The ISO 639 code that Mastodon wants for a language tag: ``fr`` for ``fr-CA``; Chinese keeps its region."""
    primary, _, region = tag.replace("_", "-").partition("-")
    return f"zh-{region.upper()}" if primary.lower() == "zh" and len(region) == 2 else primary.lower()
