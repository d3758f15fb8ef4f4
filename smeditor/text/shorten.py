"""Cutting a text to a network's limit without hurting what stands in it."""

import re
from bisect import bisect_right
from collections.abc import Callable

from smeditor.text.entities import cashtags, fediverse_mentions, handles, hashtags, mentions, spans
from smeditor.text.graphemes import boundaries
from smeditor.text.urls import MASTODON, find_urls

ELLIPSIS = "…"
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_NO_WORD_IN = 0.5  # a text whose last word boundary lies before this part of what fits is cut inside a word instead


def shorten(text: str, fits: Callable[[str], bool], expected: int, ellipsis: str = ELLIPSIS) -> str:
    """Return ``text``, or as much of its beginning as ``fits`` says is short enough, with ``ellipsis`` behind it.

    The cut lies at the end of a word; only where that would waste half of what fits (a script without spaces, one endless word)
    between two graphemes. It never lies inside a grapheme, link, mention, hashtag or cashtag. ``expected``: about how many
    characters fit, where the search begins; it need not be exact. The empty string comes back where not even the ellipsis fits.
    """
    if fits(text):
        return text
    free = _free_cuts(text)
    word_ends = sorted({match.start() for match in _WORD_END.finditer(text)}.intersection(free))

    def trial(cut: int) -> str:
        return text[:cut].rstrip() + ellipsis

    anywhere = _last_that_fits(free, expected, lambda cut: fits(trial(cut)))
    if anywhere is None:
        return ""
    at_word = [cut for cut in word_ends[: bisect_right(word_ends, anywhere)] if cut >= anywhere * _NO_WORD_IN]
    for cut in reversed(at_word):
        if fits(trial(cut)):
            return trial(cut)
    return trial(anywhere)


def _last_that_fits(cuts: list[int], expected: int, fit: Callable[[int], bool]) -> int | None:
    """Return the last of the rising ``cuts`` that fits, or None.

    It is looked for near ``expected`` first and outwards by doubling, so that a long text costs what its short beginning costs;
    then by halving; then it is walked back where a link made the length jump.
    """
    low, high = 0, max(1, expected)
    while high < len(cuts) and fit(cuts[high - 1]):
        low, high = high, high * 2
    high = min(high, len(cuts))
    while low < high:
        middle = (low + high) // 2
        if fit(cuts[middle]):
            low = middle + 1
        else:
            high = middle
    return next((cut for cut in reversed(cuts[:low]) if fit(cut)), None)


def _free_cuts(text: str) -> list[int]:
    """Return the offsets between graphemes that lie in nothing that must stay whole."""
    whole = spans(
        find_urls(text),
        find_urls(text, MASTODON),
        mentions(text),
        fediverse_mentions(text),
        handles(text),
        hashtags(text),
        cashtags(text),
    )
    cuts: list[int] = []
    end = 0
    waiting = iter([*whole, (len(text) + 1, len(text) + 1)])
    start, stop = next(waiting)
    for cut in boundaries(text):
        while start < cut:
            end = max(end, stop)
            start, stop = next(waiting)
        if cut >= end:
            cuts.append(cut)
    return cuts
