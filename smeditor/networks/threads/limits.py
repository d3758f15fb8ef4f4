"""What a post may be, and how many an account may still publish.

Text, links: https://developers.facebook.com/documentation/threads/posts and …/create-posts/text-attachments. Media: the
media specifications of the first. Quotas: https://developers.facebook.com/documentation/threads/overview and
…/posts/delete-posts. Polls: https://developers.facebook.com/documentation/threads/create-posts/polls: two to four options
of 1 to 25 characters; a request cannot say how long. All read on 30 Nov 2026.
"""

from __future__ import annotations

from types import MappingProxyType

from smeditor.networks.capabilities import Limits
from smeditor.networks.media import MediaKind, MediaLimits
from smeditor.networks.polls import DAY, PollLimits
from smeditor.networks.rates import POSTS

MAX_LINKS = 5
MAX_MEDIA = 20
DEFAULTS = Limits(
    max_length=500,
    unit="character",
    max_links=MAX_LINKS,
    max_media=MAX_MEDIA,
    poll=PollLimits(max_options=4, max_option_length=25, min_minutes=DAY, max_minutes=DAY),
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=MAX_MEDIA,
                max_bytes=8 * 1024 * 1024,
                types=("image/jpeg", "image/png"),
                max_alt_length=1000,
                min_ratio=0.1,
                max_ratio=10.0,
            ),
            MediaKind.VIDEO: MediaLimits(
                max_count=MAX_MEDIA,
                max_bytes=1_000_000_000,
                types=("video/mp4", "video/quicktime"),
                max_alt_length=1000,
                min_ratio=0.01,
                max_ratio=10.0,
                max_duration=300.0,
            ),
        }
    ),
)
QUOTAS = {
    POSTS: ("quota_usage", "config"),
    "reply": ("reply_quota_usage", "reply_config"),
    "delete": ("delete_quota_usage", "delete_config"),
}
"""What is counted, and the two fields in which ``threads_publishing_limit`` tells it."""
