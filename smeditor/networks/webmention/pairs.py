"""A source and a target: the two addresses that a mention is made of, and what can be said of them without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from django.utils.translation import gettext as _

from smeditor.exceptions import SmeditorError

LONGEST = 2000
"""Characters of an address; one that is longer is no page of anybody's."""


class BadPair(SmeditorError):
    """These are no two addresses of web pages. The sentence is for whoever sent them."""


@dataclass(frozen=True)
class Pair:
    """``source`` says of itself, or we say of it, that it links to ``target``."""

    source: str
    target: str

    @classmethod
    def of(cls, source: str, target: str) -> Pair:
        """Return the pair if both are addresses that can be asked. Raises BadPair.

        W3C Webmention, 3.2.1: both must be URLs of a supported scheme, and not the same.
        """
        source, target = source.strip(), target.strip()
        if not (is_web_address(source) and is_web_address(target)):
            raise BadPair(_("Source and target must be web addresses (http or https)."))
        if urldefrag(source)[0] == urldefrag(target)[0]:
            raise BadPair(_("Source and target are the same page."))
        return cls(source, target)


def is_web_address(url: str) -> bool:
    """Whether ``url`` is an http or https address without a name and password in it, of bounded length."""
    if not url or len(url) > LONGEST or not url.isprintable() or any(map(str.isspace, url)):
        return False
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    named = bool(parts.hostname) and "@" not in parts.netloc and "\\" not in url
    return parts.scheme in {"http", "https"} and named and port_is_valid
