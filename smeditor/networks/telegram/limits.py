"""What a Telegram message may be, by the documents; no server tells it.

https://core.telegram.org/bots/api#sendmessage, #sendphoto, #sendvideo, #sendanimation, #senddocument, #sendmediagroup and
#sending-files (2026-11-30), of polls #sendpoll and #inputpolloption. Those count "characters after entities parsing"; UTF-16 code units, in which the API counts
offsets, are never fewer.
"""

from __future__ import annotations

from types import MappingProxyType

from smeditor.networks.base import Limits, MediaKind, MediaLimits, PollLimits

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
ALBUM = 10
MEGABYTE = 1_000_000
LARGEST_SUM = 10_000
"""Width and height of a photo together."""
PIXELS = 4_500_000
"""So many pixels a photo of any allowed shape can have without its sides being too long together."""
FILE = 50 * MEGABYTE
POLL = PollLimits(
    max_options=12, max_option_length=100, min_minutes=1, max_minutes=43_800, unit="utf16", max_question=300
)
"""``open_period`` is 5 to 2,628,000 seconds."""

LIMITS = Limits(
    max_length=LONGEST_TEXT,
    unit="utf16",
    max_caption_length=LONGEST_CAPTION,
    max_media=ALBUM,
    poll=POLL,
    media=MappingProxyType(
        {
            MediaKind.IMAGE: MediaLimits(
                max_count=ALBUM,
                max_bytes=10 * MEGABYTE,
                types=("image/jpeg", "image/png", "image/webp"),
                max_pixels=PIXELS,
                min_ratio=1 / 20,
                max_ratio=20,
            ),
            MediaKind.VIDEO: MediaLimits(max_count=ALBUM, max_bytes=FILE, types=("video/mp4",)),
            MediaKind.ANIMATION: MediaLimits(max_count=1, max_bytes=FILE, types=("image/gif", "video/mp4")),
            MediaKind.DOCUMENT: MediaLimits(
                max_count=ALBUM,
                max_bytes=FILE,
                types=(
                    "application/pdf",
                    "application/zip",
                    "text/plain",
                    "text/csv",
                    "application/vnd.oasis.opendocument.text",
                    "application/vnd.oasis.opendocument.spreadsheet",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
            ),
        }
    ),
)
