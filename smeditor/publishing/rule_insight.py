"""What is to be known of rules: why one fired for an article or did not, what it would have posted, how that compares with people."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet, prefetch_related_objects
from wagtail.models import AbstractPage

from smeditor.articles import article_adapter, article_models
from smeditor.articles.page_model import page_model
from smeditor.exceptions import DATABASE_TROUBLE, SmeditorError
from smeditor.models import Delivery, Post, Rule, RuleRun
from smeditor.publishing import compose
from smeditor.publishing.rule_conditions import Condition, conditions, matches, page_type

MOST_RULES = 100
MONTH, DAY = timedelta(days=30), timedelta(days=1)
MOST_ARTICLES = 100
"""Articles that "what if" reads, the newest of the month: each is read whole."""
MOST_RUNS = 200
"""Runs that are compared with people, the newest of the month."""
MOST_POSTS = 1_000
REACHED = (Delivery.State.SCHEDULED, Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN)
_WORD = re.compile(r"\w+")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Explanation:
    """One rule and one article: each condition, whether all are met, and what the rule did, where it ran."""

    rule: Rule
    conditions: list[Condition]
    met: bool
    run: RuleRun | None


@dataclass(frozen=True)
class WouldPost:
    """What a rule would have posted about ``article``: the text, or why none could be made."""

    article: AbstractPage
    text: str
    problem: str = ""


@dataclass
class WhatIf:
    """A rule over a month: how many articles were read, whether there were more, and what it would have posted."""

    read: int = 0
    more: bool = False
    posts: list[WouldPost] = field(default_factory=list)


@dataclass
class Comparison:
    """What a rule would have posted beside what people did, in figures.

    ``runs``: articles for which it would have posted; ``followed``: of them those about which a person posted within a day;
    ``same_account``: of these, where a person used one of the rule's accounts; ``minutes``: how long after, by the median;
    ``similarity``: of the two texts, from 0 to 1, by the median; ``missed``: articles about which people posted on the rule's
    accounts and the rule would not have. ``minutes`` and ``similarity`` are None where nothing was followed.
    """

    runs: int = 0
    followed: int = 0
    same_account: int = 0
    minutes: int | None = None
    similarity: float | None = None
    missed: int = 0


def explain(page: AbstractPage) -> list[Explanation]:
    """Every active rule on the article ``page`` (specific), those that fired first, then those that are meant for it."""
    facts, of_type = article_adapter().facts(page), page_type(page)
    runs = {run.rule_id: run for run in RuleRun.objects.filter(article_key=page.pk).select_related("post")}
    found = []
    for rule in Rule.objects.filter(active=True).order_by("name")[:MOST_RULES]:
        asked = conditions(rule, facts, of_type)
        found.append(Explanation(rule, asked, all(condition.met for condition in asked), runs.get(rule.pk)))
    return sorted(found, key=lambda entry: (entry.run is None, not entry.met))


def what_if(rule: Rule, now: datetime) -> WhatIf:
    """What ``rule`` would have posted about the articles of the last thirty days. Nothing is written."""
    articles = list(_articles_since(now - MONTH)[: MOST_ARTICLES + 1])
    prefetch_related_objects([rule], "accounts")  # each text is cut to the same accounts
    result = WhatIf(more=len(articles) > MOST_ARTICLES)
    for page in articles[:MOST_ARTICLES]:
        result.read += 1
        try:
            facts = article_adapter().facts(page)
            if matches(rule, facts, page_type(page)):
                result.posts.append(WouldPost(page, compose.draft_text(rule, facts)))
        except DATABASE_TROUBLE:
            raise
        except SmeditorError as error:
            result.posts.append(WouldPost(page, "", error.sentence))
    return result


def compare(rule: Rule, now: datetime) -> Comparison:
    """How what ``rule`` would have posted in shadow in the last thirty days compares with what people posted."""
    recent = rule.runs.filter(mode=Rule.Mode.SHADOW, at__gte=now - MONTH).order_by("-at", "-pk")
    runs = list(recent[:MOST_RUNS])
    since = runs[-1].at if len(runs) == MOST_RUNS else now - MONTH
    accounts = set(rule.accounts.values_list("pk", flat=True))
    by_article = _by_people({run.article_key for run in runs})
    result = Comparison(runs=len(runs), missed=_missed(accounts, since, {run.article_key for run in runs}))
    minutes, similarities = [], []
    for run in runs:
        near = [row for row in by_article[run.article_key] if abs(_moment(row) - run.at) <= DAY]
        if not near:
            continue
        result.followed += 1
        result.same_account += any(row.account_id in accounts for row in near)
        minutes.append(max((min(map(_moment, near)) - run.at) / timedelta(minutes=1), 0))
        similarities.append(max(similarity(run.text, row.post.text) for row in near))
    if minutes:
        result.minutes, result.similarity = round(median(minutes)), median(similarities)
    return result


def similarity(first: str, second: str) -> float:
    """How alike two texts are, from 0 to 1: the share of words that they have in common in the same order, links left out."""
    return difflib.SequenceMatcher(None, _tokens(first), _tokens(second), autojunk=False).ratio()


def _tokens(text: str) -> list[str]:
    return _WORD.findall(_LINK.sub(" ", text).casefold())[:200]


def _articles_since(since: datetime) -> QuerySet[AbstractPage]:
    models = article_models()
    pages = page_model().objects.type(*models) if models else page_model().objects.none()
    return (
        pages.live()
        .filter(alias_of__isnull=True, first_published_at__gte=since)
        .order_by("-first_published_at", "-pk")
        .specific()
    )


def _by_people(articles: set[int]) -> dict[int, list[Delivery]]:
    """What people posted about ``articles``, and no rule, by the article's key."""
    rows = Delivery.objects.filter(
        post__article_key__in=articles,
        post__rule__isnull=True,
        post__kind=Post.Kind.STORY,
        operation=Delivery.Operation.PUBLISH,
        state__in=REACHED,
    )
    found: dict[int, list[Delivery]] = defaultdict(list)
    for row in rows.select_related("post").order_by("-pk")[:MOST_POSTS]:
        found[row.post.article_key or 0].append(row)
    return found


def _missed(accounts: set[int], since: datetime, known: set[int]) -> int:
    """How many articles people posted about on ``accounts`` since then that are not among ``known``."""
    rows = Delivery.objects.filter(
        account__in=accounts,
        slot__gte=since,
        operation=Delivery.Operation.PUBLISH,
        state__in=REACHED,
        post__rule__isnull=True,
        post__kind=Post.Kind.STORY,
        post__article_key__isnull=False,
    )
    keys = set(rows.order_by("-slot", "-pk").values_list("post__article_key", flat=True)[:MOST_POSTS])
    return len(keys - known)


def _moment(row: Delivery) -> datetime:
    return row.sent_at or row.slot
