"""Mentions, hashtags and cashtags in running text, with their positions in code points.

``mentions``, ``hashtags``, ``cashtags``, ``reply_to`` follow X (twitter-text 3.1 and its conformance suite). ``fediverse_mentions`` follows
Mastodon, ``handles`` Bluesky (https://atproto.com/specs/handle). Links come from ``urls.find_urls``.
Autolinking and hit highlighting of the same suite are left out: they make HTML for pages that nobody here shows; posts go out
as plain text and readers' HTML comes in through ``sanitise``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from smeditor.text.domains import LATIN_ACCENTS, PUNCTUATION, SPACES, top_level_domains
from smeditor.text.urls import MASTODON, Url, find_urls

_AT = "@＠"
_HASH = "#＃"
_MENTION = re.compile(
    r"(?:^|[^a-zA-Z0-9_!#$%&*@＠]|(?:^|[^a-zA-Z0-9_+~.-])(?:rt|RT|rT|Rt):?)"
    rf"(?P<whole>[{_AT}](?P<name>[a-zA-Z0-9_]{{1,20}}+)(?P<list>/[a-zA-Z][a-zA-Z0-9_-]{{0,24}}+)?+)"
)
_NO_MENTION_BEFORE = re.compile(rf"[{_AT}{LATIN_ACCENTS}]|://")
_REPLY = re.compile(rf"[{SPACES}]*+[{_AT}]([a-zA-Z0-9_]{{1,20}}+)")

_TAG_EXTRAS = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\xb7"
_HASHTAG = regex.compile(
    rf"(?:^|(?<=[\uFE0E\uFE0F])|(?<=[^\p{{L}}\p{{M}}\p{{Nd}}{_TAG_EXTRAS}&]))"
    rf"[{_HASH}](?![\uFE0F\u20E3])(?=[\p{{Nd}}{_TAG_EXTRAS}]*+[\p{{L}}\p{{M}}])(?P<tag>[\p{{L}}\p{{M}}\p{{Nd}}{_TAG_EXTRAS}]++)"
)
_NO_HASHTAG_BEFORE = re.compile(rf"[{_HASH}]|://")
_CASHTAG = re.compile(
    rf"(?:^|(?<=[{SPACES}]))\$(?P<tag>[a-z]{{1,6}}(?:[._][a-z]{{1,2}})?)(?=$|\s|[{PUNCTUATION}])", re.IGNORECASE
)

_FEDIVERSE = regex.compile(
    r"(?<![=/\w])@(?P<name>[a-z0-9_]++(?:[.\-]++[a-z0-9_]++)*+)(?:@(?P<host>\w++(?:[.\-]++\w++)*+))?+", regex.IGNORECASE
)
_HANDLE = regex.compile(
    r"(?<![\w@./-])@(?P<name>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?+\.)++[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?+)(?![\w@-])",
    regex.IGNORECASE,
)
_LONGEST_HANDLE = 253
_LONGEST_HOST = 253
"""Mastodon takes a name at a longer host for no mention (``app/lib/extractor.rb``), and counts it whole."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something found at code points ``[start, end)`` of a text, its sign included; ``value`` is it without its sign.

    ``extra`` is a list's ``/slug`` behind an X mention, or the host behind a fediverse mention, else empty.
    """

    value: str
    start: int
    end: int
    extra: str = ""


def mentions(text: str) -> list[Entity]:
    """Return the X mentions (``@name``, or ``@name/list`` with the slug in ``extra``) of ``text`` in order."""
    return [
        Entity(match["name"], match.start("whole"), match.end(), match["list"] or "")
        for match in _MENTION.finditer(text)
        if not _NO_MENTION_BEFORE.match(text, match.end())
    ]


def reply_to(text: str) -> str | None:
    """Return whom ``text`` answers on X: the name it begins with, or None."""
    match = _REPLY.match(text)
    if not match or _NO_MENTION_BEFORE.match(text, match.end()):
        return None
    return match.group(1)


def hashtags(text: str) -> list[Entity]:
    """Return the hashtags of ``text`` in order, leaving out what is part of a link."""
    found = [
        Entity(match["tag"], match.start(), match.end())
        for match in _HASHTAG.finditer(text)
        if not _NO_HASHTAG_BEFORE.match(text, match.end())
    ]
    return _outside(found, find_urls(text)) if found else []


def cashtags(text: str) -> list[Entity]:
    """Return the cashtags (``$AF.PA``) of ``text`` in order."""
    return [Entity(match["tag"], match.start(), match.end()) for match in _CASHTAG.finditer(text)]


def fediverse_mentions(text: str) -> list[Entity]:
    """Return the mentions that Mastodon makes of ``text``: ``@user``, or ``@user@host`` with the host in ``extra``."""
    found = [
        Entity(match["name"], match.start(), match.end(), match["host"] or "")
        for match in _FEDIVERSE.finditer(text)
        if not _NO_MENTION_BEFORE.match(text, match.end()) and len(match["host"] or "") <= _LONGEST_HOST
    ]
    return _outside(found, find_urls(text, MASTODON)) if found else []


def handles(text: str) -> list[Entity]:
    """Return the Bluesky handles (``@name.example.org``) of ``text``, those of unknown top-level domains left out.

    ``.test`` is known: the handle specification keeps it for networks that people try things on.
    """
    known = top_level_domains() | {"test"}
    return [
        Entity(match["name"], match.start(), match.end())
        for match in _HANDLE.finditer(text)
        if len(match["name"]) <= _LONGEST_HANDLE and match["name"].rsplit(".", 1)[1].lower() in known
    ]


def spans(*found: Iterable[Entity | Url]) -> list[tuple[int, int]]:
    """Return the ``(start, end)`` of all these things, sorted; they may overlap."""
    return sorted((thing.start, thing.end) for things in found for thing in things)


def _outside(found: Iterable[Entity], urls: Iterable[Url]) -> list[Entity]:
    """Keep of overlapping things the one that begins first."""
    kept: list[Entity] = []
    free_from = 0
    things: list[Entity | Url] = [*found, *urls]
    for thing in sorted(things, key=lambda thing: thing.start):
        if thing.start >= free_from:
            free_from = thing.end
            if isinstance(thing, Entity):
                kept.append(thing)
    return kept
