"""JSON Feed (https://www.jsonfeed.org/version/1.1/), read into the shape that the feed parser gives RSS and Atom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smeditor.networks.http import decode, objects

VERSION = "jsonfeed.org/version"
LONGEST_BODY = 60_000
LONGEST_FIELD = 2000


def is_json_feed(content: bytes, content_type: str) -> bool:
    """Whether this may be a JSON Feed: by what the server calls it, or by how it begins."""
    return "json" in content_type.lower() or content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_json_feed(content: bytes, most: int) -> tuple[dict[str, Any], list[dict[str, Any]], bool]:
    """The feed's own facts, at most ``most`` entries, and whether that is not all. Raises BadAnswer for what is none."""
    data = decode(content)
    if not isinstance(data, dict) or VERSION not in str(data.get("version")) or not isinstance(data.get("items"), list):
        return {}, [], False
    feed = {"title": _text(data, "title"), "link": _text(data, "home_page_url"), "language": _text(data, "language")}
    everybody = _authors(data)
    items = objects(data["items"])
    entries = [_entry(item, everybody) for item in items[:most]]
    return feed, entries, len(entries) < len(data["items"]) or isinstance(data.get("next_url"), str)


def _entry(item: dict[str, Any], everybody: list[dict[str, str]]) -> dict[str, Any]:
    own, link = _text(item, "id"), _text(item, "url")
    html = _text(item, "content_html", LONGEST_BODY)
    plain = "" if html else _text(item, "content_text", LONGEST_BODY) or _text(item, "summary", LONGEST_BODY)
    author = next(iter(_authors(item) or everybody), {})
    return {
        "id": own,
        "link": link or _text(item, "external_url"),
        "guidislink": bool(own) and own == link,
        "title": _text(item, "title"),
        "content": [{"value": html}] if html else [],
        "plain": plain,
        "author_detail": author,
        "author": author.get("name", ""),
        "language": _text(item, "language"),
        "published_parsed": _when(item, "date_published"),
        "updated_parsed": _when(item, "date_modified"),
        "enclosures": objects(item.get("attachments"))[:20] or ([{}] if _text(item, "image") else []),
    }


def _authors(holder: dict[str, Any]) -> list[dict[str, str]]:
    """Those of version 1.1, else the one of version 1."""
    some = objects(holder.get("authors")) or objects([holder.get("author")])
    return [{"name": _text(author, "name")[:500], "href": _text(author, "url")} for author in some[:10]]


def _text(holder: dict[str, Any], key: str, longest: int = LONGEST_FIELD) -> str:
    value = holder.get(key)
    if isinstance(value, int) and not isinstance(value, bool):  # an id, as version 1 allowed
        value = str(value) if abs(value) < 10**30 else ""
    return value[:longest] if isinstance(value, str) else ""


def _when(item: dict[str, Any], key: str) -> Any:
    try:
        when = datetime.fromisoformat(_text(item, key)[:40])
        return (when.replace(tzinfo=UTC) if when.tzinfo is None else when).utctimetuple()
    except (ValueError, OverflowError):
        return None
