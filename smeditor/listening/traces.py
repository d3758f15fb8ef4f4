"""What must not be found any more: a reader's words, in whatever passage they are quoted, their handle, their address.

Pure functions over strings. A quotation is eight words in a row, or the whole of a shorter text; case, marks at the ends
of words and the way an apostrophe or an accent is encoded make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

GRAM = 8
"""Words in a row that count as a quotation; the whole text where it is shorter, from ``SHORTEST`` words on."""
SHORTEST = 4
LONG_WORD = 12
"""Letters from which a word beyond Latin, Greek and Cyrillic counts as a quotation: scripts that part no words."""
LEFT_OUT = "[…]"
MOST_PROBES = 250
"""Conditions of one query; beyond that a table is read whole (SQLite takes a depth of 1,000)."""
BLOCK = GRAM // 2

_WORD = re.compile(r"\S+")
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_PLAIN_APOSTROPHE = str.maketrans({"’": "'", "ʼ": "'", "‘": "'"})
_ADDRESS = re.compile(r"https?://\S+|(?<!\w)@[\w.@-]+")
_ASCII_RUN = re.compile(r"[A-Za-z0-9]{3,}")
_UNPARTED = re.compile(rf"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{{{LONG_WORD},}}")

Gram = tuple[str, ...]


def normal(word: str) -> str:
    """``word`` as it is compared: without case, marks at its ends and differences of encoding; "" for marks alone."""
    return _ENDS.sub("", unicodedata.normalize("NFKC", word).casefold().translate(_PLAIN_APOSTROPHE))


def tokens(text: str) -> list[str]:
    """The words of ``text`` as they are compared."""
    return [word for part in text.split() if (word := normal(part))]


def grams(text: str, size: int = GRAM) -> set[Gram]:
    """The runs of ``size`` words of ``text``."""
    found = tokens(text)
    return {tuple(found[at : at + size]) for at in range(len(found) - size + 1)} if size else set()


def quotes(passage: str, text: str) -> bool:
    """Whether ``passage`` holds eight words in a row of ``text``, or the whole of it when it is shorter."""
    size = min(GRAM, len(tokens(text)))
    return not grams(passage, size).isdisjoint(grams(text, size))


def taken_from(label: str, text: str) -> bool:
    """Whether a label was made of ``text``: it quotes it, or is itself a piece of it, however short."""
    return any(quotes(label, form) or quotes(form, label) for form in _forms(text))


class Sources:
    """Many texts at once, to ask which label or passage was taken from any of them (as :func:`taken_from` and :func:`quotes`)."""

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        self._runs: dict[int, set[Gram]] = {}
        forms = [tokens(form) for text in texts for form in _forms(text)]
        for found in forms:
            size = min(GRAM, len(found))
            runs = {tuple(found[at : at + size]) for at in range(len(found) - size + 1)} if size else set()
            self._runs.setdefault(size, set()).update(runs)
        self._whole = "\n".join(f" {' '.join(found)} " for found in forms)
        self._plain = "\n".join(texts).casefold()

    def quoted_in(self, passage: str) -> bool:
        """Whether ``passage`` quotes one of the texts."""
        return any(not grams(passage, size).isdisjoint(runs) for size, runs in self._runs.items())

    def gave(self, label: str) -> bool:
        """Whether ``label`` was made of one of the texts: it quotes one, or is itself a piece of one."""
        found = tokens(label)
        return bool(found) and (self.quoted_in(label) or f" {' '.join(found)} " in self._whole)

    def hold(self, term: str) -> bool:
        """Whether one of the texts holds ``term``, in whatever case."""
        return term.casefold() in self._plain


def _forms(text: str) -> list[str]:
    """``text``, and as a label quotes it: without addresses, mentions and the marks of hashtags."""
    plain = _ADDRESS.sub(" ", text).replace("#", "")
    return [text] if plain == text else [text, plain]


@dataclass(slots=True)
class Traces:
    """What is to be cut out of passages. Falsy when there is nothing.

    ``runs``: quotations by their number of words; ``literals``: handles, addresses and what has no words to count,
    matched whole without case; ``probes``: letters of which every passage that holds a trace holds one, None where no
    such letters are known.
    """

    runs: dict[int, set[Gram]] = field(default_factory=dict)
    literals: set[str] = field(default_factory=set)
    probes: set[str] | None = field(default_factory=set)
    _pattern: re.Pattern[str] | None = None

    def add_text(self, text: str, ours: frozenset[Gram] = frozenset()) -> None:
        """Look for quotations of ``text``, but for what the reader had taken over from us (``ours``, eight words each)."""
        for form in _forms(text):
            found = tokens(form)
            size = min(GRAM, len(found))
            if size >= SHORTEST:
                runs = grams(form, size)
                if size == GRAM:
                    runs -= ours
                elif any(_within(run, gram) for run in runs for gram in ours):
                    runs = set()
                self.runs.setdefault(size, set()).update(runs)
                self._probe_tokens(form.split(), min(BLOCK, size))
            for part in _UNPARTED.findall(form):
                self.literals.add(part)
                self.probes = self._pattern = None

    def add_literal(self, literal: str) -> None:
        """Look for a handle or an address."""
        literal = literal.strip()
        if len(literal) < 3:
            return
        self.literals.add(literal)
        self._probe(literal)
        self._pattern = None

    def _probe_tokens(self, parts: list[str], block: int) -> None:
        parts = [part for part in parts if normal(part)]
        for at in range(0, len(parts) - block + 1, block):
            self._probe(" ".join(parts[at : at + block]))

    def _probe(self, piece: str) -> None:
        runs = _ASCII_RUN.findall(unicodedata.normalize("NFKC", piece))
        if self.probes is None or not runs or len(self.probes) >= MOST_PROBES:
            self.probes = None
        else:
            self.probes.add(max(runs, key=len))

    def __bool__(self) -> bool:
        return any(self.runs.values()) or bool(self.literals)

    def cut(self, passage: str) -> str:
        """``passage`` with each trace replaced by ``[…]``."""
        for start, end in reversed(list(_merged(self._spans(passage)))):
            passage = f"{passage[:start]}{LEFT_OUT}{passage[end:]}"
        return passage

    def _spans(self, passage: str) -> Iterator[tuple[int, int]]:
        ours = [(*match.span(), word) for match in _WORD.finditer(passage) if (word := normal(match[0]))]
        for size, runs in self.runs.items():
            for at in range(len(ours) - size + 1):
                if tuple(word for _start, _end, word in ours[at : at + size]) in runs:
                    yield ours[at][0], ours[at + size - 1][1]
        if self.literals:
            yield from (match.span() for match in self._literal_pattern().finditer(passage))

    def _literal_pattern(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest_first = sorted(self.literals, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_literal, longest_first)), re.IGNORECASE)
        return self._pattern


def _literal(text: str) -> str:
    if _UNPARTED.fullmatch(text):
        return re.escape(text)
    return rf"(?<![\w.@])@?{re.escape(text.lstrip('@'))}(?![\w@]|[.-]\w)"


def _within(run: Gram, gram: Gram) -> bool:
    return any(gram[at : at + len(run)] == run for at in range(len(gram) - len(run) + 1))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def cut_everywhere(value: Any, traces: Traces) -> Any:
    """``value`` of JSON with the traces cut out of every string in it, keys included."""
    if isinstance(value, str):
        return traces.cut(value)
    if isinstance(value, Mapping):
        return {traces.cut(str(key)): cut_everywhere(item, traces) for key, item in value.items()}
    return [cut_everywhere(item, traces) for item in value] if isinstance(value, list) else value
