"""Which stretches of a text are one emoji: what people see as one picture, however many code points it is written with.

The networks that count emoji by themselves know those that Unicode recommends (UTS #51, "RGI"), and take what was joined
by hand for several (https://www.unicode.org/reports/tr51/#def_rgi_set, read 2026-11-30).
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import regex

_VARIATION = "\ufe0f"
_JOINER = "\u200d"
_ELEMENT = rf"(?:\p{{EBase}}\p{{EMod}}|[\p{{Emoji}}--[0-9#*]]{_VARIATION}?)"
_RUN = regex.compile(
    rf"[0-9#*]{_VARIATION}?\u20e3"
    r"|\p{RI}\p{RI}"
    r"|\U0001F3F4[\U000E0020-\U000E007E]{1,8}\U000E007F"
    rf"|{_ELEMENT}(?:{_JOINER}{_ELEMENT})*+",
    regex.VERSION1,
)
"""What may be an emoji: a key, a pair of letters for a flag, a region's flag, or elements with joiners between them."""
_PART = regex.compile(_ELEMENT, regex.VERSION1)


@cache
def sequences() -> frozenset[str]:
    """Every emoji that is made of several others, without variation selectors."""
    lines = (resources.files(__package__) / "data" / "emoji_sequences.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def emoji_end(text: str, start: int) -> int:
    """Where the emoji ends that begins at code point ``start`` of ``text``; ``start`` itself where none begins there.

    ``©``, ``®`` and the like are emoji only with a variation selector. Constant time: no emoji is long.
    """
    found = _RUN.match(text, start, start + _LONGEST)
    if not found:
        return start
    run = found.group()
    if "\u20e3" in run:
        return found.end()
    if _JOINER in run or _is_pair_or_region(run):
        for end in _places(run):
            if run[:end].replace(_VARIATION, "") in sequences():
                return start + end
    first = _PART.match(run)
    if not first or (first.end() == 1 and ord(run[0]) <= _TEXT_SIGNS):
        return start
    return start + first.end()


_LONGEST = 40
_TEXT_SIGNS = 0x10FF
"""Emoji below are letters, digits and signs of old: they are emoji when they are written as such."""


def _is_pair_or_region(run: str) -> bool:
    return "\U000e007f" in run or bool(regex.match(r"\p{RI}\p{RI}", run))


def _places(run: str) -> list[int]:
    """Where ``run`` can be cut before a joiner, the longest first, itself included."""
    return [len(run), *(place for place in range(len(run) - 1, 0, -1) if run[place] == _JOINER)]
