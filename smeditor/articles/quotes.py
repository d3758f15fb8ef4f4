"""What people say in an article, read from its fields whatever their names: quotations in rich text and in streams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import AbstractPage
from wagtail.rich_text import RichText

from smeditor.articles.page_fields import plain_lines

MOST_QUOTES = 20
"""Quotations of one article that are offered, the first ones."""
SPEAKER = ("who", "attribution", "attribute_name", "author", "speaker", "source", "cite", "name", "person")
"""What a block of a quotation calls the person whose words it holds."""
TEXT = ("quote", "text", "quotation", "citation", "body", "content")
"""What it calls their words, the surest name first."""
_NAME = re.compile(r"quot|cita|verbatim", re.IGNORECASE)
_BLOCKQUOTE = re.compile(r"(?is)<blockquote\b[^>]*>(.{1,4000}?)</blockquote>")


def quotes_of(page: AbstractPage) -> tuple[str, ...]:
    """The quotations in ``page`` (specific) as plain texts, each once, in the order of its fields.

    Who says it stands behind a dash, where a block of the page names somebody.
    """
    found: dict[str, None] = {}
    for field in page._meta.get_fields():
        if not isinstance(field, StreamField | RichTextField):
            continue
        value = getattr(page, field.name, None)
        for quote in _in_value("", None, value) if isinstance(field, StreamField) else _in_html(str(value or "")):
            if quote:
                found.setdefault(quote)
            if len(found) >= MOST_QUOTES:
                return tuple(found)
    return tuple(found)


def _in_html(source: str) -> Iterator[str]:
    for match in _BLOCKQUOTE.finditer(source):
        yield " ".join(plain_lines(match[1]))


def _in_value(name: str, block: blocks.Block | None, value: Any) -> Iterator[str]:
    if isinstance(value, blocks.StreamValue):
        for child in value:
            yield from _in_value(child.block_type, child.block, child.value)
    elif isinstance(block, blocks.BlockQuoteBlock) and value:
        yield _plain(value)
    elif isinstance(value, RichText):
        yield from [_plain(value)] if _NAME.search(name) else _in_html(value.source)
    elif isinstance(block, blocks.StructBlock) and value:
        yield from [_spoken(value)] if _NAME.search(name) else _in_children(block, value)
    elif isinstance(block, blocks.ListBlock) and value:
        for item in value:
            yield from _in_value(name, block.child_block, item)
    elif isinstance(value, str) and _NAME.search(name):
        yield _plain(value)


def _in_children(block: blocks.StructBlock, value: Any) -> Iterator[str]:
    for child, inner in block.child_blocks.items():
        yield from _in_value(child, inner, value.get(child))


def _spoken(value: Any) -> str:
    """The words of a block that is a quotation, and who says them."""
    text = next((found for name in TEXT if (found := _plain(value.get(name)))), "")
    speaker = next((found for name in SPEAKER if (found := _plain(value.get(name)))), "")
    return f"{text} — {speaker}" if text and speaker else text


def _plain(value: Any) -> str:
    """``value``, a text or a rich text, on one line; empty for anything else."""
    source = value.source if isinstance(value, RichText) else value if isinstance(value, str) else ""
    return " ".join(plain_lines(source))
