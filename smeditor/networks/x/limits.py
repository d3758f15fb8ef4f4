"""What a post on X may be.

https://docs.x.com/fundamentals/counting-characters, https://docs.x.com/x-api/media/quickstart/best-practices and
https://docs.x.com/x-api/media/introduction, read 2026-11-30: four images, or one animated GIF, or one video. Longer posts
of X Premium: https://help.x.com/en/using-x/x-premium; alt text for images and GIFs only:
https://developer.x.com/en/docs/media/upload-media/api-reference/post-media-metadata-create. The 1000 characters of an alt text
are those of the OpenAPI document (``AltText``), and so are the limits of polls (``TweetCreateRequest.poll``).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from smeditor.networks.capabilities import Limits
from smeditor.networks.media import MediaKind, MediaLimits
from smeditor.networks.polls import PollLimits
from smeditor.networks.x.counting import URL_LENGTH

ALT_LENGTH = 1000
STANDARD = Limits(
    max_length=280,
    unit="weighted",
    url_length=URL_LENGTH,
    max_media=4,
    poll=PollLimits(max_options=4, max_option_length=25, min_minutes=5, max_minutes=10_080),
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=4,
                max_bytes=5_000_000,
                types=("image/jpeg", "image/png", "image/webp"),
                max_alt_length=ALT_LENGTH,
            ),
            MediaKind.ANIMATION: MediaLimits(
                max_count=1,
                max_bytes=15_000_000,
                types=("image/gif",),
                max_alt_length=ALT_LENGTH,
                max_pixels=1280 * 1080,
            ),
            MediaKind.VIDEO: MediaLimits(
                max_count=1,
                max_bytes=512_000_000,
                types=("video/mp4", "video/quicktime"),
                min_ratio=1 / 3,
                max_ratio=3.0,
                min_duration=0.5,
                max_duration=140.0,
            ),
        }
    ),
)
PREMIUM = replace(STANDARD, max_length=25_000)
PREMIUM_TYPES = frozenset({"Basic", "Premium", "PremiumPlus"})
"""``User.subscription_type`` of those who may write longer posts and correct them. X tells it only of the account itself."""


def limits_of(user: dict[str, Any]) -> Limits:
    """The limits of the account that ``user`` describes; the standard ones where its subscription is not named."""
    return PREMIUM if has_premium(user) else STANDARD


def has_premium(user: dict[str, Any]) -> bool:
    """Whether the account has X Premium, as far as X says."""
    return user.get("subscription_type") in PREMIUM_TYPES if isinstance(user.get("subscription_type"), str) else False
