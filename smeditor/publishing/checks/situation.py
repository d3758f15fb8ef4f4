"""What the checks of one post share: the article, the holds and what other posts say, each asked for once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models.fields.json import KT

from smeditor.articles import ArticleFacts, article_adapter
from smeditor.models import Account, CheckSetting, Delivery, Hold, LinkCheck, Post
from smeditor.publishing import holds
from smeditor.publishing.checks import addresses, matching
from smeditor.publishing.checks.addresses import own_hosts
from smeditor.publishing.checks.base import Draft
from smeditor.publishing.findings import Severity

BACK, AHEAD = timedelta(days=3), timedelta(days=7)
"""How far before and after now other posts are compared."""
MOST_COMPARED = 300
"""Deliveries that are compared, those planned last; of a newsroom that plans more in ten days the older ones are not."""
ALIVE = (
    Delivery.State.SCHEDULED,
    Delivery.State.SENDING,
    Delivery.State.SENT,
    Delivery.State.UNKNOWN,
    Delivery.State.HUMAN,
    Delivery.State.LATE,
)
"""States of a delivery that readers have seen or may still see."""


@dataclass(frozen=True)
class Article:
    """The article of a post as the checks need it: its facts, and whether the public can read it now."""

    facts: ArticleFacts | None = None
    public: bool = True
    missing: bool = False


class Planned(NamedTuple):
    """Another post on some account: when, and how its first message begins."""

    post: int
    article: int | None
    account: Account
    slot: datetime
    text: str
    link: str


def article_of(post: Post, now: datetime) -> Article:
    """Read the post's article from the database, whatever its draft says."""
    if post.article is None:
        return Article() if post.article_key is None else Article(public=False, missing=True)
    adapter = article_adapter()
    page = post.article.specific
    return Article(adapter.facts(page), adapter.public_now(page, now))


class Situation:
    """One post (as it is in memory), at ``now``, and what the desk knows around it. ``user``: who would approve it."""

    def __init__(self, post: Post, now: datetime, user: Any = None, article: Article | None = None) -> None:
        self.post, self.now, self.user = post, now, user
        if article is not None:
            self.article = article

    @cached_property
    def article(self) -> Article:
        """The post's article."""
        return article_of(self.post, self.now)

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts that the post goes to."""
        return list(self.post.accounts.all())

    @cached_property
    def holds(self) -> list[Hold]:
        """The open holds."""
        return holds.open_holds()

    @cached_property
    def planned(self) -> list[Planned]:
        """What other posts say or will say these days on whatever account, the last planned first."""
        rows = (
            Delivery.objects.filter(operation=Delivery.Operation.PUBLISH, state__in=ALIVE)
            .filter(slot__gte=self.now - BACK, slot__lt=self.now + AHEAD)
            .exclude(post__kind=Post.Kind.REPLY)
        )
        if self.post.pk:
            rows = rows.exclude(post_id=self.post.pk)
        found = rows.order_by("-slot", "-pk").values_list(
            *("post_id", "post__article_key", "account_id", "slot", KT("payload__parts__0__text"), KT("payload__link"))
        )[:MOST_COMPARED]
        plain = list(found)
        accounts = Account.objects.select_related("desk").in_bulk({row[2] for row in plain})
        return [
            Planned(post, article, accounts[account], slot, text or "", link or "")
            for post, article, account, slot, text, link in plain
        ]

    @cached_property
    def settings(self) -> dict[tuple[str, int | None], Severity]:
        """What the desks set, by the check's code and the desk; None: what is said for all."""
        rows = CheckSetting.objects.values_list("code", "desk_id", "severity")
        return {(code, desk): Severity(severity) for code, desk, severity in rows}

    def severity(self, code: str, desk_id: int | None, shipped: Severity) -> Severity:
        """How grave the check ``code`` is for a desk: as that desk says, else as is said for all, else as shipped."""
        for key in ((code, desk_id), (code, None)):
            if key in self.settings:
                return self.settings[key]
        return shipped

    @cached_property
    def own_hosts(self) -> frozenset[str]:
        """The host names of the newsroom's sites, in lower case."""
        return own_hosts()

    @cached_property
    def word_lists(self) -> list[matching.ListedPatterns]:
        """The word lists that are in use."""
        return matching.in_use()

    def links(self, draft: Draft) -> list[str]:
        """The addresses that ``draft`` leads to, its own article's left out."""
        own = self.article.facts.url if self.article.facts else ""
        return addresses.foreign(draft, own)

    @cached_property
    def link_checks(self) -> dict[str, LinkCheck]:
        """What is known of the addresses of all drafts of the post, by their keys; filled by :meth:`know_links`."""
        return {}

    def know_links(self, drafts: list[Draft]) -> None:
        """Read what is known of the addresses of ``drafts``, in one query."""
        keys = {addresses.key_of(url) for draft in drafts for url in self.links(draft)}
        if keys:
            self.link_checks.update({row.key: row for row in LinkCheck.objects.filter(key__in=keys)})
