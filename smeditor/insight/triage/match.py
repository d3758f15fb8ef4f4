"""Find the rules of one language in one text, in a single walk over its words."""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

from .normal import Reading
from .rules import OPEN, Entry, LanguageRules, Node, Rule, Start

MAX_HITS = 400
"""In one text. A million repeated words must not become a million spans."""
LOOK_BACK = 3

_QUOTES = re.compile(
    r"«[^«»]{1,2000}»?|“[^“”]{1,2000}”?|\"[^\"]{1,2000}\"|‹[^‹›]{1,2000}›|„[^„“”]{1,2000}[“”]|(?<!\w)‘[^‘’]{2,500}’(?!\w)|(?m:^[ \t]*(?:>|&gt;)[^\n]*)"
)


_QUOTE_SIGN = re.compile('[«“"‹„‘>&]')


class Hit(NamedTuple):
    """A rule found: words ``first`` to ``last`` (exclusive) of the reading."""

    first: int
    last: int
    rule: Rule


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the ranges of ``text`` that are set in quotation marks or quoted with ">"."""
    return [match.span() for match in _QUOTES.finditer(text)] if _QUOTE_SIGN.search(text) else []


def find(reading: Reading, rules: LanguageRules, thorough: bool = False) -> list[Hit]:
    """Return every rule that matches, before negation and quotation are looked at.

    Rules that only speak against a flag are looked for where another has spoken for one, or if ``thorough``.
    """
    entries = list(map(rules.memory.__getitem__, reading.words))
    keys = frozenset(chain.from_iterable([entry.keys for entry in entries if entry is not None])) | OPEN
    entries.append(None)
    walk = _Walk(reading, entries, keys)
    first = walk.openings()
    walk.begin(
        [(at, entry.starts) for at, entry in enumerate(entries) if entry is not None and entry.starts], rules.root
    )
    walk.begin([(at, entry.openings) for at, entry in first if entry.openings], rules.opening)
    if walk.hits or thorough:
        against = [(at, entry.objections) for at, entry in enumerate(entries) if entry is not None and entry.objections]
        walk.begin(against, rules.objections)
        walk.begin([(at, entry.protests) for at, entry in first if entry.protests], rules.protest)
    return walk.hits


class _Walk:
    """One walk through the tree of words along one text.

    ``entries`` ends with a None; ``keys`` are all that the text's words answer to, and the kinds in `OPEN`.
    """

    __slots__ = ("_names", "entries", "hits", "keys", "reading")

    def __init__(self, reading: Reading, entries: list[Entry | None], keys: frozenset[str]) -> None:
        self.reading, self.entries, self.keys = reading, entries, keys
        self.hits: list[Hit] = []
        self._names: list[bool] | None = None

    def begin(self, starts: list[tuple[int, Start]], root: Node) -> None:
        """Walk from each of ``starts``, unless the next word and the whole text's keys show that it is vain."""
        entries, keys, hits, go = self.entries, self.keys, self.hits, self._go
        most = len(hits) + MAX_HITS
        for first, start in starts:
            following = entries[first + 1]
            if (
                start.anyway
                or (following is not None and not start.second.isdisjoint(following.keys))
                or not start.far.isdisjoint(keys)
            ):
                for node in start.nodes:
                    go(node, first, first + 1)
                if len(hits) >= most:
                    return
        for kind, node in root.open:
            if not node.need.isdisjoint(keys):
                for first in range(len(entries) - 1):
                    if self._is(kind, first):
                        go(node, first, first + 1)
                    if len(hits) >= most:
                        return

    def _go(self, node: Node, first: int, at: int) -> None:
        if node.done:
            for rule, at_end in node.done:
                if not at_end or self._ends(at):
                    self.hits.append(Hit(first, at, rule))
        if at >= len(self.entries):
            return
        following = node.next
        if following:
            entry = self.entries[at]
            if entry is not None:
                for key in entry.keys:
                    if key in following:
                        self._go(following[key], first, at + 1)
            if node.open and at < len(self.entries) - 1:
                for kind, way in node.open:
                    if self._is(kind, at):
                        self._go(way, first, at + 1)
        if node.gaps:
            for reach, gap in node.gaps.items():
                if not gap.need.isdisjoint(self.keys):
                    self._leap(gap, first, at, reach)

    def _leap(self, node: Node, first: int, at: int, reach: int) -> None:
        """Go on from ``node`` after the fewest words, at most ``reach``, of the same sentence."""
        for place in range(at, min(at + reach + 1, len(self.entries) - 1)):
            before = len(self.hits)
            for following in self._ways(node, place):
                self._go(following, first, place + 1)
                if len(self.hits) > before:
                    return
            entry = self.entries[place]
            if entry is not None and entry.boundary:
                return

    def _ways(self, node: Node, at: int) -> list[Node]:
        """Return the nodes to which the word at ``at`` leads from ``node``."""
        entry = self.entries[at]
        following = node.next
        ways = [] if entry is None else [following[key] for key in entry.keys if key in following]
        if node.open and at < len(self.entries) - 1:
            ways += [way for kind, way in node.open if self._is(kind, at)]
        return ways

    def _is(self, kind: str, at: int) -> bool:
        """Tell whether the word at ``at`` is of a kind that words are not remembered by."""
        if kind == "<word>":
            return self.reading.words[at][0].isalnum()
        if self._names is None:
            self._names = self._capitals()
        return self._names[at]

    def _capitals(self) -> list[bool]:
        """Return for each word whether it is written like a name: a capital, not only for the sentence's beginning."""
        text, words, entries = self.reading.text, self.reading.words, self.entries
        if text.isupper():
            return [False] * len(words)
        found = []
        initial = True
        for place, (start, _) in enumerate(self.reading.spans):
            entry = entries[place]
            found.append(text[start].isupper() and (entry is None or not initial))
            initial = (entry is not None and entry.boundary) or (initial and words[place][0] == "@")
        return found

    def openings(self) -> list[tuple[int, Entry]]:
        """Return the words with which a sentence begins, those after the mentions that begin a reply included."""
        found = []
        words = self.reading.words
        initial = True
        for at, entry in enumerate(self.entries):
            if entry is None:
                initial = False
                continue
            if initial:
                found.append((at, entry))
            initial = entry.boundary or (initial and words[at][0] == "@")
        return found

    def _ends(self, at: int) -> bool:
        after = self.entries[at] if at < len(self.entries) else None
        return at >= len(self.entries) - 1 or (after is not None and after.boundary)


def standing(hits: list[Hit], reading: Reading, rules: LanguageRules, quoted: list[tuple[int, int]]) -> list[Hit]:
    """Return the hits that count: not negated, not inside somebody else's words, not in too long a text."""
    length = len(reading.words)
    kept = []
    for hit in dict.fromkeys(hits):
        rule = hit.rule
        if rule.max_words and length > rule.max_words:
            continue
        if rule.negatable and _negated(reading.words, hit.first, rules):
            continue
        if quoted and not rule.quoted and _inside(reading.spans[hit.first], quoted):
            continue
        kept.append(hit)
    return kept


def _negated(words: list[str], first: int, rules: LanguageRules) -> bool:
    for place in range(first - 1, max(first - 1 - LOOK_BACK, -1), -1):
        word = words[place]
        if word in rules.negators:
            return True
        if word[0] in ".!?…\n":
            return False
    return False


def _inside(span: tuple[int, int], ranges: list[tuple[int, int]]) -> bool:
    return any(low <= span[0] < high for low, high in ranges)
