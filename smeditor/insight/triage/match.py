"""Find the rules of one language in one text, in a single walk over its words."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from .automaton import State
from .normal import Reading
from .rules import OPEN, Entry, LanguageRules, Node, Rule

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
    entries: list[Entry | None] = list(map(rules.memory.__getitem__, reading.words))
    state = rules.automaton.start
    live = []
    for at, entry in enumerate(entries):
        state = state[entry]
        if state.live:
            live.append((at, state))
    if not live and not rules.open_trees:
        return []
    keys = OPEN.union(*[entry.keys for entry in entries if entry is not None])
    places = beginnings(live, keys)
    walk = _Walk(reading, entries, keys)
    for number in (0, 1):
        if places[number] or rules.trees[number].open:
            walk.begin(rules.trees[number], number, places[number])
    if walk.hits or thorough:
        for number in (2, 3):
            if places[number] or rules.trees[number].open:
                walk.begin(rules.trees[number], number, places[number])
    return walk.hits


def beginnings(live: list[tuple[int, State]], keys: frozenset[str]) -> tuple[set[int], ...]:
    """Return for each tree the places in the text at which a rule may begin, by what the automaton saw."""
    found: tuple[set[int], ...] = (set(), set(), set(), set())
    for at, state in live:
        for tree, back in state.sure:
            found[tree].add(at - back)
        if state.maybe and not state.need.isdisjoint(keys):
            for tree, back, need in state.maybe:
                if not need.isdisjoint(keys):
                    found[tree].add(at - back)
    return found


class _Walk:
    """One walk through the trees of words along one text. ``keys``: all that its words answer to, and `OPEN`."""

    __slots__ = ("_loud", "entries", "hits", "keys", "length", "reading")

    def __init__(self, reading: Reading, entries: list[Entry | None], keys: frozenset[str]) -> None:
        self.reading, self.entries, self.keys = reading, entries, keys
        self.length = len(entries)
        self.hits: list[Hit] = []
        self._loud: bool | None = None

    def begin(self, tree: Node, number: int, places: Collection[int]) -> None:
        """Walk through ``tree``, the one with that ``number``, from each of ``places``."""
        entries, hits, go = self.entries, self.hits, self._go
        most = len(hits) + MAX_HITS
        for first in sorted(places):
            entry = entries[first]
            if entry is not None:
                for node in entry.starts[number]:
                    go(node, first, first + 1)
                if len(hits) >= most:
                    return
        for kind, node in tree.open:
            if not node.need.isdisjoint(self.keys):
                for first in range(self.length):
                    if self._is(kind, first):
                        go(node, first, first + 1)
                    if len(hits) >= most:
                        return

    def _go(self, node: Node, first: int, at: int) -> None:
        for rule, at_end in node.done:
            if not at_end or self._ends(at):
                self.hits.append(Hit(first, at, rule))
        if at >= self.length:
            return
        following = node.next
        if following:
            entry = self.entries[at]
            if entry is not None:
                for key in entry.keys:
                    if key in following:
                        self._go(following[key], first, at + 1)
            for kind, way in node.open:
                if self._is(kind, at):
                    self._go(way, first, at + 1)
        for reach, gap in node.leaps:
            if not gap.need.isdisjoint(self.keys):
                self._leap(gap, first, at, at + reach + 1)

    def _leap(self, node: Node, first: int, at: int, until: int) -> None:
        """Go on from ``node`` after the fewest words, before ``until``, of the same sentence."""
        entries, hits, following = self.entries, self.hits, node.next
        before = len(hits)
        for place in range(at, min(until, self.length)):
            entry = entries[place]
            if entry is not None:
                for key in entry.keys:
                    if key in following:
                        self._go(following[key], first, place + 1)
                        if len(hits) > before:
                            return
            for kind, way in node.open:
                if self._is(kind, place):
                    self._go(way, first, place + 1)
                    if len(hits) > before:
                        return
            if entry is not None and entry.boundary:
                return

    def _is(self, kind: str, at: int) -> bool:
        """Tell whether the word at ``at`` is of a kind that words are not remembered by."""
        if kind == "<word>":
            return self.reading.words[at][0].isalnum()
        return self._is_name(at)

    def _is_name(self, at: int) -> bool:
        """Tell whether a word is written like a name: a capital, not only for the sentence's beginning."""
        text = self.reading.text
        if self._loud is None:
            self._loud = text.isupper()
        return (
            not self._loud
            and text[self.reading.spans[at][0]].isupper()
            and (self.entries[at] is None or not self._initial(at))
        )

    def _initial(self, at: int) -> bool:
        """Tell whether a sentence begins at ``at``, the mentions that begin a reply apart."""
        while at:
            at -= 1
            entry = self.entries[at]
            if entry is not None and entry.boundary:
                return True
            if self.reading.words[at][0] != "@":
                return False
        return True

    def _ends(self, at: int) -> bool:
        if at >= self.length:
            return True
        after = self.entries[at]
        return after is not None and after.boundary


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
