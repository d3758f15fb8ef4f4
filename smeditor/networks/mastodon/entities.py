"""What Mastodon's apps show as a link, a mention or a hashtag of a status."""

from __future__ import annotations

from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.text.entities import fediverse_mentions, hashtags
from smeditor.text.urls import MASTODON, find_urls


def marked(text: str) -> list[Mark]:
    """The marks of ``text`` in order: a link needs its scheme there, a mention may name its server."""
    return in_order(
        [
            *(Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text, MASTODON)),
            *(Mark(MarkKind.MENTION, mention.start, mention.end) for mention in fediverse_mentions(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text)),
        ]
    )
