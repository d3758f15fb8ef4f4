"""From a reader's typing to words that rules can look up, each still knowing where it stands in the original text.

One pass of one regular expression finds the words. What it takes to recognise a word (accents, "c0nnard", "merciiii",
letters of another alphabet) is worked out once for each distinct word and remembered by the rule book, so that the
thousandth text costs a dictionary look-up a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_CHARS = 100_000
"""What lies beyond is not read: no reader writes it, and time stays bounded."""

_ENDINGS = "com|net|org|info|biz|shop|store|online|site|xyz|app|fr|be|ch|uk|eu|example"
_LINKS = (
    r"https?://\S+|www\.\S+|(?<![\w@])@[\w-]+(?:[@.][\w-]+)*|"
    rf"(?<![\w@.-])(?:[\w-]{{1,63}}\.){{1,3}}(?:(?:{_ENDINGS})\b(?!\.\w)(?:/\S*)?|(?:ly|me|gl|co)/\S+)|"
)
_PLAIN = (
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)"
    r"|\d+(?:[.,]\d+)+\w*"
    r"|[\w@#$€*]+(?:'\w+)*"
    r"|[.!?…\n]+|%"
    r"|(?<!\w)/s\b"
    r"|[☀-➿\U0001f300-\U0001faff]"
)
TOKEN = re.compile(_LINKS + _PLAIN)
_TOKEN_WITHOUT_LINKS = re.compile(_PLAIN)
BOUNDARIES = frozenset(".?!")
_BARE_LINK = re.compile(rf"\.(?<=\w\.)(?:(?:{_ENDINGS})\b|(?:ly|me|gl|co)/)")
"""A link without "https://": what is advertised is rarely written in full."""
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff"
_ODD = re.compile(rf"[\u0300-\u036f{_INVISIBLE}]")
_HIDDEN = re.compile(rf"[{_INVISIBLE}]")
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,}(?!\w)")
_LEET = str.maketrans("013457@$€", "oieastase")
_LOOKALIKE = str.maketrans("асеоріхуѕјԁһκνοτα", "aceopixysjdhkvota")
_TIME = re.compile(r"\d{1,2}(?:\.\d\d)?(?:h\d{0,2}|am|pm|hrs?)")
_NUMBER = re.compile(r"[$€]?\d+(?:[.,']\d+)*(?:[€$km]+|e|er|ère|ème|st|nd|rd|th)?")
_REPEATED = re.compile(r"(\w)\1{2,}")
_DOUBLED = re.compile(r"(\w)\1+")


def fold(word: str) -> str:
    """Return ``word`` in lower case without accents or ligatures (compatibility forms made plain)."""
    if word.isascii():
        return word.lower()
    word = word.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", word)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


class Reading:
    """One text, read: ``tokens`` in order and, on demand, the span of each in the original."""

    __slots__ = ("_clean", "_offsets", "_spans", "text", "tokens")

    def __init__(self, text: str) -> None:
        """Read at most ``MAX_CHARS`` characters of ``text``; any str will do, lone surrogates included."""
        self.text = text = text[:MAX_CHARS]
        offsets: list[int] | None = None
        clean = text
        if not text.isascii():
            clean = text.replace("’", "'").replace("ʼ", "'")
            if _ODD.search(clean):
                clean, offsets = _without_oddities(clean)
        low = clean.lower()
        if len(low) != len(clean):  # "İ" becomes two characters
            low = "".join(char.lower() if len(char.lower()) == 1 else char for char in clean)
        self._clean = low
        self._offsets = offsets
        self._spans: list[tuple[int, int]] | None = None
        linked = "@" in low or "://" in low or "www." in low or ("." in low and _BARE_LINK.search(low) is not None)
        self.tokens: list[str] = (TOKEN if linked else _TOKEN_WITHOUT_LINKS).findall(low)
        if "#" in low or (list(map(len, self.tokens)).count(1) > 3 and _SPACED.search(low)):
            self._split_further(clean)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Return for each word its half-open range of characters in the original text."""
        if self._spans is None:
            self._spans = self._found()
            if self._offsets is not None:
                self._spans = [self._original(span) for span in self._spans]
        return self._spans

    def _found(self) -> list[tuple[int, int]]:
        """Return where each word stands. What lies between two words has no character of a word: find is exact."""
        find, end = self._clean.find, 0
        spans = []
        for word in self.tokens:
            start = find(word, end)
            end = start + len(word)
            spans.append((start, end))
        return spans

    def _original(self, span: tuple[int, int]) -> tuple[int, int]:
        assert self._offsets is not None  # noqa: S101 - for the type checker; the caller has looked
        return self._offsets[span[0]], self._offsets[span[1]]

    def _split_further(self, clean: str) -> None:
        """Take hashtags apart ("#StopAuxMensonges") and put spaced letters together ("c o n n a r d")."""
        joined = {match.start(): match for match in _SPACED.finditer(self._clean)}
        tokens: list[str] = []
        spans: list[tuple[int, int]] = []
        until = 0
        for match in TOKEN.finditer(self._clean):
            start, end = match.span()
            if start < until:
                continue
            if start in joined:
                start, end = joined[start].span()
                until = end
                tokens.append(re.sub(r"\W|_", "", self._clean[start:end]))
                spans.append((start, end))
            elif match[0].startswith("#"):
                for word, low, high in _hashtag(clean, start, end):
                    tokens.append(word)
                    spans.append((low, high))
            else:
                tokens.append(match[0])
                spans.append((start, end))
        self.tokens = tokens
        self._spans = spans if self._offsets is None else [self._original(span) for span in spans]


