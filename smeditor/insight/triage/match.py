"""Find the rules of one language in one text, in a single walk over its words."""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

from .normal import Reading
from .rules import Entry, LanguageRules, Node, Rule, Start

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
    keys = frozenset(chain.from_iterable([entry.keys for entry in entries if entry is not None]))
    entries.append(None)
    hits: list[Hit] = []
    starts = [(at, entry.starts) for at, entry in enumerate(entries) if entry is not None and entry.starts]
    _begin(starts, entries, keys, hits)
    if hits or thorough:
        against = [(at, entry.objections) for at, entry in enumerate(entries) if entry is not None and entry.objections]
        _begin(against, entries, keys, hits)
    return hits


def _begin(starts: list[tuple[int, Start]], entries: list[Entry | None], keys: frozenset[str], hits: list[Hit]) -> None:
    """Walk from each of ``starts``, unless a look at the next word and at ``keys``, the whole text's, shows it is vain.

    ``entries`` ends with a None.
    """
    most = len(hits) + MAX_HITS
    for first, start in starts:
        following = entries[first + 1]
        if (
            start.anyway
            or (following is not None and not start.second.isdisjoint(following.keys))
            or not start.far.isdisjoint(keys)
        ):
            for node in start.nodes:
                _walk(node, entries, first, first + 1, keys, hits)
            if len(hits) >= most:
                return


def _walk(node: Node, entries: list[Entry | None], first: int, at: int, keys: frozenset[str], hits: list[Hit]) -> None:
    for rule, at_start, at_end in node.done:
        if (not at_start or _begins(entries, first)) and (not at_end or _ends(entries, at)):
            hits.append(Hit(first, at, rule))
    entry = entries[at] if at < len(entries) else None
    if entry is not None and node.next:
        for key in entry.keys:
            following = node.next.get(key)
            if following is not None:
                _walk(following, entries, first, at + 1, keys, hits)
    for reach, gap in node.gaps.items():
        if not gap.need.isdisjoint(keys):
            _walk_gap(gap, entries, first, at, reach, keys, hits)


def _walk_gap(
    node: Node,
    entries: list[Entry | None],
    first: int,
    at: int,
    reach: int,
    keys: frozenset[str],
    hits: list[Hit],
) -> None:
    """Go on from ``node`` after the fewest words, at most ``reach``, of the same sentence."""
    for place in range(at, min(at + reach + 1, len(entries))):
        entry = entries[place]
        if entry is None:
            continue
        for key in entry.keys:
            following = node.next.get(key)
            if following is not None:
                before = len(hits)
                _walk(following, entries, first, place + 1, keys, hits)
                if len(hits) > before:
                    return
        if entry.boundary:
            return


def _begins(entries: list[Entry | None], first: int) -> bool:
    """Tell whether a sentence begins at ``first``; a reply on many networks opens with whom it is addressed to."""
    before = entries[first - 1] if first else None
    return first == 0 or (before is not None and (before.boundary or before.keys[0] == "<mention>"))


def _ends(entries: list[Entry | None], at: int) -> bool:
    after = entries[at] if at < len(entries) else None
    return at >= len(entries) - 1 or (after is not None and after.boundary)


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
