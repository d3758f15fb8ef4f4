"""AT-URIs of records (https://atproto.com/specs/at-uri-scheme) and the identities that we give likes and reposts."""

from __future__ import annotations

import re
from typing import NamedTuple

from smeditor.networks.base import Kind

_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,240})/([A-Za-z][A-Za-z0-9.-]{2,300})/([A-Za-z0-9._:~-]{1,512})")
_ENGAGEMENT = re.compile(r"(at://[^#\s]+)#(like|repost)=(did:\S+)")
WEB = "https://bsky.app"


class Uri(NamedTuple):
    """The three parts of a record's address."""

    repo: str
    collection: str
    rkey: str

    def __str__(self) -> str:
        return f"at://{self.repo}/{self.collection}/{self.rkey}"


def read(uri: str) -> Uri:
    """Take an AT-URI of a record apart. Raises ValueError for anything else (a handle is not accepted as its repo)."""
    match = _URI.fullmatch(uri)
    if not match:
        raise ValueError(f"{uri[:100]!r} is not the AT-URI of a record")
    return Uri(*match.groups())


def web_address(uri: str) -> str:
    """Where a person reads the post; by DID, which stays when a reader changes handle. "" for what is not a post."""
    try:
        repo, collection, rkey = read(uri)
    except ValueError:
        return ""
    return f"{WEB}/profile/{repo}/post/{rkey}" if collection == "app.bsky.feed.post" else ""


def engagement_id(kind: Kind, subject: str, did: str) -> str:
    """The identity of a like or repost: who did it to what.

    Lists of likes do not tell the record's own address, and a person can do it only once, so both routes (list,
    notification) come to the same identity.
    """
    return f"{subject}#{kind}={did}"


def read_engagement_id(native_id: str) -> tuple[str, Kind, str] | None:
    """Take an identity of :func:`engagement_id` apart into subject, kind and DID; None if it is none."""
    match = _ENGAGEMENT.fullmatch(native_id)
    return (match[1], Kind(match[2]), match[3]) if match else None
