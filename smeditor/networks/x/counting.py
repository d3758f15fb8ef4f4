"""How long a post is to X: by twitter-text's third configuration, which is the network's own rule.

https://github.com/twitter/twitter-text/blob/master/config/v3.json and https://docs.x.com/fundamentals/counting-characters,
both read 2026-11-30: the text in NFC; a link counts 23, an emoji 2 however it is composed, Latin and its neighbours 1,
everything else 2. Its conformance suite is the test.
"""

from __future__ import annotations

from smeditor.text.emoji import emoji_end
from smeditor.text.graphemes import nfc
from smeditor.text.urls import find_urls

URL_LENGTH = 23
EMOJI_LENGTH = 2
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Ranges of code points that count 1. All others count 2."""


def weighted_length(text: str) -> int:
    """The length of ``text`` in X's weighted characters. Linear time."""
    text = nfc(text)
    total = at = 0
    for url in find_urls(text):
        total += _weight(text, at, url.start) + URL_LENGTH
        at = url.end
    return total + _weight(text, at, len(text))


def _weight(text: str, start: int, stop: int) -> int:
    part = text[start:stop]
    if part.isascii():
        return len(part)
    total = at = 0
    while at < len(part):
        end = emoji_end(part, at)
        if end > at:
            total, at = total + EMOJI_LENGTH, end
        else:
            total, at = total + weight_of(part[at]), at + 1
    return total


def weight_of(character: str) -> int:
    """What one code point counts where it is no part of an emoji or a link."""
    return 1 if any(first <= ord(character) <= last for first, last in LIGHT) else 2
