"""Links, mentions, hashtags and cashtags of a text as ``app.bsky.richtext.facet``: features over ranges of UTF-8 bytes.

The text stays as the editor approved it; a facet only says what a stretch of it leads to. A handle that nobody has
stays plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from smeditor.networks.bluesky import detect
from smeditor.text.offsets import utf8_span

FACET = "app.bsky.richtext.facet"
Resolve = Callable[[str], str]
"""Handle -> DID, or "" when nobody has it."""
Found = tuple[int, int, dict[str, str]]


def build(text: str, resolve: Resolve) -> list[dict[str, Any]]:
    """Return the facets of ``text`` in order, none overlapping, as the lexicon wants them."""
    facets, free_from = [], 0
    for start, end, feature in sorted(_found(text, resolve), key=lambda found: found[0]):
        if start < free_from:
            continue
        free_from = end
        first, last = utf8_span(text, start, end)
        facets.append({"index": {"byteStart": first, "byteEnd": last}, "features": [feature]})
    return facets


def first_link(text: str) -> str:
    """The first link of ``text`` as a full address, or ""."""
    return next((link.value for link in detect.links(text)), "")


def links(record: dict[str, Any]) -> list[str]:
    """The addresses that the facets of someone's record lead to, in the order of the text; lies are left out."""
    found = []
    for facet in _objects(record.get("facets")):
        index = facet.get("index")
        start = index.get("byteStart") if isinstance(index, dict) else None
        for feature in _objects(facet.get("features")):
            uri = feature.get("uri")
            if isinstance(uri, str) and uri.startswith(("https://", "http://")):
                found.append((start if isinstance(start, int) else 0, uri))
    return list(dict.fromkeys(uri for _start, uri in sorted(found, key=lambda pair: pair[0])))


def _found(text: str, resolve: Resolve) -> Iterator[Found]:
    for link in detect.links(text):
        yield link.start, link.end, {"$type": f"{FACET}#link", "uri": link.value}
    for handle in detect.mentions(text):
        did = resolve(handle.value.lower())
        if did:
            yield handle.start, handle.end, {"$type": f"{FACET}#mention", "did": did}
    for tag in (*detect.hashtags(text), *detect.cashtags(text)):
        yield tag.start, tag.end, {"$type": f"{FACET}#tag", "tag": tag.value}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
