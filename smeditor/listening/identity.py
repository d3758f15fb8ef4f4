"""Who wrote and what it is: fingerprints by which the same reaction and the same reader are known again.

Every fingerprint is keyed (HMAC-SHA-256 with ``SMEDITOR["PSEUDONYM_KEY"]``): whoever steals the table cannot look up a
person or a deleted message in it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from smeditor import conf
from smeditor.networks.base import Author, InboundItem
from smeditor.networks.kinds import WITHOUT_TEXT, Kind

FINGERPRINT_WINDOW = timedelta(minutes=10)
FINGERPRINT_DISTANCE = 3
"""Bits of 64 by which two fingerprints of the same words may differ (Manku, Jain, Das Sarma, WWW 2007)."""
FINGERPRINT_LENGTH = 20
"""Shorter words ("Thank you!") are said alike by chance."""
BRIDGE_SUFFIXES = (".bsky.brid.gy", ".ap.brid.gy", ".web.brid.gy")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Key:
    """One identity of a reaction: ``kind`` in the clear, the identity itself as its fingerprint."""

    kind: str
    key: str


@dataclass(frozen=True)
class TextFingerprint:
    """The text of one author at one time; two of them on different networks may be one message (:func:`is_same_text`)."""

    author: str
    network: str
    simhash: str
    at: datetime


def fingerprint(kind: str, identity: str) -> str:
    """Return the keyed hash of ``kind:identity`` in hexadecimal (64 characters)."""
    message = f"{kind}:{identity}".encode("utf-8", "surrogatepass")
    return hmac.digest(conf.pseudonym_key(), message, "sha256").hex()


def scope_of(network: str, server_url: str = "") -> str:
    """Where a native id is unique: on the whole of a network, or on one of its servers when one is named."""
    return f"{network}@{(urlsplit(server_url).netloc or server_url).lower()}" if server_url else network


def is_global(native_id: str) -> bool:
    """Whether an id is an address (``https://``, ``at://``), and so the same wherever it is seen."""
    return "://" in native_id


def message_key(native_id: str, scope: str) -> Key:
    """The key of a message by its native id. Addresses share one kind, so that all routes to a message meet."""
    if is_global(native_id):
        return Key("uri", fingerprint("uri", canonical(native_id)))
    return Key("native", fingerprint("native", f"{scope}:{native_id}"))


def keys_of(inbound: InboundItem, scope: str) -> list[Key]:
    """Every identity under which ``inbound`` may arrive again."""
    if inbound.kind in WITHOUT_TEXT:
        return [_key_without_text(inbound.kind, inbound.native_id, scope)]
    keys = [message_key(inbound.native_id, scope)]
    keys += [
        message_key(other, scope) for other in (inbound.own_address, *inbound.other_ids) if other and is_global(other)
    ]
    return list(dict.fromkeys(keys))


def possible_keys(native_id: str, scope: str) -> list[Key]:
    """The keys under which something may lie of which only the native id is known: a message, a like, a repost."""
    return [message_key(native_id, scope), *(_key_without_text(kind, native_id, scope) for kind in WITHOUT_TEXT)]


def _key_without_text(kind: Kind, native_id: str, scope: str) -> Key:
    return Key("act", fingerprint("act", f"{scope}:{kind}:{native_id}"))


def canonical(address: str) -> str:
    """An address with what does not change its meaning taken away: case of scheme and host, a slash at the end."""
    scheme, _mark, rest = address.strip().partition("://")
    host, slash, path = rest.partition("/")
    scheme = "https" if scheme.lower() == "http" else scheme.lower()
    return f"{scheme}://{host.lower()}{slash}{path}".rstrip("/")


def pseudonym(network: str, remote_id: str) -> str:
    """The keyed pseudonym of a person on a network."""
    return fingerprint("reader", f"{network}:{remote_id}")


def author_name(author: Author) -> str:
    """One name for a person on both sides of a bridge. Empty when the handle names no server.

    It is ``ana.mastodon.example`` for all of ``ana@mastodon.example``, ``ana.mastodon.example.ap.brid.gy`` and
    ``@ana.mastodon.example``.
    """
    handle = author.handle.strip().lstrip("@").lower()
    if "@" not in handle and "." not in handle:
        host = _host(author.url)
        handle = f"{handle}@{host}" if handle and host else ""
    name = handle.replace("@", ".")
    for suffix in BRIDGE_SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def normal_tokens(text: str) -> list[str]:
    """The words of a text without case, accents, addresses and marks, as bridges and clients change those."""
    text = re.sub(r"\S+://\S+|\bwww\.\S+|[@#]\S+", " ", text)
    plain = text[:10_000]
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return WORD.findall(plain.casefold())


def simhash(tokens: list[str]) -> str:
    """64-bit simhash of the words and their pairs (Charikar, STOC 2002), as 16 hexadecimal digits."""
    features = [*tokens, *map(" ".join, pairwise(tokens))]
    if not features:
        return f"{0:016x}"
    hashes = b"".join([hashlib.blake2b(feature.encode(), digest_size=8).digest() for feature in features])
    # All bits of all features in one string: every 64th of them votes for the same bit of the result.
    bits = f"{int.from_bytes(hashes, 'big'):0{64 * len(features)}b}"
    majority = len(features) // 2
    return f"{int(''.join(['1' if bits[place::64].count('1') > majority else '0' for place in range(64)]), 2):016x}"


def text_fingerprint(inbound: InboundItem, network: str) -> TextFingerprint | None:
    """The fingerprint of the text of ``inbound``, None for what is too short or has no author to compare."""
    if inbound.kind in WITHOUT_TEXT or len(inbound.text) < FINGERPRINT_LENGTH:
        return None
    name = author_name(inbound.author)
    tokens = normal_tokens(inbound.text)
    if not name or sum(map(len, tokens)) < FINGERPRINT_LENGTH:
        return None
    return TextFingerprint(fingerprint("author", name), network, simhash(tokens), inbound.published_at)


def is_same_text(first: TextFingerprint, second: TextFingerprint) -> bool:
    """Whether two fingerprints are of one message that a bridge or its author sent to two networks within ten minutes."""
    return (
        first.network != second.network
        and first.author == second.author
        and abs(first.at - second.at) <= FINGERPRINT_WINDOW
        and (int(first.simhash, 16) ^ int(second.simhash, 16)).bit_count() <= FINGERPRINT_DISTANCE
    )
