"""LinkedIn's names for things, ``urn:li:share:123``, and the addresses that readers see.

https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/urns and
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api (2026-11-30): a comment is named
with the thread that it stands in, ``urn:li:comment:(urn:li:activity:1,2)``; in an address ``urn:li:`` of the thread is left out.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from smeditor.networks.linkedin.version import SITE

POST = re.compile(r"urn:li:(?:share|ugcPost|activity):[0-9]{1,20}")
ORGANIZATION = re.compile(r"urn:li:organization(?:Brand)?:[0-9]{1,20}")
COMMENT = re.compile(
    r"urn:li:comment:\((?P<thread>urn:li:(?:share|ugcPost|activity):[0-9]{1,20}),(?P<id>[0-9]{1,20})\)"
)
SHORT_COMMENT = re.compile(r"urn:li:comment:\(((?:share|ugcPost|activity):[0-9]{1,20}),([0-9]{1,20})\)")
REACTION = re.compile(r"urn:li:reaction:\((?P<actor>urn:li:[A-Za-z]{1,30}:[\w-]{1,100}),(?P<entity>.{1,200})\)")
ACTOR = re.compile(r"urn:li:[A-Za-z]{1,30}:[\w-]{1,100}")
ASSET = re.compile(r"urn:li:(?:image|video|document):[\w-]{1,100}")
IN_ADDRESS = re.compile(r"(?:urn:li:|[-/])(share|ugcPost|activity)[:-]([0-9]{15,20})")


def text_of(value: Any, pattern: re.Pattern[str]) -> str:
    """``value`` if it is text of the whole form ``pattern``, else empty."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def encoded(urn: str) -> str:
    """A URN as a part of an address, where nothing of it may stay as it is."""
    return quote(urn, safe="")


def post_address(urn: str) -> str:
    """The address of a post."""
    return f"{SITE}/feed/update/{urn}/"


def comment_address(post: str, comment: str) -> str:
    """The address of a comment beneath a post; empty where it is no comment's URN."""
    match = COMMENT.fullmatch(comment)
    if match is None:
        return ""
    short = f"urn:li:comment:({match['thread'].removeprefix('urn:li:')},{match['id']})"
    return f"{SITE}/feed/update/{post}/?commentUrn={encoded(short)}"


def at(url: str) -> str:
    """The URN of the post or comment at an address that a person copied; empty where the address has none."""
    plain = unquote(url[:2000])
    short = SHORT_COMMENT.search(plain)
    if short:
        return f"urn:li:comment:(urn:li:{short[1]},{short[2]})"
    match = IN_ADDRESS.search(plain)
    return f"urn:li:{match[1]}:{match[2]}" if match else ""
