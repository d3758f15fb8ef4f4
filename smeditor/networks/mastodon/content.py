"""A status's ``content``: HTML made by its server, read as the text and the links that its author wrote."""

from __future__ import annotations

from bs4 import Tag

from smeditor.networks.markup import bound_markup
from smeditor.text.links import links_in
from smeditor.text.sanitise import to_plain

REACHABLE = ("http://", "https://")
LONGEST = 50_000
LONGEST_LINK = 2000
ADDED_BY_SERVERS = {"mention", "hashtag", "tag"}


def address(value: object) -> str:
    """``value`` if it is a web address, else nothing: a link must not become ``javascript:``."""
    sound = (
        isinstance(value, str) and value.startswith(REACHABLE) and value.isprintable() and len(value) <= LONGEST_LINK
    )
    return str(value) if sound else ""


def plain(html: object) -> str:
    """The text of ``html`` as its author typed it (:func:`smeditor.text.to_plain`).

    The line "RE: <address>" that servers put before a quote for older software is left out.
    """
    markup = str(html or "")[:LONGEST]
    if "quote-inline" in markup:
        soup = bound_markup(markup).soup()
        for fallback in soup.select(".quote-inline"):
            fallback.decompose()
        markup = str(soup)
    return to_plain(markup)


def links(html: object) -> list[str]:
    """Addresses that the author linked or only wrote out, in order; not those by which servers mark people and tags.

    Servers that are not Mastodon leave addresses as plain text, or some of them.
    """
    soup = bound_markup(str(html or "")[:LONGEST]).soup()
    for anchor in soup.find_all("a"):
        if not is_written(anchor):
            anchor.decompose()
    for fallback in soup.select(".quote-inline"):
        fallback.decompose()
    return [link for link in links_in(str(soup)) if address(link)]


def is_written(anchor: Tag) -> bool:
    """Whether the author wrote this link, and not the server that marked a mention or a tag."""
    marks = {*(anchor.get("class") or ()), *(anchor.get("rel") or ())}
    return not marks & ADDED_BY_SERVERS and anchor.find_parent(class_="quote-inline") is None
