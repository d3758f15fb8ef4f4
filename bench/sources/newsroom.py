"""The newsroom that reads: its articles, sources and accounts, and the posts that go out meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bench.sources.content import ARTICLES, SECTION
from bench.sources.layout import Presence, Site

LIMITS = {"max_length": 500, "unit": "character"}


def write_articles() -> list[Any]:
    """Write the articles that readers speak of, at the addresses that they give."""
    from tests.newsroom.factories import make_article, make_section, make_site

    section = make_section(make_site().root_page.specific, slug=SECTION)
    return [make_article(section, f"Article {number}", slug=f"a-{number}") for number in range(ARTICLES)]


def write_sources(sites: list[Site], port: int, articles: list[Any]) -> None:
    """Write feeds and pages that were never read. Of half the pages an editor said which article they discuss."""
    from smeditor.models import Source

    Source.objects.bulk_create(
        Source(
            kind=site.kind,
            name=f"{site.group} {site.number}",
            url=f"http://{site.host}:{port}{site.path}",
            host=site.host,
            article=articles[site.number % ARTICLES] if site.kind == "page" and site.number % 4 == 0 else None,
        )
        for site in sites
    )


def write_accounts(presences: list[Presence], port: int) -> list[tuple[Presence, Any]]:
    """Write accounts that send and listen, each beside what it is."""
    from smeditor.models import Account

    rows = []
    for presence in presences:
        address = f"http://{presence.host}:{port}"
        account = Account.objects.create(
            network="mastodon",
            server_url=address,
            handle=f"vigie{presence.number}@{presence.host}",
            remote_id=f"http://{presence.host}/@vigie{presence.number}",
            secret={"access_token": presence.token},
            minimum_gap=0,
            limits=LIMITS,
        )
        rows.append((presence, account))
    return rows


def write_deliveries(
    accounts: list[tuple[Presence, Any]], number: int, begins: datetime, seconds: float
) -> dict[str, float]:
    """Let ``number`` deliveries become due evenly over ``seconds``, in turn for each account whose server is there.

    Returns the time of each, by its text.
    """
    from tests.publishing.harness.fill import fill

    alive = [account for presence, account in accounts if presence.group != "dead"]
    step = timedelta(seconds=seconds / number)
    due: dict[str, float] = {}
    for place, account in enumerate(alive):
        own = len(range(place, number, len(alive)))

        def slot(index: int, place: int = place) -> datetime:
            return begins + (place + index * len(alive)) * step

        rows = fill(account, own, slot, text=f"Annonce {account.pk} numéro")
        due |= {row.payload["parts"][0]["text"]: row.slot.timestamp() for row in rows}
    return due
