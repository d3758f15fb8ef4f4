"""What a post may be, by the documents; no server tells it.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api, /videos-api, /documents-api,
/multiimage-post-api and /posts-api (2026-11-30). No page gives the length of a commentary (``FIELD_LENGTH_TOO_LONG`` names
none): 3,000 and, for a comment, 1,250 are what LinkedIn's own composer allows. UTF-16 units are never fewer than characters.
"""

from __future__ import annotations

from types import MappingProxyType

from smeditor.networks.base import Limits, MediaKind, MediaLimits

LONGEST_POST = 3000
LONGEST_COMMENT = 1250
LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4086
IMAGES = 20
MEGABYTE = 1_000_000
PIXELS = 36_152_320

LIMITS = Limits(
    max_length=LONGEST_POST,
    unit="utf16",
    max_comment_length=LONGEST_COMMENT,
    max_media=IMAGES,
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=IMAGES,
                max_bytes=8 * MEGABYTE,
                types=("image/jpeg", "image/png"),
                max_alt_length=4086,
                max_pixels=PIXELS,
            ),
            MediaKind.ANIMATION: MediaLimits(
                max_count=1, max_bytes=8 * MEGABYTE, types=("image/gif",), max_alt_length=4086, max_pixels=PIXELS
            ),
            MediaKind.VIDEO: MediaLimits(
                max_count=1, max_bytes=500 * MEGABYTE, types=("video/mp4",), min_duration=3, max_duration=1800
            ),
            MediaKind.DOCUMENT: MediaLimits(
                max_count=1,
                max_bytes=100 * MEGABYTE,
                types=(
                    "application/pdf",
                    "application/msword",
                    "application/vnd.ms-powerpoint",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                ),
            ),
        }
    ),
)
