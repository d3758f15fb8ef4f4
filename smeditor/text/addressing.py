"""Whom a message is addressed to stands before what it says: on Mastodon in the text itself."""

from __future__ import annotations

import re

_ADDRESSES = re.compile(r"(?:\s*+@[\w.-]++(?:@[\w.-]+\w)?+[\s,:]++)++", re.UNICODE)


def addressed_to(text: str, name: str) -> int:
    """Return how many characters at the beginning of ``text`` only name ``name`` (a handle, with or without its host).

    >>> addressed_to("@vigie Pourquoi ?", "vigie@social.example")
    7
    """
    local = re.escape(name.lstrip("@").partition("@")[0])
    whole = re.escape(name.lstrip("@"))
    match = (
        re.match(rf"\s*@(?:{whole}|{local}(?:@[\w.-]+\w)?)(?![\w.@-])[\s,:]*", text, re.IGNORECASE) if local else None
    )
    return match.end() if match and match.end() < len(text) else 0


def without_addressees(text: str) -> str:
    """Return ``text`` without the mentions at its very beginning; the text itself where it is nothing but mentions.

    >>> without_addressees("@vigie @lea@masto.example Pourquoi ?")
    'Pourquoi ?'
    """
    match = _ADDRESSES.match(text)
    rest = text[match.end() :].strip() if match else ""
    return rest or text
