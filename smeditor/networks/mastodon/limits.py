"""What an instance allows, from its own description (``/api/v2/instance``, ``/api/v1/instance``).

https://docs.joinmastodon.org/entities/Instance/ ; servers that are not Mastodon leave out parts or all of it, some put
``max_toot_chars``, ``upload_limit``, ``description_limit`` and ``poll_limits`` at the top (Pleroma). What is missing, or is not a
sensible number, is replaced by Mastodon's documented default.
"""

from __future__ import annotations

from typing import Any

from smeditor.networks.base import Limits, MediaKind, MediaLimits, PollLimits
from smeditor.networks.mastodon.counting import way_of_counting

POLL = PollLimits(max_options=4, max_option_length=50, min_minutes=5, max_minutes=43_829, unit="grapheme")
"""``configuration.polls`` as https://docs.joinmastodon.org/entities/Instance/#polls shows it (2026-11-30), in minutes."""
DEFAULTS = Limits(
    max_length=500,
    unit="grapheme",
    url_length=23,
    max_media=4,
    poll=POLL,
    media={
        MediaKind.IMAGE: MediaLimits(
            max_count=4,
            max_bytes=16_777_216,
            types=("image/jpeg", "image/png", "image/gif", "image/webp"),
            max_alt_length=1500,
            max_pixels=33_177_600,
        ),
        MediaKind.ANIMATION: MediaLimits(
            max_count=1, max_bytes=16_777_216, types=("image/gif",), max_alt_length=1500, max_pixels=33_177_600
        ),
        MediaKind.VIDEO: MediaLimits(
            max_count=1,
            max_bytes=103_809_024,
            types=("video/mp4", "video/webm", "video/quicktime"),
            max_alt_length=1500,
            max_pixels=8_294_400,
        ),
    },
)
QUOTES_SINCE_API = 7
"""``api_versions.mastodon`` from which ``quoted_status_id`` is understood (Mastodon 4.5)."""
LARGEST = {"length": 1_000_000, "images": 100, "bytes": 1_000_000_000, "pixels": 1_000_000_000}
LARGEST |= {"options": 100, "seconds": 1_000_000_000}


def read_limits(instance: dict[str, Any]) -> Limits:
    """Return the limits that ``instance`` (v1 or v2) names, completed by the documented ones."""
    configuration = _part(instance, "configuration")
    statuses, media = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    reserved = _number(
        [statuses.get("characters_reserved_per_url")], DEFAULTS.url_length or 0, LARGEST["length"], least=0
    )
    unit, url_length = way_of_counting(instance, reserved)
    max_media = _number(
        [statuses.get("max_media_attachments"), instance.get("max_media_attachments")],
        DEFAULTS.max_media,
        LARGEST["images"],
    )
    return Limits(
        max_length=_number(
            [statuses.get("max_characters"), instance.get("max_toot_chars")], DEFAULTS.max_length, LARGEST["length"]
        ),
        unit=unit,
        url_length=url_length,
        max_media=max_media,
        media={kind: _media_limits(kind, max_media, media, instance) for kind in DEFAULTS.media},
        poll=_poll_limits(_part(configuration, "polls"), _part(instance, "poll_limits"), unit),
    )


def _poll_limits(polls: dict[str, Any], pleroma: dict[str, Any], unit: str) -> PollLimits:
    """What ``configuration.polls`` says of polls, or Pleroma's ``poll_limits``; counted as the server counts its texts."""

    def seconds(name: str, default: int) -> int:
        return _number([polls.get(name), pleroma.get(name)], default * 60, LARGEST["seconds"], least=0)

    shortest = -(-seconds("min_expiration", POLL.min_minutes) // 60)
    return PollLimits(
        max_options=_number(
            [polls.get("max_options"), pleroma.get("max_options")], POLL.max_options, LARGEST["options"]
        ),
        max_option_length=_number(
            [polls.get("max_characters_per_option"), pleroma.get("max_option_chars")],
            POLL.max_option_length,
            LARGEST["length"],
        ),
        min_minutes=shortest,
        max_minutes=max(seconds("max_expiration", POLL.max_minutes) // 60, shortest),
        unit=unit,
    )


def _media_limits(kind: MediaKind, max_media: int, media: dict[str, Any], instance: dict[str, Any]) -> MediaLimits:
    default = DEFAULTS.of(kind)
    name = "video" if kind is MediaKind.VIDEO else "image"
    return MediaLimits(
        max_count=max_media if kind is MediaKind.IMAGE else default.max_count,
        max_bytes=_number(
            [media.get(f"{name}_size_limit"), instance.get("upload_limit")], default.max_bytes, LARGEST["bytes"]
        ),
        max_pixels=_number([media.get(f"{name}_matrix_limit")], default.max_pixels or 0, LARGEST["pixels"]),
        max_alt_length=_number(
            [media.get("description_limit"), instance.get("description_limit")],
            default.max_alt_length,
            LARGEST["length"],
        ),
        types=_types(media.get("supported_mime_types"), default.types, name),
    )


def understands_quotes(instance: dict[str, Any]) -> bool:
    """Whether the instance's API version knows quotes of statuses."""
    version = _part(instance, "api_versions").get("mastodon")
    return isinstance(version, int) and version >= QUOTES_SINCE_API


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _number(given: list[Any], default: int, largest: int, least: int = 1) -> int:
    sensible = (n for n in given if isinstance(n, int) and not isinstance(n, bool) and least <= n <= largest)
    return next(sensible, default)


def _types(given: Any, default: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The MIME types of images or videos that the server names; of animations only GIF is read as such."""
    if not isinstance(given, list):
        return default
    types = tuple(entry for entry in given if isinstance(entry, str) and entry.startswith(f"{name}/"))
    if default == ("image/gif",):
        return default if not types or "image/gif" in types else ()
    return types or default
