"""What feeds and pages have in common: a list of entries, whether it is the whole, and which address is whose.

Many addresses that stand beside an entry are not its own: the article that it is about, the form below the comments,
the front page. One of them serves as an identity only if no other entry of the same list names it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

from smeditor.networks.base import Author, InboundItem


@dataclass(frozen=True)
class Listing:
    """Entries as one poll found them.

    ``complete``: the source gave every one that it has, so that what is not among them is not there any more. Of any
    other list an absence tells nothing.
    """

    entries: tuple[InboundItem, ...] = ()
    complete: bool = False


def sole(named: Sequence[Iterable[str]]) -> list[str]:
    """For each entry the first of the addresses that it names which no other entry names; empty where there is none."""
    choices = [tuple(dict.fromkeys(filter(None, some))) for some in named]
    count = Counter(address for some in choices for address in some)
    return [next((address for address in some if count[address] == 1), "") for some in choices]


def digests(place: str, contents: Sequence[tuple[str, str]]) -> list[str]:
    """An id for each (name, text) of the list at ``place`` that has no other: alike ones are numbered."""
    count: Counter[str] = Counter()
    ids = []
    for name, text in contents:
        digest = _digest(name, text)
        count[digest] += 1
        number = f":{count[digest]}" if count[digest] > 1 else ""
        ids.append(f"{urldefrag(place)[0]}#sha256:{digest}{number}")
    return ids


def _digest(name: str, text: str) -> str:
    return hashlib.sha256(f"{name}\n{text}".encode("utf-8", "replace")).hexdigest()[:32]


def signed(entries: Sequence[InboundItem], place: str) -> tuple[InboundItem, ...]:
    """``entries`` with authors who are told apart: by an address of their own, else each by the entry itself.

    A name makes nobody one (``Anonyme``), nor does an address under which several names write, nor the page's own.
    """
    names: dict[str, set[str]] = {}
    for entry in entries:
        names.setdefault(entry.author.url, set()).add(entry.author.display_name.casefold())
    return tuple(replace(entry, author=_signed(entry, len(names[entry.author.url]) > 1, place)) for entry in entries)


def _signed(entry: InboundItem, shared: bool, place: str) -> Author:
    author = entry.author
    if author.url and not shared and not _is_common(author.url, place):
        return replace(author, remote_id=author.url)
    # Anchors are given anew to other comments: with the text added, nobody inherits another's identity.
    return replace(author, remote_id=f"{entry.native_id} {_digest(author.display_name, entry.text)}")


def _is_common(address: str, place: str) -> bool:
    """Whether an address is the page's own, or the front page of its site: nobody's in particular."""
    parts = urlsplit(address)
    return urldefrag(address)[0] == urldefrag(place)[0] or (
        same_site(address, place) and not parts.path.strip("/") and not parts.query
    )


def same_site(address: str, other_address: str) -> bool:
    """Whether two addresses lie on the same host, or on a host and one below it; ``www.`` makes no difference."""
    first, second = site(address), site(other_address)
    return bool(first and second) and (first == second or first.endswith(f".{second}") or second.endswith(f".{first}"))


def site(address: str) -> str:
    """The host of an address without ``www.``; empty where there is none."""
    try:
        return (urlsplit(address).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
