"""How long a post is to Threads, and what its apps set apart in it.

"Text posts are limited to 500 characters. Emojis are counted as the number of UTF-8 bytes"
(https://developers.facebook.com/documentation/threads/posts, 30 Nov 2026). Meta does not say what a character is, nor
which signs it takes for emojis: here a character is a code point, and whatever may be shown as a picture is an emoji
with all that belongs to it (skin, joiners, the variation selector). That never counts fewer than Meta can.
"""

from __future__ import annotations

import re

import regex

from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.text.entities import hashtags
from smeditor.text.graphemes import graphemes
from smeditor.text.urls import find_urls

PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Presentation}\p{RI}\uFE0F\u20E3\U0001F3FB-\U0001F3FF]")
MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)(?![\w@])", re.ASCII)
"""A name there has letters, digits, full stops and underscores, thirty at most, as on Instagram."""


def length(text: str) -> int:
    """The length of ``text``: its code points, and of each emoji its UTF-8 bytes."""
    if not PICTURE.search(text):
        return len(text)
    return sum(
        len(cluster.encode("utf-8", "replace")) if PICTURE.search(cluster) else len(cluster)
        for cluster in graphemes(text)
    )


def marked(text: str) -> list[Mark]:
    """Links, mentions, and the first tag of ``text``: a post has one topic, the other tags stay plain text.

    https://developers.facebook.com/documentation/threads/posts (30 Nov 2026), "Topic Tags, Links, and GIFs".
    """
    return in_order(
        [
            *(Mark(MarkKind.LINK, url.start, url.end) for url in find_urls(text)),
            *(Mark(MarkKind.MENTION, match.start(), match.end()) for match in MENTION.finditer(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text)[:1]),
        ]
    )
