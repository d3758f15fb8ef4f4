"""The ``Link`` header (RFC 8288, section 3), read in one pass over a bounded value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

MAX_HEADERS = 20
MAX_LINKS = 100
LONGEST_HEADER = 8000
_LINK = regex.compile(
    r"[\s,]*+<(?P<target>[^<>]*+)>(?P<params>(?:\s*+;\s*+[^\s=;,\"<>]++(?:\s*+=\s*+(?:\"(?:[^\"\\]|\\.)*+\"|[^\s;,\"<>]*+))?+)*+)"
)
_PARAM = regex.compile(
    r";\s*+(?P<name>[^\s=;,\"<>]++)(?:\s*+=\s*+(?:\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"|(?P<token>[^\s;,\"<>]*+)))?+"
)


@dataclass(frozen=True)
class HeaderLink:
    """One link of a header: where it leads, as it is written, and its relations in small letters."""

    target: str
    rels: frozenset[str]


def links_of(headers: Iterable[str]) -> Iterator[HeaderLink]:
    """The links of the values of all ``Link`` headers of an answer, in their order.

    Of several ``rel`` of one link the first counts (RFC 8288, 3.3); a link with an ``anchor`` is another page's.
    """
    count = 0
    for header in list(headers)[:MAX_HEADERS]:
        at, value = 0, header[:LONGEST_HEADER]
        while (match := _LINK.match(value, at)) is not None and count < MAX_LINKS:
            at = match.end()
            count += 1
            params: dict[str, str] = {}
            for param in _PARAM.finditer(match["params"]):
                quoted = param["quoted"]
                given = regex.sub(r"\\(.)", r"\1", quoted) if quoted is not None else param["token"] or ""
                params.setdefault(param["name"].lower(), given)
            if "anchor" not in params:
                yield HeaderLink(match["target"].strip(), frozenset(params.get("rel", "").lower().split()))
