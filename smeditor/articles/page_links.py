"""What an article links to on other sites, read from its fields whatever their names: rich text, streams, addresses."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import AbstractPage
from wagtail.rich_text import RichText

MOST_LINKS = 100
"""Links of one article that count, the first ones."""
_HREF = re.compile(
    r"""<a\s[^<>]{0,4000}?\bhref\s{0,9}=\s{0,9}(?:"([^"<>]{1,4000})"|'([^'<>]{1,4000})')""", re.IGNORECASE
)


def links_of(page: AbstractPage) -> tuple[str, ...]:
    """The absolute http and https addresses that ``page`` (specific) links to, once each, in the order of its fields.

    They are as they were typed, for that is what a reader's browser, and whoever verifies the link, finds. Links to pages
    and documents of the site itself are none.
    """
    found: dict[str, None] = {}
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if isinstance(field, StreamField | RichTextField) else None
        for link in _in_stream(value) if isinstance(value, blocks.StreamValue) else _in_html(str(value or "")):
            if len(found) >= MOST_LINKS:
                return tuple(found)
            if link.lower().startswith(("http://", "https://")):
                found[link] = None
    return tuple(found)


def _in_html(source: str) -> Iterator[str]:
    for match in _HREF.finditer(source):
        yield html.unescape(match[1] or match[2]).strip()


def _in_stream(value: blocks.StreamValue) -> Iterator[str]:
    for child in value:
        yield from _in_block(child.block, child.value)


def _in_block(block: blocks.Block, value: Any) -> Iterator[str]:
    if isinstance(value, RichText):
        yield from _in_html(value.source)
    elif isinstance(value, blocks.StreamValue):
        yield from _in_stream(value)
    elif isinstance(block, blocks.StructBlock) and value:
        for name, inner in block.child_blocks.items():
            yield from _in_block(inner, value.get(name))
    elif isinstance(block, blocks.ListBlock) and value:
        for item in value:
            yield from _in_block(block.child_block, item)
    elif isinstance(block, blocks.URLBlock) and value:
        # An embed's value is an object with an address. Its class is not imported: where the site does not install
        # wagtail.embeds, the import would add that application's table to Wagtail's own.
        yield str(getattr(value, "url", value)).strip()
    elif isinstance(block, blocks.RawHTMLBlock) and value:
        yield from _in_html(str(value))
