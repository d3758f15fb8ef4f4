"""What the feeds and pages of the benchmark show: as long and as entangled as those of real sites."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape

from bench.desk.language import FRENCH, sentence
from bench.sources.layout import Site

PAPER = "https://paper.example"
SECTION = "ville"
ARTICLES = 100
ENTRIES = 15
"""Entries of a feed; a new one pushes out the oldest."""
BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def article_address(number: int) -> str:
    return f"{PAPER}/{SECTION}/a-{number % ARTICLES}/"


def body_of(site: Site, grown: int) -> bytes:
    """The feed or page of ``site`` after something new came ``grown`` times."""
    return (_feed if site.kind == "feed" else _page)(site, grown).encode()


def _text(site: Site, number: int, least: int) -> str:
    rng = random.Random(f"{site.number}:{number}")
    text = sentence(rng, site.number * 31 + number, "fr", "question")
    return f"{text} {' '.join(rng.choices(FRENCH, k=least))}."


def _moment(number: int) -> datetime:
    return BEGAN + timedelta(minutes=7 * number)


def _feed(site: Site, grown: int) -> str:
    """Mostly about other things; the newest and one more lead to articles of ours."""
    entries = []
    for number in range(grown, grown + ENTRIES)[::-1]:
        ours = number % ENTRIES == 0 or number >= ENTRIES
        link = f'<p>Lire <a href="{article_address(site.number + number)}">cet article</a>.</p>' if ours else ""
        html = f"<p>{escape(_text(site, number, 60))}</p>{link}"
        entries.append(
            f"<item><title>Billet {number}</title><link>http://{site.host}/billet/{site.number}-{number}</link>"
            f"<guid isPermaLink='false'>tag:{site.host},2026:{site.number}/{number}</guid><author>l{number}@blog.example (Lise {number})</author>"
            f"<pubDate>{format_datetime(_moment(number))}</pubDate><description>{escape(html)}</description></item>"
        )
    head = f"<title>Carnet {site.number}</title><link>http://{site.host}/</link><description>Un carnet</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(entries)}</channel></rss>'


def _page(site: Site, grown: int) -> str:
    """A blog's page about an article, a few comments below it, many on some."""
    rng = random.Random(site.number)
    comments = [_comment(site, number) for number in range(min(int(rng.paretovariate(1.1)) + 1, 60) + grown)]
    return (
        f"<!DOCTYPE html><html lang='fr'><head><title>Page {site.number}</title></head><body>{_surroundings()}"
        f"<article><h1>Vu ailleurs</h1><p>{escape(_text(site, -1, 200))} <a href='{article_address(site.number)}'>Source</a></p></article>"
        f"<ol class='commentlist'>{''.join(comments)}</ol>{_surroundings()}</body></html>"
    )


def _comment(site: Site, number: int) -> str:
    return (
        f"<li id='comment-{number + 1}' class='comment'><div class='comment-author vcard'><cite class='fn'>Lise {number}</cite></div>"
        f"<div class='comment-meta'><a href='#comment-{number + 1}'><time datetime='{_moment(number).isoformat()}'>le</time></a></div>"
        f"<div class='comment-content'><p>{escape(_text(site, number, 20))}</p></div></li>"
    )


@cache
def _surroundings() -> str:
    """Menus, teasers and scripts: about ten kilobytes before the text, and as much below it."""
    links = "".join(f"<li class='menu'><a href='/rubrique/{n}/'><span>Rubrique {n}</span></a></li>" for n in range(80))
    teasers = "".join(
        f"<div class='box'><h3><a href='/billet/{n}'>Billet {n}</a></h3><p>{' '.join(FRENCH)}</p></div>"
        for n in range(8)
    )
    return f"<nav><ul>{links}</ul></nav><script>var shown = {list(range(400))};</script><aside>{teasers}</aside>"
