"""Whom a message is addressed to stands before what it says: on Mastodon in the text itself."""

from __future__ import annotations

import re

_ADDRESSES = re.compile(r"(?:\s*@[\w.-]+(?:@[\w.-]+\w)?[\s,:]+)+", re.UNICODE)


def without_addressees(text: str) -> str:
    """Return ``text`` without the mentions at its very beginning; the text itself where it is nothing but mentions.

    >>> without_addressees("@vigie @lea@masto.example Pourquoi ?")
    'Pourquoi ?'
    """
    match = _ADDRESSES.match(text)
    rest = text[match.end() :].strip() if match else ""
    return rest or text
