"""Recognising emoji in running text, sequence by sequence.

The grammar is that of Unicode Technical Standard #51, section 1.4.9 (https://www.unicode.org/reports/tr51/), narrowed to what
vendors draw: at most four joined elements, and the three regional flags in general interchange.
"""

from collections.abc import Iterator

import regex

_MODIFIED = r"\p{Emoji_Modifier_Base}\p{Emoji_Modifier}\uFE0F?+"
_WITH_SELECTOR = r"\p{Emoji}\uFE0F"
_BY_DEFAULT = r"\p{Emoji_Presentation}(?!\uFE0E)"
_JOINED_ELEMENT = rf"(?:{_MODIFIED}|[\p{{Emoji}}--[0-9#*]]\uFE0F?+)"
_TAGS = {"gbeng", "gbsct", "gbwls"}
_REGIONAL_FLAG = "|".join(
    "\\U0001F3F4" + "".join(f"\\U{0xE0000 + ord(letter):08X}" for letter in tag) + "\\U000E007F"
    for tag in sorted(_TAGS)
)

_EMOJI = regex.compile(
    rf"{_REGIONAL_FLAG}|\p{{RI}}\p{{RI}}|[0-9#*]\uFE0F?+\u20E3"
    rf"|{_JOINED_ELEMENT}(?:\u200D{_JOINED_ELEMENT}){{1,3}}+"
    rf"|{_MODIFIED}|{_WITH_SELECTOR}|{_BY_DEFAULT}",
    regex.VERSION1,
)


def emoji_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield `(start, end)` code point offsets of each emoji of `text`, a whole sequence at a time.

    A symbol that shows as text unless asked otherwise (such as ©) counts only with its emoji selector.
    """
    return (match.span() for match in _EMOJI.finditer(text))
