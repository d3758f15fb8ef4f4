"""Text and its entities: what the server would set apart in ours, and what it set apart in a reader's.

https://core.telegram.org/bots/api#messageentity (2026-11-30): offsets and lengths in UTF-16 code units. Ours goes out as plain
text, without a parse mode: no character of it can be taken for markup, and the server finds links, names and tags by itself.
"""

from __future__ import annotations

import re
from typing import Any

from smeditor.networks.http import objects
from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.text.entities import hashtags
from smeditor.text.offsets import utf16_length
from smeditor.text.urls import X, find_urls

MENTION = re.compile(r"(?<![\w@/])@([A-Za-z][A-Za-z0-9_]{3,31})(?!\w)", re.ASCII)
REACHABLE = ("http://", "https://")
LONGEST_LINK = 2000
MOST_ENTITIES = 200


def length(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, without the white space at its ends, which the server takes away."""
    return utf16_length(text.strip())


def marked(text: str) -> list[Mark]:
    """Links, names and tags as Telegram's apps show them; a link needs no scheme there."""
    return in_order(
        [
            *(Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text, X)),
            *(Mark(MarkKind.MENTION, found.start(), found.end()) for found in MENTION.finditer(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text)),
        ]
    )


def links(text: str, entities: Any) -> tuple[str, ...]:
    """The addresses that the entities of a reader's text lead to, in order; what is no web address is left out."""
    units = text.encode("utf-16-le", "surrogatepass")
    found: list[str] = []
    for entity in objects(entities)[:MOST_ENTITIES]:
        kind = entity.get("type")
        if kind == "url":
            shown = covered(units, entity)
            found.append(shown if "://" in shown else f"http://{shown}" if shown else "")
        elif kind == "text_link":
            found.append(str(entity.get("url") or ""))
    return tuple(dict.fromkeys(link for link in found if is_address(link)))


def mentioned(text: str, entities: Any) -> set[str]:
    """The user names that a text names, in lower case and without their sign."""
    units = text.encode("utf-16-le", "surrogatepass")
    named = (covered(units, entity) for entity in objects(entities)[:MOST_ENTITIES] if entity.get("type") == "mention")
    return {name.removeprefix("@").lower() for name in named if name}


def covered(units: bytes, entity: dict[str, Any]) -> str:
    """The stretch of a text, given as UTF-16, that an entity covers; empty where it lies outside or cuts a character."""
    start, size = entity.get("offset"), entity.get("length")
    if not isinstance(start, int) or not isinstance(size, int) or start < 0 or size <= 0:
        return ""
    if start + size > len(units) // 2:
        return ""
    return units[2 * start : 2 * (start + size)].decode("utf-16-le", "ignore")


def is_address(value: str) -> bool:
    """Whether ``value`` is a web address that may be shown as a link."""
    return (
        value.lower().startswith(REACHABLE) and value.isprintable() and " " not in value and len(value) <= LONGEST_LINK
    )
