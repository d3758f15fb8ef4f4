"""X's weighted length, as twitter-text 3.1 defines it (https://developer.x.com/en/docs/counting-characters).

Latin and common punctuation weigh 1, everything else 2, an emoji of any composition 2, a link 23.
"""

from bisect import bisect_right
from dataclasses import dataclass

import regex

from .emoji import emoji_spans
from .graphemes import nfc
from .offsets import utf16_length
from .urls import find_urls

_INVALID = regex.compile(r"[\uFFFE\uFEFF\uFFFF]")


@dataclass(frozen=True, slots=True)
class WeightConfig:
    """How X weighs: weights are in `1 / scale` characters, `ranges` are inclusive code points `(first, last, weight)`."""

    limit: int = 280
    scale: int = 100
    default_weight: int = 200
    url_length: int = 23
    emoji_as_one: bool = True
    ranges: tuple[tuple[int, int, int], ...] = ((0, 4351, 100), (8192, 8205, 100), (8208, 8223, 100), (8242, 8247, 100))


@dataclass(frozen=True, slots=True)
class Weighted:
    """What X makes of a text: its length, the permillage of the limit, and inclusive ranges in UTF-16 code units.

    The valid range ends where the limit is reached or an invalid character stands; the displayed range is the whole text.
    """

    weighted_length: int
    valid: bool
    permillage: int
    valid_range_start: int
    valid_range_end: int
    display_range_start: int
    display_range_end: int


V3 = WeightConfig()


def parse_weighted(text: str, config: WeightConfig = V3) -> Weighted:
    """Weigh `text` as X does, after normalising it to NFC."""
    normal = nfc(text)
    spans = _spans(normal, config)
    length = 0
    unit = 0
    last_valid = 0
    valid = True
    position = 0
    while position < len(normal):
        end, weight = spans.get(position) or (position + 1, _weight(normal[position], config))
        length += weight
        unit += utf16_length(normal[position:end])
        if valid and _INVALID.match(normal, end - 1):
            valid = False
        if valid and length <= config.limit * config.scale:
            last_valid = unit - 1
        position = end
    weighted_length = length // config.scale
    units = utf16_length(text)
    return Weighted(
        weighted_length=weighted_length,
        valid=valid and 0 < weighted_length <= config.limit,
        permillage=weighted_length * 1000 // config.limit,
        valid_range_start=0,
        valid_range_end=last_valid + units - utf16_length(normal),
        display_range_start=0,
        display_range_end=max(units - 1, 0),
    )


def _spans(text: str, config: WeightConfig) -> dict[int, tuple[int, int]]:
    """Map where an emoji or a link begins to where it ends and what it weighs as a whole."""
    spans: dict[int, tuple[int, int]] = {}
    if config.emoji_as_one:
        spans.update((start, (end, config.default_weight)) for start, end in emoji_spans(text))
    spans.update((url.start, (url.end, config.url_length * config.scale)) for url in find_urls(text))
    return spans


def _weight(character: str, config: WeightConfig) -> int:
    point = ord(character)
    index = bisect_right(config.ranges, point, key=lambda entry: entry[0]) - 1
    if index >= 0 and point <= config.ranges[index][1]:
        return config.ranges[index][2]
    return config.default_weight
