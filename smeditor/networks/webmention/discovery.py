"""Where a page wants to hear of links to it: its Webmention endpoint, or else its Pingback server.

W3C Webmention, 3.1.2 (https://www.w3.org/TR/webmention/#sender-discovers-receiver-webmention-endpoint, read 2026-11-30):
first the HTTP ``Link`` header, then the first ``link`` or ``a`` element in the order of the document. Pingback 1.0,
section 2: first the header ``X-Pingback``, then the first ``link`` element.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import httpx

from smeditor.networks.charsets import charset_of, decode
from smeditor.networks.markup import bound_markup
from smeditor.networks.webmention.link_header import links_of
from smeditor.networks.webmention.pairs import is_web_address

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

RELATION = "webmention"
PINGBACK = "pingback"
MOST_LINKS = 20_000


@dataclass(frozen=True)
class Endpoint:
    """Where to send, and whether it speaks Pingback (XML-RPC) instead of Webmention."""

    url: str
    pingback: bool = False


def discover(response: httpx.Response, *, pingbacks: bool = False) -> Endpoint | None:
    """The endpoint of the page that ``response`` shows; None where it has none. Raises nothing.

    ``pingbacks``: a Pingback server counts where there is no Webmention endpoint. Addresses are relative to the page that
    answered in the end, and to its ``base``.
    """
    page = urldefrag(str(response.request.url))[0]
    for link in links_of(response.headers.get_list("link")):
        if RELATION in link.rels:
            return _endpoint(link.target, page)
    soup = _soup(response)
    base = base_of(soup, page) if soup else page
    found = _element(soup, ["link", "a"], RELATION) if soup else None
    if found is not None:
        return _endpoint(found, base)
    if not pingbacks:
        return None
    written = response.headers.get("x-pingback", "").strip() or (_element(soup, ["link"], PINGBACK) if soup else None)
    return _endpoint(written, base, pingback=True) if written else None


def base_of(soup: BeautifulSoup, page: str) -> str:
    """What relative addresses of a document at ``page`` are relative to."""
    element = soup.find("base", href=True)
    joined = _joined(str(element["href"]), page) if element else ""
    return joined or page


def _element(soup: BeautifulSoup, names: Sequence[str], relation: str) -> str | None:
    """The ``href`` of the first of the elements with the relation; one without the attribute is none."""
    for element in soup.find_all(names, rel=True, href=True, limit=MOST_LINKS):
        rels = element.get("rel")
        written = " ".join(rels) if isinstance(rels, list) else str(rels)
        if relation in written.lower().split():
            return str(element["href"])
    return None


def _soup(response: httpx.Response) -> BeautifulSoup | None:
    kind = response.headers.get("content-type", "text/html")
    if "html" not in kind.lower():
        return None
    return bound_markup(decode(response.content, charset_of(kind))).soup()


def _endpoint(written: str, base: str, *, pingback: bool = False) -> Endpoint | None:
    url = _joined(written, base)
    return Endpoint(url, pingback) if url else None


def _joined(written: str, base: str) -> str:
    """``written`` as an absolute address, without a fragment, which is never sent; empty for what can be asked nothing."""
    try:
        url = urldefrag(urljoin(base, written.strip()))[0]
    except ValueError:
        return ""
    return url if is_web_address(url) else ""
