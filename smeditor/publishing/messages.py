"""From a frozen payload to the messages that a network takes: the same for the checks before an approval and for sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smeditor.networks.base import Card, Limits, Message, Ref
from smeditor.publishing.pictures import picture


def message_of(
    frozen: Mapping[str, Any], position: int, limits: Limits, reply_to: Ref | None = None, root: Ref | None = None
) -> Message:
    """The message at ``position`` of a payload, its pictures made. Raises Refused when one of them cannot be.

    ``reply_to``, ``root``: what it answers and the first message of that thread.
    """
    own = frozen["parts"][position]
    image = picture(own.get("image"), limits)
    return Message(
        text=own["text"],
        language=frozen.get("language", ""),
        images=(image,) if image else (),
        card=_card(own.get("card"), limits),
        reply_to=reply_to,
        root=root,
        visibility=frozen.get("visibility", "public"),
        content_warning=frozen.get("content_warning", ""),
    )


def _card(entry: Mapping[str, Any] | None, limits: Limits) -> Card | None:
    if not entry:
        return None
    image = picture(entry.get("image"), limits)
    return Card(url=entry["url"], title=entry["title"], description=entry["description"], image=image)


def ref(entry: Mapping[str, Any]) -> Ref:
    """The message that a payload's ``reply_to`` or ``root`` names."""
    return Ref(uri=entry["uri"], url=entry.get("url", ""), cid=entry.get("cid", ""))
