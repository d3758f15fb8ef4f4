"""From a reaction to the article it is about, always with the reason.

The order is that of :class:`smeditor.models.AttachedBy`: the thread, the quoted post, our own link, any link, the page
that was read. A title that is named is a proposal for an editor and never attaches by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urldefrag, urlsplit

from wagtail.models import AbstractPage, Site

from smeditor.articles import article_adapter, bare_host, source_of
from smeditor.listening.batch import Item, Origin
from smeditor.listening.identity import normal_tokens
from smeditor.listening.own import OwnPart
from smeditor.models import AttachedBy, Delivery, Post, PublishedArticle
from smeditor.text.links import destinations, token_of

RANK = {by.value: place for place, by in enumerate(AttachedBy)}
TITLE_LIKENESS = 0.8
TITLE_TOKENS = 4
TITLE_DAYS = 30
TITLES = 200
LINKS = 20
"""Links of one message that are followed: a list of a thousand links is no reaction to an article."""


@dataclass(frozen=True)
class Found:
    """The article of a reaction, why, and the delivery it answers.

    ``proposed_id``: an article whose title it names; ``conversation_id``: the one that it goes on, when it answers an
    answer of ours.
    """

    article_id: int | None = None
    by: AttachedBy = AttachedBy.NONE
    delivery_id: int | None = None
    proposed_id: int | None = None
    conversation_id: int | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """What to compare two findings by: the surer reason first, then the lower article id."""
        return RANK[self.by.value], self.article_id or 0


class Finder:
    """Resolves whole batches with few queries; answers about links are remembered for its life of one round."""

    def __init__(self) -> None:
        self.pages: dict[str, AbstractPage | None] = {}
        self._hosts: set[str] | None = None
        newest = PublishedArticle.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.newest_article = newest or 0
        """Grows with each article that goes live. Asked before anything is found: what goes live later counts as newer."""
        self._titles: list[tuple[int, set[str]]] | None = None

    def find(self, items: Sequence[Item], origin: Origin, parts: Mapping[str, OwnPart], now: datetime) -> list[Found]:
        """Return what each of ``items`` is about, in their order. ``parts``: messages of ours that they name, by native id."""
        tokens = self._deliveries({token for item in items for token in tokens_of(item.inbound.links)})
        found = []
        for item in items:
            attachment = (
                self._by_post(item, parts)
                or self._by_token(item, tokens)
                or self._by_link(item.inbound.links)
                or self._by_source(origin)
                or Found()
            )
            if attachment.article_id is None and item.inbound.text:
                attachment = replace(attachment, proposed_id=self.titled(item.inbound.text, now))
            found.append(attachment)
        return found

    def page_at(self, url: str) -> AbstractPage | None:
        """The article that an address leads to; None for any other place on the web.

        The address may carry tracking, be wrapped in another one, or be a different form of the page (AMP, mobile).
        """
        pages = (self._page_at(place) for place in destinations(url))
        return next((page for page in pages if page is not None), None)

    def _page_at(self, url: str) -> AbstractPage | None:
        try:
            parts = urlsplit(url)
            host = bare_host(parts.hostname or "")
        except ValueError:
            return None
        if host not in self.hosts:
            return None
        place = urldefrag(url)[0]
        if place not in self.pages:
            page = article_adapter().find(place)
            self.pages[place] = source_of(page) if page is not None else None
        return self.pages[place]

    @property
    def hosts(self) -> set[str]:
        """The hosts of all Wagtail sites, without ``www.``; asked once."""
        if self._hosts is None:
            self._hosts = {bare_host(name) for name in Site.objects.values_list("hostname", flat=True)}
        return self._hosts

    def titled(self, text: str, now: datetime) -> int | None:
        """The article of the last month whose title is as good as whole in ``text``; None when none or two are."""
        tokens = set(normal_tokens(text))
        if len(tokens) < TITLE_TOKENS:
            return None
        matches = {
            article_id
            for article_id, title in self._recent_titles(now)
            if len(title & tokens) >= TITLE_LIKENESS * len(title)
        }
        return matches.pop() if len(matches) == 1 else None

    def _recent_titles(self, now: datetime) -> list[tuple[int, set[str]]]:
        if self._titles is None:
            recent = Post.objects.filter(article__isnull=False, created_at__gte=now - timedelta(days=TITLE_DAYS))
            pairs = dict(recent.order_by("-created_at").values_list("article_id", "article_title")[:TITLES])
            named = [(article_id, set(normal_tokens(title))) for article_id, title in pairs.items()]
            self._titles = [(article_id, tokens) for article_id, tokens in named if len(tokens) >= TITLE_TOKENS]
        return self._titles

    def _deliveries(self, tokens: set[str]) -> dict[str, Delivery]:
        if not tokens:
            return {}
        found = Delivery.objects.filter(link_token__in=tokens, post__article__isnull=False).select_related("post")
        return {delivery.link_token: delivery for delivery in found if delivery.link_token}

    def _by_post(self, item: Item, parts: Mapping[str, OwnPart]) -> Found | None:
        inbound = item.inbound
        for by, native_id in (
            (AttachedBy.REPLY, inbound.in_reply_to),
            (AttachedBy.QUOTE if inbound.quotes == inbound.subject else AttachedBy.REPLY, inbound.subject),
            (AttachedBy.THREAD, inbound.root),
            (AttachedBy.QUOTE, inbound.quotes),
        ):
            if native_id in parts:
                return _found(parts[native_id], by, went_on=native_id == inbound.in_reply_to)
        return None

    def _by_token(self, item: Item, tokens: dict[str, Delivery]) -> Found | None:
        for token in tokens_of(item.inbound.links):
            if token in tokens:
                return Found(tokens[token].post.article_id, AttachedBy.TOKEN, tokens[token].pk)
        return None

    def _by_link(self, links: Iterable[str]) -> Found | None:
        for link in list(links)[:LINKS]:
            page = self.page_at(link)
            if page is not None:
                return Found(page.pk, AttachedBy.LINK)
        return None

    def _by_source(self, origin: Origin) -> Found | None:
        return Found(origin.article.pk, AttachedBy.SOURCE) if origin.article else None


def tokens_of(links: Iterable[str]) -> list[str]:
    """The link tokens of our deliveries in ``links``."""
    return [
        token
        for link in list(links)[:LINKS]
        for place in destinations(link)
        if (token := token_of(place)) and len(token) <= 16
    ]


def _found(part: OwnPart, by: AttachedBy, *, went_on: bool) -> Found:
    return Found(
        part.article,
        by if part.article else AttachedBy.NONE,
        part.delivery,
        conversation_id=part.conversation if went_on else None,
    )
