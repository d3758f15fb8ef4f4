"""Whether a page shows every comment that it has: any sign of a further part, or of a cut, and it does not count."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urldefrag, urlsplit

from bs4 import BeautifulSoup

from smeditor.networks.listings import same_site
from smeditor.networks.markup import BoundedMarkup

PAGING = re.compile(
    r"^(?:c?page|p|pg|paged|pageno|page_?num(?:ber)?|(?:comments?|replies)[-_]?page|start|offset|skip|from|before|after"
    r"|cursor|seite|pagina|debut.*)$",
    re.IGNORECASE,
)
"""Parameters by which widespread software names a part of a thread."""
PART = re.compile(r"^/?(?:(?:comments?-)?page[-/]?|p|index)?\d{1,6}(?:\.html?)?/?$", re.IGNORECASE)
"""What follows the path of a thread in the address of one of its parts."""
TAIL = re.compile(r"/(?:comments?-)?page[-/]?\d{1,6}/?$", re.IGNORECASE)
MARKED = re.compile(
    r"load-?_?more|show-?_?more|more-?_?comments|older-?_?comments|comment-?s?-?_?(?:navigation|nav\b"
    r"|pagination|pager)|pagination|\bpager\b|page-numbers|infinite-?_?scroll",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:load|show|view|see|read|older|newer|earlier|previous|next|more|all|remaining|afficher|voir|charger|lire|plus"
    r"|autres?|suivants?|suivantes?|précédente?s?|anciens?|tous|toutes)\b.{0,40}"
    r"\b(?:comments?|replies|answers|messages|commentaires?|réponses?|réactions?)\b"
    r"|\b(?:comments?|replies|commentaires?|réponses?|messages)\b.{0,20}"
    r"\b(?:suivants?|précédents?|suivantes?|précédentes?|plus anciens|plus récents)\b",
    re.IGNORECASE,
)
CONTROLS = "a, button, [role=button]"
COUNTS = (
    '[itemprop="commentCount"], [itemprop="answerCount"], [class*="comments-title"], #comments-title,'
    ' [class*="comment-count"], [class*="comments-count"], [class*="nb-comment"], [class*="comments-number"]'
)
NUMBER = re.compile(r"\d{1,7}")
DECLARED = ("commentCount", "answerCount")
MAX_NODES = 3000


def is_whole(document: BoundedMarkup, soup: BeautifulSoup, links: Iterable[str], url: str, read: int) -> bool:
    """Whether the ``read`` comments of the page at ``url`` are all that it has.

    A page on which nothing can be read says nothing, whatever its status: it may ask for consent, or report an error.
    """
    if not read or document.cut or not document.closed:
        return False
    if _is_part(url) or any(_is_further(link, url) for link in links) or _has_control(soup):
        return False
    return max(_declared(document, soup), default=0) <= read


def _is_part(url: str) -> bool:
    parts = urlsplit(url)
    return bool(TAIL.search(parts.path)) or any(PAGING.match(name) for name, _value in parse_qsl(parts.query))


def _is_further(link: str, url: str) -> bool:
    """Whether ``link`` leads to another part of the thread at ``url``."""
    if urldefrag(link)[0] == urldefrag(url)[0] or not same_site(link, url):
        return False
    here, there = urlsplit(url), urlsplit(link)
    start, further = here.path.rstrip("/"), there.path.rstrip("/")
    if further == start:
        return any(PAGING.match(name) for name, _value in parse_qsl(there.query))
    stem = re.sub(r"\.html?$", "", start)
    return bool(stem) and further.startswith(stem) and bool(PART.match(further[len(stem) :].lstrip("-_")))


def _has_control(soup: BeautifulSoup) -> bool:
    """Whether there is something to press for further comments."""
    for element in soup.select(CONTROLS, limit=MAX_NODES):
        names = " ".join([*map(str, element.get("class") or ()), str(element.get("id") or "")])
        if MARKED.search(names) or MORE.search(element.get_text(" ", strip=True)[:120]):
            return True
    marked = soup.find(["nav", "ul", "ol", "div"], class_=MARKED)
    return marked is not None and marked.find(["a", "button"]) is not None


def _declared(document: BoundedMarkup, soup: BeautifulSoup) -> Iterable[int]:
    """Every number of comments that the page itself gives."""
    for element in soup.select(COUNTS, limit=20):
        number = NUMBER.search(str(element.get("content") or element.get_text(" ", strip=True)[:200]))
        if number:
            yield int(number[0])
    for script in document.data:
        yield from _declared_in(script)


def _declared_in(script: str) -> Iterable[int]:
    try:
        pending = [json.loads(script)]
    except (ValueError, RecursionError):
        return
    for _step in range(MAX_NODES):
        if not pending:
            return
        node = pending.pop()
        if isinstance(node, dict):
            yield from (
                int(node[name]) for name in DECLARED if str(node.get(name)).isascii() and str(node.get(name)).isdigit()
            )
            pending += [child for child in node.values() if isinstance(child, list | dict)]
        elif isinstance(node, list):
            pending += [child for child in node if isinstance(child, list | dict)]
