"""A post as it stands in a form that is being typed: nothing is stored, and nothing that is still wrong is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smeditor.models import Post, PostMedia, Variant
from smeditor.models.fields import LONGEST_LINK
from smeditor.models.posts import PollDuration
from smeditor.text.params import parse_id

LONGEST = 100_000
MOST_ROWS = 200
LENGTHS = {"link": LONGEST_LINK, "language": 12, "reply_control": 40, "content_warning": 2000, "credit": 160}
COMMON = ("text", "link", "content_warning", "language", "first_comment", "reply_control")
CARD = {"true": True, "false": False}


def post_of(asked: Mapping[str, Any]) -> Post:
    """An unsaved post with what its form holds: ``{"fields": {name: value}}``, the names as Django's formsets have them.

    Raises ValueError, KeyError, AttributeError or TypeError for what is no such form.
    """
    fields: dict[str, str] = {str(name): str(value) for name, value in asked["fields"].items()}
    post = Post(
        **_texts(fields, (*COMMON, "poll_options")),
        with_card="with_card" in fields,
        poll_minutes=_poll_minutes(fields),
        poll_multiple="poll_multiple" in fields,
    )
    post.variants.set(
        [_variant(row, key) for row in _rows(fields, "variants") if (key := parse_id(row.get("account")))]
    )
    post.media.set([_media(row, place) for place, row in enumerate(_rows(fields, "media"))])
    return post


def _texts(fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: fields.get(name, "")[: LENGTHS.get(name, LONGEST)] for name in names}


def _poll_minutes(fields: Mapping[str, str]) -> int:
    chosen = parse_id(fields.get("poll_minutes"))
    return int(PollDuration(chosen) if chosen in PollDuration.values else PollDuration.DAY)


def _rows(fields: Mapping[str, str], prefix: str) -> Iterator[dict[str, str]]:
    """The rows of a formset that are not marked as deleted, in the order that the form shows."""
    total = min(int(fields.get(f"{prefix}-TOTAL_FORMS") or 0), MOST_ROWS)
    rows = []
    for number in range(total):
        start = f"{prefix}-{number}-"
        row = {name.removeprefix(start): value for name, value in fields.items() if name.startswith(start)}
        if row and not row.get("DELETE"):
            rows.append(row)
    yield from sorted(rows, key=lambda row: parse_id(row.get("ORDER")) or 0)


def _variant(row: Mapping[str, str], account: int) -> Variant:
    return Variant(
        account_id=account,
        with_card=CARD.get(row.get("with_card", "")),
        without_media="without_media" in row,
        without_poll="without_poll" in row,
        **_texts(row, COMMON),
    )


def _media(row: Mapping[str, str], place: int) -> PostMedia:
    crop = row.get("crop", "")
    return PostMedia(
        account_id=parse_id(row.get("account")),
        part=min(parse_id(row.get("part")) or 0, 1000),
        image_id=parse_id(row.get("image")),
        video_id=parse_id(row.get("video")),
        captions_id=parse_id(row.get("captions")),
        crop=crop if crop in PostMedia.Crop.values else PostMedia.Crop.WHOLE,
        sort_order=place,
        **_texts(row, ("alt", "credit")),
    )
