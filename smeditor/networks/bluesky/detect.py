"""What a text names, by the rules that Bluesky's own apps follow: those of ``@atproto/api`` 0.19 (``rich-text``).

Other apps show a post by its facets, so what we mark must be what their authors would have marked. Each kind must stand
at the beginning, after white space or, a hashtag excepted, after an opening parenthesis. Positions are code points. One
thing differs on purpose: a bare host that begins with ``http`` gets its scheme like every other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from smeditor.networks.bluesky.limits import TAG_UNITS
from smeditor.networks.marks import Mark, MarkKind, in_order
from smeditor.text.domains import top_level_domains
from smeditor.text.offsets import utf16_length

SPACE = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""ECMAScript's white space."""
INVISIBLE = r"\u00ad\u2060\u200a-\u200d\u20e2"
BEGINS = rf"(?:^|(?<=[{SPACE}(]))"

MENTION = regex.compile(rf"{BEGINS}@(?P<name>[a-zA-Z0-9.-]+)\b", regex.ASCII)
LINK = regex.compile(
    rf"{BEGINS}(?:(?P<schemed>https?://[^{SPACE}]++)|(?P<host>[a-z][a-z0-9]*+(?:\.[a-z0-9]++)++)[^{SPACE}]*+)",
    regex.ASCII | regex.IGNORECASE,
)
HASHTAG = regex.compile(rf"(?:^|(?<=[{SPACE}]))[#＃](?!\ufe0f)(?P<run>[^{SPACE}{INVISIBLE}]++)")
WORDY = regex.compile(r"[^0-9\p{P}]")
"""A hashtag needs one character that is neither a digit nor punctuation: a letter, an emoji, a sign."""
END = regex.compile(r"\p{P}+$", regex.REVERSE)
CASHTAG = regex.compile(
    rf"{BEGINS}\$(?P<ticker>[A-Za-z][A-Za-z0-9]{{0,4}}+)(?=[{SPACE}]|\Z|[.,;:!?)\"'\u2019])", regex.ASCII
)


@dataclass(frozen=True)
class Found:
    """Something at code points ``[start, end)``: an address, a handle without its sign, a tag as it is stored."""

    start: int
    end: int
    value: str


def links(text: str) -> Iterator[Found]:
    """The links of ``text`` in order, as full addresses; a bare host must end in a top-level domain that exists."""
    for match in LINK.finditer(text):
        if match["host"] is not None and not _exists(match["host"]):
            continue
        if match["schemed"] is not None and not match["schemed"].startswith("http"):
            continue
        shown = _without_end(match[0])
        address = shown if match["schemed"] is not None else f"https://{shown}"
        yield Found(match.start(), match.start() + len(shown), address)


def mentions(text: str) -> Iterator[Found]:
    """The handles that ``text`` names; ``.test`` is the specification's domain for trials."""
    for match in MENTION.finditer(text):
        if _exists(match["name"]) or match["name"].endswith(".test"):
            yield Found(match.start(), match.end(), match["name"])


def hashtags(text: str) -> Iterator[Found]:
    """The hashtags of ``text`` without their sign and without the punctuation that ends them."""
    for match in HASHTAG.finditer(text):
        tag = END.sub("", match["run"]) if WORDY.search(match["run"]) else ""
        if tag and utf16_length(tag) <= TAG_UNITS:
            yield Found(match.start(), match.start() + 1 + len(tag), tag)


def cashtags(text: str) -> Iterator[Found]:
    """The cashtags of ``text``, stored with their sign and in capitals: ``$AAPL``."""
    for match in CASHTAG.finditer(text):
        yield Found(match.start(), match.end(), f"${match['ticker'].upper()}")


def marked(text: str) -> list[Mark]:
    """What apps of the network show as links, mentions and tags of ``text``, in order; a handle counts unresolved."""
    return in_order(
        [
            *(Mark(MarkKind.LINK, link.start, link.end) for link in links(text)),
            *(Mark(MarkKind.MENTION, mention.start, mention.end) for mention in mentions(text)),
            *(Mark(MarkKind.TAG, tag.start, tag.end) for tag in (*hashtags(text), *cashtags(text))),
        ]
    )


def _exists(host: str) -> bool:
    _name, dot, last = host.rpartition(".")
    return bool(dot) and last in top_level_domains()


def _without_end(shown: str) -> str:
    """Without one mark that ends a sentence, and then one parenthesis that nothing in the link opened."""
    if shown[-1] in ".,;:!?":
        shown = shown[:-1]
    return shown[:-1] if shown.endswith(")") and "(" not in shown else shown
