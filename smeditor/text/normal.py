"""The one normal form of text: what a person types, a file holds or a network sends is stored like this and no other way.

Two texts that look alike are then alike: they split at the same lines, count the same, hash the same.
"""

import re

import regex

from smeditor.text import LONGEST_TEXT
from smeditor.text.graphemes import boundaries, nfc

_PLAIN = re.compile("[\t\n\x20-\x7e\xa0-\xac\xae-\u017f\u2010-\u2015\u2018-\u201e\u2022\u2026\u202f\u20ac]*+")
"""What Western European text is made of nearly always: each a grapheme of its own, composed already, and kept."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NEVER = regex.compile(
    r"[\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F\u00AD\u180E\u200B\u2060-\u206F\u202A-\u202E\uFEFF\uFFF9-\uFFFB]"
    r"|[\uFDD0-\uFDEF]|\p{Noncharacter_Code_Point}"
)
_REGIONAL_TAGS = regex.compile(r"(?<!\U0001F3F4[\U000E0020-\U000E007E]{0,6})[\U000E0000-\U000E007F]")
_JOINED = r"\p{Emoji}\uFE0F\p{M}[\p{L}--\p{Latin}--\p{Greek}--\p{Cyrillic}]"
_IDLE_JOINER = regex.compile(rf"(?<![{_JOINED}])[\u200C\u200D]|[\u200C\u200D](?![{_JOINED}])", regex.VERSION1)
_MOST_MARKS = 10  # on one letter; Vedic Sanskrit and pointed Hebrew stay well below, "Zalgo" text does not
_HEAP_OF_MARKS = regex.compile(rf"(\p{{M}}{{{_MOST_MARKS}}})\p{{M}}++")
_ROUNDS = 6  # of normalising, at most; two do for all that was ever met

_PART_BREAK = re.compile(r"^[^\S\n]*-{3,}[^\S\n]*$", re.MULTILINE)


def normalise_text(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return outside text in NFC without what deceives or breaks: the form to store and to show (escaped).

    Control characters, bidirectional overrides and isolates, invisible characters and heaps of marks go; joiners stay where an
    emoji or a script needs them; a lone surrogate becomes U+FFFD; every line end becomes one line feed. At most ``limit`` code
    points, never ending inside a grapheme. Normalising twice changes nothing more.
    """
    text = text[: limit * 4]
    if _PLAIN.fullmatch(text):
        return text[:limit]
    text = _LINE_ENDS.sub("\n", _LONE_SURROGATE.sub(_REPLACEMENT, text))
    text = _REGIONAL_TAGS.sub("", _NEVER.sub("", text))
    # Composing can leave a joiner without the mark that it stood by, or make two marks of one; a joiner that goes can let
    # two characters compose.
    for _ in range(_ROUNDS):
        before, text = text, _HEAP_OF_MARKS.sub(r"\1", nfc(_IDLE_JOINER.sub("", nfc(text))))
        if text == before:
            break
    return _cut(text, limit)


def normalise_whole(text: str) -> str:
    """Return ``text`` in normal form, all of it.

    The normal form can be longer than what was typed: U+0958 becomes two code points, as Unicode excludes it from
    composition. Nothing grows beyond four times its length (https://www.unicode.org/faq/normalization.html).
    """
    return normalise_text(text, 4 * len(text) or 1)


def split_thread(text: str) -> list[str]:
    """Return the messages that ``text`` makes, in normal form: it breaks at lines of nothing but three or more hyphens.

    Empty messages vanish. Counter, preview, checks and payload all ask here, so that they see the same thread, whatever
    line ends and spaces a browser, a phone or a file put around the hyphens.
    """
    parts = _PART_BREAK.split(normalise_whole(text))
    return [part.strip() for part in parts if part.strip()]


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    # A joiner at the end joins nothing any more.
    return text[: max(edge for edge in boundaries(text) if edge <= limit)].rstrip("\u200c\u200d")