def _hashtag(clean: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for part in re.finditer(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[^\WA-ZÀ-Þ_\d]+|\d+", clean[start:end]):
        yield part[0].lower(), start + part.start(), start + part.end()


def _without_oddities(text: str) -> tuple[str, list[int]]:
    """Return ``text`` composed and without invisible characters, and the original place of each character left and of the end."""
    out: list[str] = []
    offsets: list[int] = []
    for place, char in enumerate(text):
        if _HIDDEN.match(char):
            continue
        if out and unicodedata.combining(char):
            whole = unicodedata.normalize("NFC", out[-1] + char)
            if len(whole) == 1:
                out[-1] = whole
            continue
        out.append(char)
        offsets.append(place)
    offsets.append(len(text))
    return "".join(out), offsets


def marks(word: str) -> str | None:
    """Return the class of a token that is no word: ".", "?", "!" or "<url>" and the like; None for a word."""
    first = word[0]
    if first in ".!?…\n":
        return "?" if "?" in word else "!" if "!" in word else "."
    if first == "%":
        return "%"
    if word.startswith(("http://", "https://", "www.")) or (
        "." in word and "@" not in word and not word[0].isdigit() and word[0] != "$"
    ):
        return "<url>"
    if first == "@" and len(word) > 3:
        return "<mention>"
    if "@" in word[1:] and word[-1] != "@" and len(word) > 6:
        return "<email>"
    if first.isdigit() or first in "$€":
        if word.isdecimal():
            return "<phone>" if len(word) in (10, 11) else "<num>"
        if _TIME.fullmatch(word):
            return "<time>"
        if _NUMBER.fullmatch(word):
            return "<num>"
    return None


def guises(word: str) -> list[str]:
    """Return the plain words that ``word`` may stand for, the likeliest first: folded, unleeted, unstretched."""
    if word == "€":
        return [word]  # a currency, no "e" in disguise
    plain = fold(word).strip("*_$€#@")
    found = [plain]
    if not plain.isascii():
        found.append(plain.translate(_LOOKALIKE))
    if not plain.isalpha() or word != plain:
        raw = fold(word)
        found.append(raw.translate(_LEET).strip("*_#"))
        if "1" in raw:
            found.append(raw.replace("1", "l").translate(_LEET).strip("*_#"))
    for guess in list(found):
        if _REPEATED.search(guess):
            found.append(_REPEATED.sub(r"\1", guess))
            found.append(_REPEATED.sub(r"\1\1", guess))
            found.append(_DOUBLED.sub(r"\1", guess))
    return [guess for guess in dict.fromkeys(found) if guess]
