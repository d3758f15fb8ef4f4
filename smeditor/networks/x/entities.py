"""What X shows as a link, a mention or a tag of a post (twitter-text 3.1)."""

from __future__ import annotations

from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.text.entities import cashtags, hashtags, mentions
from smeditor.text.urls import find_urls


def marked(text: str) -> list[Mark]:
    """The marks of ``text`` in order; an address needs no scheme there, a cashtag is a tag."""
    return in_order(
        [
            *(Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text)),
            *(Mark(MarkKind.MENTION, mention.start, mention.end) for mention in mentions(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in (*hashtags(text), *cashtags(text))),
        ]
    )
