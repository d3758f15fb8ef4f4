"""What a post may be, and what its apps set apart in it.

https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media (caption,
images, reels) and …/instagram-platform/content-publishing (carousels, JPEG only, alt text), read on 30 Nov 2026. What a
character is Meta does not say; code points are counted.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from smeditor.networks.capabilities import Limits
from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.networks.media import MediaKind, MediaLimits
from smeditor.networks.rates import POSTS
from smeditor.text.entities import hashtags

MAX_MEDIA = 10
MAX_TAGS, MAX_MENTIONS = 30, 20
TAGS_THAT_WORK = 5
"""Several vendors write that since December 2025 Instagram itself takes no more (docs.ayrshare.com, 30 Nov 2026); Meta's
own interface documents thirty."""
MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?)(?![\w@])", re.ASCII)
DEFAULTS = Limits(
    max_length=2200,
    unit="character",
    max_tags=MAX_TAGS,
    max_mentions=MAX_MENTIONS,
    max_media=MAX_MEDIA,
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=MAX_MEDIA,
                max_bytes=8 * 1024 * 1024,
                types=("image/jpeg",),
                max_alt_length=1000,
                min_ratio=0.8,
                max_ratio=1.91,
            ),
            MediaKind.VIDEO: MediaLimits(
                max_count=MAX_MEDIA,
                max_bytes=300 * 1024 * 1024,
                types=("video/mp4", "video/quicktime"),
                min_ratio=0.01,
                max_ratio=10.0,
                min_duration=3.0,
                max_duration=900.0,
            ),
        }
    ),
)
QUOTAS = {POSTS: ("quota_usage", "config")}
"""The two fields in which ``content_publishing_limit`` tells the quota of posts."""


def marked(text: str) -> list[Mark]:
    """Mentions and tags; a link in a caption stays plain text there."""
    return in_order(
        [
            *(Mark(MarkKind.MENTION, match.start(), match.end()) for match in MENTION.finditer(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in hashtags(text)),
        ]
    )


def mentions(text: str) -> set[str]:
    """The names that a text mentions."""
    return {match[1].lower() for match in MENTION.finditer(text)}
