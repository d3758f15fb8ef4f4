"""What a post of a page may be. Facebook gives no limits by its interface; these are what is known.

Sources, read 2026-11-30. Photos: https://developers.facebook.com/docs/graph-api/reference/page/photos and
https://developers.facebook.com/docs/page-stories-api (JPEG, BMP, PNG, GIF or TIFF of at most 10 MB; only the first and the
third are taken here, a GIF would stand still). Text: 63,206 and, for a comment, 8,000 are Facebook's long-standing limits,
which no page of the documentation names; they are counted in UTF-16 units, the stricter way. No number of photos is
documented: ten is ours. Video: https://developers.facebook.com/docs/graph-api/reference/page/videos.
"""

from __future__ import annotations

from types import MappingProxyType

from smeditor.networks.capabilities import Limits
from smeditor.networks.media import MediaKind, MediaLimits
from smeditor.text.offsets import utf16_length

POST_LENGTH = 63_206
COMMENT_LENGTH = 8000

DEFAULTS = Limits(
    max_length=POST_LENGTH,
    unit="utf16",
    max_comment_length=COMMENT_LENGTH,
    max_media=10,
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=10, max_bytes=10_000_000, types=("image/jpeg", "image/png"), max_alt_length=1000
            ),
            MediaKind.VIDEO: MediaLimits(
                max_count=1, max_bytes=1_750_000_000, types=("video/mp4", "video/quicktime"), max_duration=45 * 60
            ),
        }
    ),
)


def length(text: str) -> int:
    """The length of ``text`` in UTF-16 units."""
    return utf16_length(text)
