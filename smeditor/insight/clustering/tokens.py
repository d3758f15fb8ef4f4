"""A bounded, memoised tokeniser: a text in, the list of its terms out, the same on every run and machine.

A term is a stem without accents ("élèves" and "eleves" meet), a number ("1,5"), a link ("url:host/path"),
or, in a script that writes no spaces, a pair of neighbouring characters. Mentions are dropped: whom a reader
addresses is not what the reader says. Stemming is Snowball's (https://snowballstem.org), one call for each
distinct word as long as the memo holds it.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import chain

import regex

from smeditor.text.language_tags import known_language

MAX_CHARS = 4_000
"""Characters of a text that are read. Longer than any post of a network; the rest can't make a text cost more."""

MAX_TERM = 40
"""Characters kept of one term: a wall of letters must not fill the memo."""

MEMO_TOKENS = 150_000
"""Distinct words remembered for one language; then the memo starts again, so that memory stays bounded."""

PREFIX = 5
"""Characters of a word that ``prefixes`` keeps."""

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
_needs_care = re.compile(
    rf"[\u0300-\u036f\u0590-\u08ff\u0900-\u109f\u1780-\u17ff\u200c-\u200f{_UNSPACED}\uff00-\uffef]"
).search
_unspaced_run = regex.compile(rf"[{_UNSPACED}]+")
_plain_tokens = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:'\w+)*").findall
_beginning = rf"\b(?:\d+(?:[.,]\d+)*|\w{{2,{PREFIX}}})"
_beginnings = re.compile(_beginning).findall
_plain_beginnings = re.compile(_beginning, re.ASCII).findall  # a fifth faster, where it will do
_any_tokens = regex.compile(
    r"\d+(?:[.,]\d+)+|[\p{L}\p{N}][\p{L}\p{M}\p{N}_]*(?:'[\p{L}\p{N}][\p{L}\p{M}\p{N}_]*)*"
).findall
_link = re.compile(r"https?://[^\s<>\"'«»)\]]+", re.IGNORECASE)
_mention = re.compile(r"(?<![\w.])@[\w.-]+(?:@[\w.-]+)?")
_hashtag = re.compile(r"#(\w+)")
_camel = re.compile(r"[^\W\d_]?[^\W\dA-Z_]+|[A-Z]+(?![a-z])|\d+")
_emoji = regex.compile(r"\p{Extended_Pictographic}").findall
_elided = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|un|all|dell|nell|sull|dall)'(?=\w)")
_accents = re.compile(r"[\u0300-\u036f]+")
_possessive = re.compile(r"'s$")
_whole = frozenset({"aujourd'hui", "d'accord", "c'est"})


def _fold(word: str) -> str:
    """Return the word without its accents (the marks that compatibility decomposition splits off)."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", _accents.sub("", unicodedata.normalize("NFKD", word))) or word


def base_language(lang: str | None) -> str:
    """Return the language that a tag names ("fr-CA" gives "fr"), or "und": no stranger's tag opens an index of its own."""
    return known_language(lang)


def _stemmer(lang: str) -> Callable[[str], str]:
    """What makes a stem of a word of this language; the word itself where there is no stemmer for it."""
    name = _ALGORITHMS.get(lang)
    if name is None:
        return str
    import snowballstemmer

    return snowballstemmer.stemmer(name).stemWord


