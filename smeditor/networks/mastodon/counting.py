"""How long a status is to its server.

Mastodon counts graphemes, a link as ``characters_reserved_per_url``, a mention as its local part, and the content warning
with the text (``app/validators/status_length_validator.rb``). Pleroma and Akkoma count graphemes of text and warning as they
stand, GoToSocial code points. A server that nobody knows is counted by code points, links whole: never fewer than any other
way of counting.
"""

from __future__ import annotations

import re
from typing import Any

from smeditor.networks.base import Limits
from smeditor.text.entities import fediverse_mentions
from smeditor.text.graphemes import grapheme_count
from smeditor.text.urls import MASTODON, find_urls

IN_GRAPHEMES = re.compile(r"\((?:compatible; )?(?:pleroma|akkoma)\b", re.IGNORECASE)
OF_ANOTHER_KIND = re.compile(r"compatible;|\bgit-|gotosocial", re.IGNORECASE)


def length(text: str, content_warning: str, limits: Limits) -> int:
    """The length of a status with its content warning in ``limits.unit``."""
    if limits.url_length is not None:
        return grapheme_count(content_warning + countable(text, limits.url_length))
    return grapheme_count(content_warning + text) if limits.unit == "grapheme" else len(content_warning) + len(text)


def countable(text: str, url_length: int) -> str:
    """``text`` as Mastodon counts it: each link of one length, each mention without its host."""
    spared = [("x" * url_length, url.start, url.end) for url in find_urls(text, MASTODON)]
    spared += [(f"@{mention.value}", mention.start, mention.end) for mention in fediverse_mentions(text)]
    pieces: list[str] = []
    done = 0
    for stand_in, start, end in sorted(spared, key=lambda part: part[1]):
        if start >= done:
            pieces += [text[done:start], stand_in]
            done = end
    return "".join([*pieces, text[done:]])


def way_of_counting(instance: dict[str, Any], reserved: int) -> tuple[str, int | None]:
    """Unit and link length of the software that ``instance`` describes; ``reserved``: what it says a link counts.

    Pleroma says 0 and means "as long as it is"; GoToSocial says 25 and counts links whole all the same.
    """
    version = str(instance.get("version") or "")
    source = str(instance.get("source_url") or "")
    if IN_GRAPHEMES.search(version):
        return "grapheme", None
    if OF_ANOTHER_KIND.search(f"{version} {source}"):
        return "character", None
    return "grapheme", reserved or None
