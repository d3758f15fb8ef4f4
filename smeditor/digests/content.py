"""What a digest speaks of: a journalist's articles, and what their readers raised, asked, corrected and told.

Counts are people, not messages. Abuse is left out, tips are not reactions any more, and words are quoted only from
reactions that were seen alive a short while ago (DESIGN.md, laws 4, 6 and 8).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet

from smeditor.articles import ArticleFacts, article_adapter
from smeditor.articles.page_model import page_model
from smeditor.insight.concerns.quotable_labels import check_labels
from smeditor.listening.quotable import quotable
from smeditor.models import Byline, Concern, CorrectionRequest, Label, Reaction, ReactionLabel
from smeditor.permissions.visibility import (
    any_of,
    concerns_for_authors,
    corrections_for_authors,
    reactions_for_authors,
)
from smeditor.text.addressing import without_addressees

logger = logging.getLogger("smeditor.digests")

CONCERNS, QUESTIONS, CORRECTIONS, QUOTES = 3, 3, 3, 2
"""The most of each that one article brings into a digest: it shall be read."""
ROUNDS = 3
"""How often what may not be quoted makes room for others."""
SHOWN = [Concern.State.OPEN, Concern.State.ASSIGNED, Concern.State.ANSWERED]


@dataclass(frozen=True)
class Quote:
    """What one reader said: the words as far as a digest quotes them, and where they stand."""

    reaction_id: int
    text: str
    url: str


@dataclass
class ArticleSummary:
    """One article in a digest."""

    facts: ArticleFacts
    people: int
    concerns: list[Concern] = field(default_factory=list)
    corrections: list[CorrectionRequest] = field(default_factory=list)
    questions: list[Quote] = field(default_factory=list)
    testimonies: list[Quote] = field(default_factory=list)
    thanks: list[Quote] = field(default_factory=list)

    @property
    def has_content(self) -> bool:
        """Whether there is anything to tell about the article; a number of people alone is not."""
        return bool(self.concerns or self.corrections or self.questions or self.testimonies or self.thanks)

    @property
    def quoted(self) -> list[Quote]:
        """Every quote of a reader that the summary carries, in the order in which it is shown."""
        return [*self.questions, *self.testimonies, *self.thanks]


@dataclass
class DigestContent:
    """All that one digest says, before it is put into words."""

    since: datetime
    until: datetime
    articles: list[ArticleSummary] = field(default_factory=list)

    @property
    def people(self) -> int:
        """The distinct readers of each article, added up over the articles."""
        return sum(article.people for article in self.articles)

    def quoted_ids(self) -> set[int]:
        """The reactions whose words it quotes, as a quote or as a claim."""
        quotes = {quote.reaction_id for article in self.articles for quote in article.quoted}
        claims = (request.reaction_id for article in self.articles for request in article.corrections)
        return quotes | {reaction_id for reaction_id in claims if reaction_id}

    def items(self) -> dict[str, list[int]]:
        """What it spoke of, by id: all that is kept of it."""
        return {
            "articles": [article.facts.page_id for article in self.articles],
            "concerns": [concern.pk for article in self.articles for concern in article.concerns],
            "corrections": [request.pk for article in self.articles for request in article.corrections],
            "reactions": [quote.reaction_id for article in self.articles for quote in article.quoted],
        }


def new_reactions(since: datetime, until: datetime) -> QuerySet[Reaction]:
    """Reactions that came in after ``since`` and until ``until`` (aware times) and that an author may read.

    Only what lies in the inbox or is done: nothing from the queues of spam, of the protected or without an article.
    """
    return reactions_for_authors().filter(
        collected_at__gt=since, collected_at__lte=until, queue__in=[Reaction.Queue.INBOX, Reaction.Queue.DONE]
    )


def touched_articles(since: datetime, until: datetime, signed_by: Any = None) -> list[ArticleFacts]:
    """The articles that readers reacted to: those that the user ``signed_by`` signs; None for whoever signs them.

    An article that cannot be read is left out and logged.
    """
    rows = new_reactions(since, until).filter(article__isnull=False)
    if signed_by is not None:
        # The adapter has the last word, and reads a page for it: what others are known to sign it need not read.
        known = Byline.objects.filter(article=OuterRef("article"))
        rows = rows.filter(any_of(known.filter(user=signed_by.pk)) | ~any_of(known))
    pages = page_model().objects.filter(pk__in=rows.order_by().values("article_id").distinct()).specific()
    return [facts for facts in _readable(pages) if signed_by is None or signed_by.pk in facts.author_ids]


def _readable(pages: Iterable) -> Iterable[ArticleFacts]:
    adapter = article_adapter()
    for page in pages:
        try:
            yield adapter.facts(page)
        except Exception:
            logger.exception("the article %s cannot be read", page.pk)


def compose(
    articles: Sequence[ArticleFacts],
    since: datetime,
    until: datetime,
    now: datetime | None = None,
    *,
    ask: bool = True,
) -> DigestContent:
    """Gather what is new about ``articles`` between two aware times; articles without news are left out.

    Whatever would be quoted is looked for on its network first (``now`` and ``ask`` as of :func:`.quotable`), and what may
    not be quoted makes room for the next reader's words.
    """
    asked: set[int] = set()
    hidden: set[int] = set()
    for _round in range(ROUNDS):
        digest = _gather(articles, since, until, hidden)
        new = digest.quoted_ids() - asked
        asked |= new
        hidden |= new - quotable(new, now, ask=ask)
        if not new & hidden:
            break
    else:
        digest = _gather(articles, since, until, hidden, only=asked - hidden)
    for summary in digest.articles:
        summary.concerns = [concern for concern in check_labels(summary.concerns, now, ask=ask) if concern.label]
    digest.articles = [summary for summary in digest.articles if summary.has_content]
    return digest


def _gather(
    articles: Iterable[ArticleFacts],
    since: datetime,
    until: datetime,
    hidden: Collection[int],
    only: Collection[int] | None = None,
) -> DigestContent:
    digest = DigestContent(since, until)
    for facts in articles:
        summary = _summary_of(facts, since, until, hidden, only)
        if summary.has_content:
            digest.articles.append(summary)
    digest.articles.sort(key=lambda summary: (-summary.people, summary.facts.title))
    return digest


def _summary_of(
    facts: ArticleFacts, since: datetime, until: datetime, hidden: Collection[int], only: Collection[int] | None
) -> ArticleSummary:
    reactions = new_reactions(since, until).filter(article_id=facts.page_id)
    readers = Q(reader__is_staff=False, reader__is_bot=False)
    people = reactions.aggregate(n=Count("reader", distinct=True, filter=readers))["n"]
    reactions = reactions.exclude(pk__in=list(hidden))
    concerns = (
        concerns_for_authors().filter(article_id=facts.page_id, state__in=SHOWN, last_at__gt=since).exclude(label="")
    )
    corrections = (
        corrections_for_authors()
        .filter(
            article_id=facts.page_id,
            verdict=CorrectionRequest.Verdict.OPEN,
            similar_to__isnull=True,
            created_at__gt=since,
        )
        .exclude(Q(claim="") | Q(reaction__in=list(hidden)))
    )
    if only is not None:
        reactions = reactions.filter(pk__in=list(only))
        corrections = corrections.filter(reaction__in=list(only))
    return ArticleSummary(
        facts=facts,
        people=people,
        concerns=list(concerns.order_by("-people")[:CONCERNS]),
        corrections=list(corrections.order_by("pk")[:CORRECTIONS]),
        questions=_quotes_of(reactions.exclude(concern_member__concern__state__in=SHOWN), Label.QUESTION, QUESTIONS),
        testimonies=_quotes_of(reactions, Label.TESTIMONY, QUOTES),
        thanks=_quotes_of(reactions, Label.THANKS, 1),
    )


def _quotes_of(reactions: QuerySet[Reaction], label: str, most: int) -> list[Quote]:
    """The newest reactions of different people that carry ``label``, without abuse, corrections and possible tips.

    What is masked is quoted masked.
    """
    candidates = (
        reactions.filter(labels__label=label, labels__present=True, content__isnull=False)
        .exclude(labels__in=_unfit())
        .exclude(content__text="")
        .select_related("content", "reader")
        .order_by("-published_at", "-pk")[: most * 5]
    )
    chosen: dict[int | str, Reaction] = {}
    for reaction in candidates:
        chosen.setdefault(reaction.reader_id or f"reaction:{reaction.pk}", reaction)
    return [
        Quote(reaction.pk, without_addressees(reaction.content.masked or reaction.content.text), reaction.url)
        for reaction in list(chosen.values())[:most]
    ]


def _unfit() -> QuerySet:
    return ReactionLabel.objects.filter(label__in=[Label.ABUSE, Label.SPAM, Label.TIP, Label.CORRECTION], present=True)
