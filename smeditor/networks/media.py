"""Pictures, animations, videos and documents of a message: a stream to read, and all that a network asks of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO


class MediaKind(StrEnum):
    """What a reader gets to see. An animation is an image that moves (GIF), which many networks treat as a video."""

    IMAGE = "image"
    ANIMATION = "animation"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Captions:
    """Subtitles of a video: WebVTT ``content`` in ``language`` (BCP 47)."""

    language: str
    content: str


@dataclass(frozen=True)
class Media:
    """One piece of media, cropped and within the network's limits.

    ``open`` returns a fresh stream of its bytes, which the caller closes: a video never lies in memory as a whole.
    ``size``: bytes. ``digest``: SHA-256 of the bytes in hexadecimal, by which a resumed preparation knows that it goes
    on with the same file. ``duration``: seconds. ``public_url``: where a network that fetches by itself may do so for a
    short time (``Capabilities.fetches_media``); it lets whoever knows it read the file and is written to no log.
    """

    open: Callable[[], BinaryIO] = field(repr=False, compare=False)
    media_type: str
    size: int
    alt: str = ""
    kind: MediaKind = MediaKind.IMAGE
    width: int = 0
    height: int = 0
    duration: float | None = None
    captions: tuple[Captions, ...] = ()
    digest: str = ""
    public_url: str = field(default="", repr=False)

    @classmethod
    def from_bytes(cls, data: bytes, media_type: str, alt: str = "", **facts: Any) -> Media:
        """Media that lies in memory: an image that was just made. ``facts``: further fields."""
        digest = hashlib.sha256(data).hexdigest()
        return cls(
            open=lambda: io.BytesIO(data), media_type=media_type, size=len(data), alt=alt, digest=digest, **facts
        )

    def read(self) -> bytes:
        """All bytes at once, for what is small: an image."""
        with self.open() as stream:
            return stream.read()

    @property
    def ratio(self) -> float | None:
        """Width by height; None where the dimensions are not known."""
        return self.width / self.height if self.width and self.height else None


@dataclass(frozen=True)
class MediaLimits:
    """What one piece of media of a kind may be. None: the network names no limit.

    ``max_count``: how many of the kind a message takes. ``types``: MIME types. ``max_alt_length``: code points; 0 where
    there is no alt text. ``min_ratio`` and ``max_ratio``: width by height. Durations in seconds.
    """

    max_count: int
    max_bytes: int
    types: tuple[str, ...]
    max_alt_length: int = 0
    max_pixels: int | None = None
    min_ratio: float | None = None
    max_ratio: float | None = None
    min_duration: float | None = None
    max_duration: float | None = None