class _Memo(dict[str, str]):
    """Word to term for one language; computes what it lacks and forgets everything when it is full."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._stem = _stemmer(lang)

    def __missing__(self, word: str) -> str:
        term = self._term(word)
        if len(word) <= MAX_TERM:
            if len(self) >= MEMO_TOKENS:
                self.clear()
            self[word] = term
        return term

    def _term(self, word: str) -> str:
        if word[0].isdigit():
            return word[:MAX_TERM]
        if "'" in word and word not in _whole:
            word = _possessive.sub("", _elided.sub("", word))
        word = word.strip("_'")[:MAX_TERM]
        return _fold(self._stem(word)) if word else ""


@lru_cache(maxsize=64)
def _memo(lang: str) -> _Memo:
    return _Memo(lang)


class _Chunks(dict[str, tuple[str, ...]]):
    """What stands between two spaces, to its terms: "arrived?" is split into words only once. Bounded as ``_Memo``."""

    def __init__(self, memo: _Memo) -> None:
        super().__init__()
        self.memo = memo

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        found = tuple(filter(None, map(self.memo.__getitem__, _plain_tokens(chunk))))
        if len(chunk) <= MAX_TERM:
            if len(self) >= MEMO_TOKENS:
                self.clear()
            self[chunk] = found
        return found


@lru_cache(maxsize=64)
def _chunks_of_base(base: str) -> _Chunks:
    return _Chunks(_memo(base))


@lru_cache(maxsize=4096)
def _chunks(lang: str | None) -> _Chunks:
    return _chunks_of_base(base_language(lang))


def _replace_links(text: str, found: list[str]) -> str:
    def take(match: "re.Match[str]") -> str:
        bare = match.group().split("://", 1)[1].rstrip(".,;:!?…").split("?", 1)[0].split("#", 1)[0].rstrip("/")
        found.append("url:" + bare.removeprefix("www.").lower()[:120])
        return " "

    return _link.sub(take, text)


def _open_hashtag(match: "re.Match[str]") -> str:
    tag = match.group(1)
    parts = _camel.findall(tag) if any(c.isupper() for c in tag[1:]) and not tag.isupper() else []
    return f" {tag} {' '.join(parts)} " if len(parts) > 1 else f" {tag} "


def _bare(text: str, found: list[str]) -> str:
    """Return the text without mentions, with hashtags opened; its links go to ``found``."""
    if "://" in text:
        text = _replace_links(text, found)
    if "@" in text:
        text = _mention.sub(" ", text)
    return _hashtag.sub(_open_hashtag, text) if "#" in text else text


def _careful_tokens(text: str, found: list[str]) -> list[str]:
    """Split into lower-case words what holds scripts that need care; pairs of unspaced characters go to ``found``."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode("utf-8")).lower()
    for run in _unspaced_run.findall(text):
        found.extend([run[i : i + 2] for i in range(len(run) - 1)] or [run])
    return _any_tokens(_unspaced_run.sub(" ", text))


def terms(text: str, lang: str | None = None) -> list[str]:
    """Return the terms of a text in order, with repetitions.

    ``text``: any string; only its first MAX_CHARS characters are read. ``lang``: a BCP 47 tag, or None: then nothing is
    stemmed.

    A text without a word gives its distinct emoji, and an empty list where there is none either.
    """
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
    found: list[str] = []
    if "@" in text or "#" in text or "://" in text:
        text = _bare(text, found)
    chunks = _chunks(lang)
    if text.isascii():
        return [*chain.from_iterable(map(chunks.__getitem__, text.lower().split())), *found]
    plain = text.replace("’", "'").replace("ʼ", "'")
    if _needs_care(plain):
        result = list(filter(None, map(chunks.memo.__getitem__, _careful_tokens(plain, found))))
    else:
        result = list(chain.from_iterable(map(chunks.__getitem__, plain.lower().split())))
    result += found
    return result or list(dict.fromkeys(_emoji(text)))[:8]


def prefixes(text: str) -> dict[str, None]:
    """Return the distinct beginnings of a text's words, in order: what ``terms`` gives, cheaper and coarser.

    Numbers and links are kept whole; letters that stand alone, elided ones among them, are dropped. Neither depends on
    the language.
    """
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
    found: list[str] = []
    if "@" in text or "#" in text or "://" in text:
        text = _bare(text, found)
    if text.isascii():
        bag = dict.fromkeys(_plain_beginnings(text.lower()))
    elif _needs_care(text):
        tokens = map(_fold, _careful_tokens(text, found))
        return dict.fromkeys([*(word if word[0].isdigit() else word[:PREFIX] for word in tokens), *found])
    else:
        text = _fold(text).lower()
        bag = dict.fromkeys((_plain_beginnings if text.isascii() else _beginnings)(text))
    if found:
        bag.update(dict.fromkeys(found))
    return bag or dict.fromkeys(_emoji(text)[:8])
