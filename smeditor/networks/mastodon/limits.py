"""What an instance allows, from its own description (``/api/v2/instance``, ``/api/v1/instance``).

https://docs.joinmastodon.org/entities/Instance/ ; servers that are not Mastodon leave out parts or all of it, some put
``max_toot_chars``, ``upload_limit`` and ``description_limit`` at the top (Pleroma). What is missing, or is not a
sensible number, is replaced by Mastodon's documented default.
"""

from __future__ import annotations

from typing import Any

from smeditor.networks.base import Limits
from smeditor.networks.mastodon.counting import way_of_counting

DEFAULTS = Limits(
    max_length=500,
    unit="grapheme",
    url_length=23,
    max_images=4,
    max_image_bytes=16_777_216,
    max_image_pixels=33_177_600,
    max_alt_length=1500,
    image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
)
QUOTES_SINCE_API = 7
"""``api_versions.mastodon`` from which ``quoted_status_id`` is understood (Mastodon 4.5)."""
LARGEST = {"length": 1_000_000, "images": 100, "bytes": 1_000_000_000, "pixels": 1_000_000_000}


def read_limits(instance: dict[str, Any]) -> Limits:
    """Return the limits that ``instance`` (v1 or v2) names, completed by the documented ones."""
    configuration = _part(instance, "configuration")
    statuses, media = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    reserved = _number(
        [statuses.get("characters_reserved_per_url")], DEFAULTS.url_length or 0, LARGEST["length"], least=0
    )
    unit, url_length = way_of_counting(instance, reserved)
    return Limits(
        max_length=_number(
            [statuses.get("max_characters"), instance.get("max_toot_chars")], DEFAULTS.max_length, LARGEST["length"]
        ),
        unit=unit,
        url_length=url_length,
        max_images=_number(
            [statuses.get("max_media_attachments"), instance.get("max_media_attachments")],
            DEFAULTS.max_images,
            LARGEST["images"],
        ),
        max_image_bytes=_number(
            [media.get("image_size_limit"), instance.get("upload_limit")], DEFAULTS.max_image_bytes, LARGEST["bytes"]
        ),
        max_image_pixels=_number([media.get("image_matrix_limit")], DEFAULTS.max_image_pixels or 0, LARGEST["pixels"]),
        max_alt_length=_number(
            [media.get("description_limit"), instance.get("description_limit")],
            DEFAULTS.max_alt_length,
            LARGEST["length"],
        ),
        image_types=_image_types(media.get("supported_mime_types")),
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


def _image_types(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        return DEFAULTS.image_types
    images = tuple(name for name in given if isinstance(name, str) and name.startswith("image/"))
    return images or DEFAULTS.image_types
