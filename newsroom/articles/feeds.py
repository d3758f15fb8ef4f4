"""Atom feeds of the whole newspaper and of each section, and the sitemap for news."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from newsroom.articles.listing import Card, cards
from newsroom.articles.metadata import absolute, site_name
from newsroom.articles.models import ArticlePage, SectionPage

ENTRIES = 30
NEWS_DAYS = 2  # a news sitemap names what is at most two days old
NEWS_ENTRIES = 1000


@dataclass(frozen=True)
class Source:
    """What a feed is about: a page of a site (its root, or a section)."""

    site: Site
    page: Page

    @property
    def is_whole(self) -> bool:
        """Whether the feed is that of the whole newspaper."""
        return self.page.pk == self.site.root_page_id


@dataclass(frozen=True)
class Entry:
    """One article in a feed, with the site on which its addresses lie."""

    card: Card
    site: Site

    @property
    def short_url(self) -> str:
        """The article's permanent address, which a move of the page does not change."""
        return absolute(self.site, reverse("short", args=[self.card.article.pk]))


class LatestFeed(Feed):
    """The newest public articles below one page; an embargoed one appears when its embargo is over.

    One instance serves all requests, so nothing of a request is kept on it.
    """

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str | None = None) -> Source:
        """What the address asks for: the site's root, or its public section ``slug``. Raises Http404."""
        site = Site.find_for_request(request)
        if site is None:
            raise Http404
        if slug is None:
            return Source(site, site.root_page)
        section = SectionPage.objects.child_of(site.root_page).live().public().filter(slug=slug).first()
        if section is None:
            raise Http404
        return Source(site, section)

    def title(self, source: Source) -> str:
        """The newspaper's name, with the section's where the feed is one's."""
        name = site_name(source.site)
        return name if source.is_whole else f"{name} – {source.page.title}"

    def link(self, source: Source) -> str:
        """The page whose articles the feed lists."""
        return source.page.get_full_url() or "/"

    def feed_url(self, source: Source) -> str:
        """The feed's own absolute address."""
        path = reverse("feed") if source.is_whole else reverse("section-feed", args=[source.page.slug])
        return absolute(source.site, path)

    def subtitle(self, source: Source) -> str:
        """The same for all feeds: the latest articles."""
        return _("The latest articles")

    def items(self, source: Source) -> list[Entry]:
        """The ``ENTRIES`` newest articles that the public may read now."""
        public = ArticlePage.objects.public_at(timezone.now()).descendant_of(source.page).newest_first()
        newest = cards(public.prefetch_related("tagged_items__tag")[:ENTRIES])
        return [Entry(card, source.site) for card in newest]

    def item_title(self, entry: Entry) -> str:
        """The headline."""
        return entry.card.article.title

    def item_description(self, entry: Entry) -> str:
        """The standfirst."""
        return entry.card.article.standfirst

    def item_link(self, entry: Entry) -> str:
        """The article's full address; the short one where no site leads to it."""
        return entry.card.article.get_full_url() or entry.short_url

    def item_guid(self, entry: Entry) -> str:
        """The short address: it stays the same when the article moves, so no reader gets it twice."""
        return entry.short_url

    def item_author_name(self, entry: Entry) -> str:
        """All who sign, with commas."""
        return ", ".join(entry.card.authors)

    def item_pubdate(self, entry: Entry) -> datetime | None:
        """When the public could first read it (aware)."""
        return entry.card.article.published_at

    def item_updateddate(self, entry: Entry) -> datetime | None:
        """When it last changed for the public (aware)."""
        return entry.card.article.updated_at

    def item_categories(self, entry: Entry) -> list[str]:
        """The section, then the tags."""
        section = [entry.card.section.title] if entry.card.section else []
        return section + [tagged.tag.name for tagged in entry.card.article.tagged_items.all()]


def news_sitemap(request: HttpRequest) -> HttpResponse:
    """What was published in the last two days, for search engines' news."""
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    now = timezone.now()
    recent = ArticlePage.objects.public_at(now).descendant_of(site.root_page).newest_first()
    recent = recent.filter(_since__gte=now - timedelta(days=NEWS_DAYS))[:NEWS_ENTRIES]
    context = {"articles": recent, "name": site_name(site)}
    return render(request, "articles/news_sitemap.xml", context, content_type="application/xml")
