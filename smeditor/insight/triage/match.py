"""Find the rules of one language in one text, in a single walk over its words."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from operator import getitem, or_

from smeditor.insight.triage.automaton import Ends
from smeditor.insight.triage.normal import Reading
from smeditor.insight.triage.rules import Entry, LanguageRules, Node, Rule

MAX_HITS = 400
"""In one text. A million repeated words must not become a million spans."""
NEGATION_REACH = 3

_QUOTES = re.compile(
    r"«[^«»]{1,2000}»?|“[^“”]{1,2000}”?|\"[^\"]{1,2000}\"|‹[^‹›]{1,2000}›|„[^„“”]{1,2000}[“”]|(?<!\w)‘[^‘’]{2,500}’(?!\w)"
    # Left open to the end: of a longer quotation the beginning is quoted, or its end was forgotten.
    r"|(?<![^\s(:])\"(?=\w)[^\"]{1,2000}\Z|(?<=[,:] )‘[^‘’]{2,500}\Z|(?m:^[ \t]*(?:>|&gt;)[^\n]*)"
)


_QUOTE_SIGN = re.compile('[«“"‹„‘>&]')


Hit = tuple[int, int, Rule]
"""``(first, last, rule)``: a rule found in the words ``first`` to ``last`` (exclusive) of the reading."""


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the ranges of ``text`` that are set in quotation marks or quoted with ">"."""
    return [match.span() for match in _QUOTES.finditer(text)] if _QUOTE_SIGN.search(text) else []


def find(reading: Reading, rules: LanguageRules, thorough: bool = False) -> list[Hit]:
    """Return every rule that matches, before negation and quotation are looked at.

    Rules that only speak against a label are looked for where another has spoken for one, or if ``thorough``.
    """
    entries: list[Entry | None] = list(map(rules.memory.__getitem__, reading.tokens))
    states = islice(accumulate(entries, getitem, initial=rules.automaton.start), 1, None)
    live = [(at, state) for at, state in enumerate(states) if state.live]
    if not live:
        return []
    walk = _Walk(reading, entries, rules)
    walk.through([(at, state.claims) for at, state in live if state.claims is not None])
    if walk.hits or thorough:
        walk.through([(at, state.objections) for at, state in live if state.objections is not None])
    return walk.hits


class _Walk:
    """One walk along one text: what the automaton found is taken down, what lies beyond gaps is looked for.

    ``ahead``: the keys that the last words answer to (``rules.Bits``), by their number, and what any text does.
    """

    __slots__ = ("_loud", "ahead", "entries", "hits", "length", "reading")

    def __init__(self, reading: Reading, entries: list[Entry | None], rules: LanguageRules) -> None:
        self.reading, self.entries = reading, entries
        self.length = len(entries)
        self.hits: list[Hit] = []
        bits = [0 if entry is None else entry.bits for entry in reversed(entries)]
        self.ahead = list(accumulate(bits, or_, initial=rules.open_bits))
        self._loud: bool | None = None

    def through(self, ends: list[tuple[int, Ends]]) -> None:
        """Add what the automaton's ``ends`` say is found, and what is found beyond them."""
        hits, ahead, most = self.hits, self.ahead, len(self.hits) + MAX_HITS
        for at, end in ends:
            after = at + 1
            for back, rule, at_end in end.done:
                if not at_end or self._ends(after):
                    hits.append((at - back, after, rule))
            needed = end.need & ahead[self.length - after]
            if needed or end.always:
                for back, kind, way in end.open_ways(needed):
                    if isinstance(kind, int):
                        self._leap(way, at - back, after, after + kind + 1)
                    elif after < self.length and self._is(kind, after):
                        self._go(way, at - back, after + 1)
            for tree, kind, way in end.guesses:
                if at and self._is(kind, at - 1) and (not tree % 2 or self._initial(at - 1)):
                    self._go(way, at - 1, after)
            if len(hits) >= most:
                return

    def _go(self, node: Node, first: int, at: int) -> None:
        for rule, at_end in node.done:
            if not at_end or self._ends(at):
                self.hits.append((first, at, rule))
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
                if self._open(kind, way, at):
                    self._go(way, first, at + 1)
        for reach, gap in node.leaps:
            if gap.need & self.ahead[self.length - at]:
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
                if self._open(kind, way, place):
                    self._go(way, first, place + 1)
                    if len(hits) > before:
                        return
            if entry is not None and entry.boundary:
                return

    def _open(self, kind: str, way: Node, at: int) -> bool:
        """Tell whether the word at ``at`` is of ``kind`` and anything can come of ``way``, which it leads to."""
        if at >= self.length or not (way.done or way.need & self.ahead[self.length - at - 1]):
            return False
        return self._is(kind, at)

    def _is(self, kind: str, at: int) -> bool:
        """Tell whether the word at ``at`` is of a kind that words are not remembered by."""
        if kind == "<word>":
            return self.reading.tokens[at][0].isalnum()
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
            if self.reading.tokens[at][0] != "@":
                return False
        return True

    def _ends(self, at: int) -> bool:
        if at >= self.length:
            return True
        after = self.entries[at]
        return after is not None and after.boundary


def standing(hits: list[Hit], reading: Reading, rules: LanguageRules, quoted: list[tuple[int, int]]) -> list[Hit]:
    """Return the hits that count: not negated, not inside somebody else's words, not in too long a text."""
    length = len(reading.tokens)
    negators = not rules.negators.isdisjoint(reading.tokens)
    kept = []
    for found in dict.fromkeys(hits):
        first, last, rule = found
        if rule.max_tokens and length > rule.max_tokens:
            continue
        if negators and rule.negatable and _negated(reading.tokens, first, rules):
            continue
        if quoted and not rule.quoted and _inside(reading.spans[first], reading.spans[last - 1], quoted):
            continue
        kept.append(found)
    return kept


def _negated(tokens: list[str], first: int, rules: LanguageRules) -> bool:
    for place in range(first - 1, max(first - 1 - NEGATION_REACH, -1), -1):
        word = tokens[place]
        if word in rules.negators:
            return True
        if word[0] in ".!?…\n":
            return False
    return False


def _inside(first: tuple[int, int], last: tuple[int, int], ranges: list[tuple[int, int]]) -> bool:
    """Tell whether one quotation holds all of a hit: whoever sets a quoted word against another speaks for himself."""
    return any(low <= first[0] and last[1] <= high for low, high in ranges)
