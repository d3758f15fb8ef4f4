"""What a post may be on Bluesky. Its servers tell no limits: these are the lexicons' of September 2026.

``app.bsky.feed.post``: 300 graphemes and 3000 bytes; ``app.bsky.embed.images``: 4 images.
The lexicon allows 2 MB an image since 2026, servers that were not updated still refuse more than 1 MB: the smaller
number holds, so that a post never fails at its slot for it.
"""

from collections.abc import Iterator, Sequence

from smeditor.networks.base import Limits, MediaKind, MediaLimits

POST = "app.bsky.feed.post"
TAG_UNITS = 64
"""UTF-16 units of the longest tag; the lexicon's 64 graphemes and 640 bytes are never less."""
PAGE = 100
"""Most entries that one page of a list holds."""
LOOKUP = 25
"""Most posts or profiles that one look-up takes."""
LIST_PAGES = 10
"""Pages of a list of likes, reposts or quotes that are read in one go: the first thousand people."""

LIMITS = Limits(
    max_length=300,
    unit="grapheme",
    max_bytes=3000,
    max_media=4,
    media={
        MediaKind.IMAGE: MediaLimits(
            max_count=4,
            max_bytes=1_000_000,
            types=("image/jpeg", "image/png", "image/webp", "image/gif"),
            max_alt_length=2000,
        )
    },
)


def parts(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """Cut ``items`` into lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
