r"""Extended grapheme clusters: what a person sees as one character.

The rules are those of Unicode Standard Annex #29, table 1c (https://www.unicode.org/reports/tr29/), written out here on top
of the character properties of the ``regex`` package. Its own ``\X`` is not used: it takes quadratic time on a run of regional
indicators (28 s for 100,000 of them) and disagrees with GraphemeBreakTest on pictographs that newer data dropped.
"""

import unicodedata
from collections.abc import Iterator

import regex

# Unicode 17 took Extended_Pictographic away from symbols that are no emoji. The networks still run older data, where these
# blocks had it as a whole, so a joiner between two of them glues.
_PICTOGRAPH = r"[\p{Extended_Pictographic}\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2763-\u2767]"
_EXTEND = r"\p{GCB=Extend}"
_ZWJ = r"\u200D"
_HANGUL = (
    r"(?:\p{GCB=L}*+(?:(?:\p{GCB=V}|\p{GCB=LV})\p{GCB=V}*+\p{GCB=T}*+|\p{GCB=LVT}\p{GCB=T}*+)"
    r"|\p{GCB=L}++|\p{GCB=T}++)"
)
_CONJUNCT = (
    r"\p{InCB=Consonant}(?:\p{InCB=Extend}*+\p{InCB=Linker}[\p{InCB=Extend}\p{InCB=Linker}]*+\p{InCB=Consonant})++"
)
_CORE = (
    rf"(?:{_HANGUL}|\p{{RI}}\p{{RI}}|{_PICTOGRAPH}(?:{_EXTEND}*+{_ZWJ}{_PICTOGRAPH})*+|{_CONJUNCT}"
    r"|[^\p{GCB=Control}\r\n])"
)
_TRAIL = rf"[{_EXTEND}{_ZWJ}\p{{GCB=SpacingMark}}]*+"
_CLUSTER = regex.compile(
    rf"\r\n|[\p{{GCB=Control}}\r\n]|\p{{GCB=Prepend}}++(?:{_CORE})?+{_TRAIL}|{_CORE}{_TRAIL}",
    regex.DOTALL | regex.VERSION0,
)

# UAX #15 "Stream-Safe Text Format": no language writes more than thirty marks on one letter, and sorting such a run takes
# quadratic time (8 s for 100,000 marks).
_LONGEST_MARK_RUN = 30
_LONG_MARK_RUN = regex.compile(rf"\p{{M}}{{{_LONGEST_MARK_RUN + 1},}}+")


def graphemes(text: str) -> Iterator[str]:
    """Yield the extended grapheme clusters of ``text`` in order; joined they are ``text`` again. Linear time."""
    return (match.group() for match in _CLUSTER.finditer(text))


def grapheme_count(text: str) -> int:
    """Return the number of extended grapheme clusters of ``text``."""
    return sum(1 for _ in _CLUSTER.finditer(text))


def boundaries(text: str) -> list[int]:
    """Return the code point offsets between clusters, from 0 to ``len(text)`` inclusive (``[0]`` for no text)."""
    return [0, *(match.end() for match in _CLUSTER.finditer(text))]


def nfc(text: str) -> str:
    """Return ``text`` in Unicode Normalization Form C, in linear time.

    Runs of more than thirty combining marks, which are no writing, are left as they are.
    """
    if text.isascii():
        return text
    pieces: list[str] = []
    done = 0
    for run in _LONG_MARK_RUN.finditer(text):
        pieces += [unicodedata.normalize("NFC", text[done : run.start()]), run.group()]
        done = run.end()
    pieces.append(unicodedata.normalize("NFC", text[done:]))
    return "".join(pieces)
