"""The addresses that a post leads to: which they are, and the key under which is kept what each answered."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import urlsplit

from wagtail.models import Site

from smeditor.publishing.checks.base import Draft
from smeditor.text.links import BadLink, canonical, same_article
from smeditor.text.urls import find_urls

MOST = 10
"""Addresses of one draft that are checked."""


def in_draft(draft: Draft) -> list[str]:
    """The web addresses of a draft, its link first, each once; ten at most."""
    return list(_found(draft.link, draft.text))


@lru_cache(maxsize=64)
def _found(link: str, text: str) -> tuple[str, ...]:
    candidates = [link, *(url.text for url in find_urls(text) if not url.bare)]
    found = dict.fromkeys(url for url in candidates if url.lower().startswith(("http://", "https://")))
    return tuple(found)[:MOST]


def foreign(draft: Draft, own: str) -> list[str]:
    """Those of :func:`in_draft` that do not lead to the article at ``own``, of which the site itself knows how it is."""
    return [url for url in in_draft(draft) if not own or not same_article(url, own)]


def own_hosts() -> frozenset[str]:
    """The host names of the newsroom's sites, in lower case, in one query."""
    return frozenset(host.lower() for host in Site.objects.values_list("hostname", flat=True))


def is_ours(url: str, hosts: frozenset[str]) -> bool:
    """Whether an address is on one of ``hosts``, our own, which need not be asked over the web."""
    try:
        return (urlsplit(url).hostname or "").lower() in hosts
    except ValueError:
        return False


def key_of(url: str) -> str:
    """The key of an address: two that lead to one page for sure have the same."""
    try:
        plain = canonical(url)
    except BadLink:
        plain = url
    return hashlib.sha256(plain.encode()).hexdigest()
