"""The page that says it links to us: fetched within bounds, looked through for the link, read as a reaction.

W3C Webmention, 3.2.2 (https://www.w3.org/TR/webmention/#webmention-verification, read 2026-11-30): redirects are followed
up to a limit, what is not HTML is not searched as text, and the target must be named exactly as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import InboundItem
from smeditor.networks.charsets import charset_of, decode
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import raise_for_status
from smeditor.networks.markup import bound_markup
from smeditor.networks.webmention.content import item_of
from smeditor.networks.webmention.discovery import base_of
from smeditor.networks.webmention.pairs import Pair
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MAX_BYTES = 1_000_000
SECONDS = 10.0
MOST_ELEMENTS = 20_000
LINKING = {
    "a": ("href",),
    "area": ("href",),
    "img": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "source": ("src",),
    "track": ("src",),
    "blockquote": ("cite",),
    "q": ("cite",),
    "ins": ("cite",),
    "del": ("cite",),
}
"""What links in HTML (W3C Webmention, 3.2.2: "and other similar links")."""
MARKED = {"link": ("href",), "data": ("value",)}
"""What links only where a microformat says so: readers do not see it."""


@dataclass(frozen=True)
class SourcePage:
    """What the source is now.

    ``links``: it names the target. ``whole``: it was read to its end, so that a link which is not in it is not there.
    ``gone``: it says itself that it was deleted, where its server cannot answer 410. ``item``: it as a reaction, where it
    links.
    """

    links: bool = False
    whole: bool = False
    gone: bool = False
    item: InboundItem | None = None


def fetch_source(client: GuardedClient, pair: Pair, now: datetime) -> SourcePage:
    """Ask for the source and read it. ``now`` (aware) dates what bears no date.

    Raises ``Gone`` (404 or 410, in its ``status``), ``TooLarge``, ``FetchRefused``, ``BadAnswer`` (no web page), and what
    else the guarded client and :func:`smeditor.networks.feeds.raise_for_status` raise.
    """
    address = urldefrag(pair.source)[0]
    headers = {"Accept": "text/html, application/xhtml+xml;q=0.9"}
    response = client.get(address, max_bytes=MAX_BYTES, timeout=SECONDS, headers=headers)
    raise_for_status(response, address, datetime.now(UTC))
    return read_source(response, pair, now)


def read_source(response: httpx.Response, pair: Pair, now: datetime) -> SourcePage:
    """Read the answer of the source. Raises ``BadAnswer`` for what is no web page."""
    kind = response.headers.get("content-type", "")
    if "html" not in kind.lower():
        params = {"host": response.request.url.host, "kind": normalise_text(kind, 60) or "?"}
        raise BadAnswer(_("What %(host)s has at this address is no web page (%(kind)s).") % params)
    document = bound_markup(decode(response.content, charset_of(kind)))
    soup = document.soup()
    if _says_gone(soup):
        return SourcePage(whole=True, gone=True)
    answered = str(response.request.url)
    base = base_of(soup, answered)
    anchor = next(_linking(soup, base, pair.target), None)
    whole = document.closed and not document.cut and response.status_code == 200
    if anchor is None:
        return SourcePage(whole=whole)
    return SourcePage(links=True, whole=whole, item=item_of(soup, anchor, pair, answered, base, now))


def _linking(soup: BeautifulSoup, base: str, target: str) -> Iterator[Tag]:
    """The elements that link to ``target``: it is written there, or what is written leads there."""
    for element in soup.find_all([*LINKING, *MARKED], limit=MOST_ELEMENTS):
        if element.name in MARKED and not _is_marked(element):
            continue
        for name in (*LINKING.get(element.name, ()), *MARKED.get(element.name, ())):
            written = element.get(name)
            if written is not None and target in _meanings(str(written), base):
                yield element


def _meanings(written: str, base: str) -> tuple[str, ...]:
    written = written.strip()
    try:
        return written, urljoin(base, written)
    except ValueError:
        return (written,)


def _is_marked(element: Tag) -> bool:
    classes = element.get("class")
    return any(str(name).startswith("u-") for name in (classes if isinstance(classes, list) else []))


def _says_gone(soup: BeautifulSoup) -> bool:
    """Whether a page of a static site says that it was deleted (https://indieweb.org/deleted, read 2026-11-30)."""
    for element in soup.find_all("meta", attrs={"http-equiv": True}, limit=50):
        status = str(element.get("content", "")).split()
        if str(element["http-equiv"]).lower() == "status" and status[:1] == ["410"]:
            return True
    return False
