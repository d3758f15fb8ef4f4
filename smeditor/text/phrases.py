"""Phrases in a text, whatever its capitals and accents: whole words, with a star for any ending. Linear in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

LONGEST_PHRASE = 12
"""Words of a phrase; what is longer is cut."""
LONGEST_TOKEN = 60
"""Characters of a word that are compared with a phrase that ends in a star."""

_TOKEN = re.compile(r"https?://\S++|(?<![\w@])@[\w.@-]++|\w++")
_PATTERN = re.compile(r"\w++\*?+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


class Token(NamedTuple):
    """A word of a text, as it stands at code points ``[start, end)``."""

    text: str
    start: int
    end: int


class Match(NamedTuple, Generic[Value]):
    """A phrase that was found at code points ``[start, end)``, with the value that it was given."""

    start: int
    end: int
    value: Value


def folded(token: str) -> str:
    """``token`` in lower case, without accents and ligatures."""
    if token.isascii():
        return token.lower()
    composed = unicodedata.normalize("NFKD", token.translate(_LIGATURES))
    return "".join(character for character in composed if not unicodedata.combining(character)).casefold()


def tokens_of(text: str) -> Iterator[Token]:
    """The words of ``text`` in order; addresses and names after an at sign are none."""
    for match in _TOKEN.finditer(text):
        if not match[0].startswith(("http://", "https://", "@")):
            yield Token(match[0], match.start(), match.end())


@dataclass
class _Node(Generic[Value]):
    exact: dict[str, _Node[Value]] = field(default_factory=dict)
    begins: dict[str, _Node[Value]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)
    values: list[Value] = field(default_factory=list)

    def following(self, token: str) -> Iterator[_Node[Value]]:
        if token in self.exact:
            yield self.exact[token]
        for length in self.lengths:
            if length <= len(token) and (found := self.begins.get(token[:length])):
                yield found


class PhraseBook(Generic[Value]):
    """Phrases with a value each. To find them takes time in proportion to the text, however many there are."""

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        self.root: _Node[Value] = _Node()
        for pattern, value in phrases:
            self._add(pattern, value)

    def _add(self, pattern: str, value: Value) -> None:
        pieces = [folded(piece) for piece in _PATTERN.findall(pattern)][:LONGEST_PHRASE]
        node = self.root
        for piece in pieces:
            if piece.endswith("*"):
                stem = piece[:-1][:LONGEST_TOKEN]
                node.lengths.add(len(stem))
                node = node.begins.setdefault(stem, _Node())
            else:
                node = node.exact.setdefault(piece, _Node())
        if pieces:
            node.values.append(value)

    def matches(self, text: str) -> Iterator[Match[Value]]:
        """Every phrase of ``text`` in the order in which they end; those that overlap too."""
        forms: dict[str, str] = {}
        open_at: list[tuple[int, _Node[Value]]] = []
        for token in tokens_of(text):
            form = forms.get(token.text)
            if form is None:
                form = forms[token.text] = folded(token.text)
            open_at.append((token.start, self.root))
            going_on = []
            for start, node in open_at:
                for following in node.following(form):
                    going_on.append((start, following))
                    for value in following.values:
                        yield Match(start, token.end, value)
            open_at = going_on
