"""The article."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index

from newsroom.articles.blocks import BodyBlock, plain_paragraphs
from newsroom.articles.language import PublicPage, newsroom_language
from newsroom.articles.listing import article_card, related_to
from newsroom.articles.models.authors import author_name
from newsroom.articles.models.pages import SectionPage

OPEN_BLOCKS = 2  # how much of a subscribers' article everybody may read


class NewsClass(models.TextChoices):
    """How fast an article ages; the desk's rules may ask for it."""

    BREAKING = "breaking", _("Breaking news")
    NEWS = "news", _("News")
    EVERGREEN = "evergreen", _("Evergreen")


class ArticleTag(TaggedItemBase):
    """One tag of one article."""

    content_object = ParentalKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="tagged_items")


class ArticleAuthor(Orderable):
    """One signature under an article, in its place among the others."""

    page = ParentalKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="signatures")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("author")
    )

    panels = [FieldPanel("user")]

    class Meta(Orderable.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [models.UniqueConstraint(fields=["page", "user"], name="an_author_signs_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name under which this author signs."""
        return author_name(self.user)


class ArticleQuerySet(PageQuerySet):
    """Articles by what the public may see, and when it could."""

    def public_at(self, now: datetime) -> "ArticleQuerySet":
        """Articles that the public may see at the aware time ``now``: live, and their embargo over."""
        return self.live().public().filter(models.Q(embargo_until__isnull=True) | models.Q(embargo_until__lte=now))

    def newest_first(self) -> "ArticleQuerySet":
        """By the moment the public could first read them, which for an embargoed article is the end of its embargo."""
        first = models.F("first_published_at")
        since = Coalesce(Greatest(first, models.F("embargo_until")), first)
        return self.annotate(_since=since).order_by(models.F("_since").desc(nulls_last=True), "-pk")


ArticleManager = PageManager.from_queryset(ArticleQuerySet)


class ArticlePage(PublicPage):
    """An article: what it says, who signs it, from when the public may read it, and where it was wrong."""

    kicker = models.CharField(_("kicker"), max_length=60, blank=True)
    standfirst = models.TextField(_("standfirst"), blank=True, max_length=600)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    lead_image = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead image"),
    )
    lead_caption = models.CharField(_("caption"), max_length=400, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=newsroom_language)
    paywalled = models.BooleanField(_("for subscribers"), default=False)
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("Before this moment the public does not see the article, even when it is published."),
    )
    news_class = models.CharField(_("kind of news"), max_length=20, choices=NewsClass.choices, default=NewsClass.NEWS)
    tags = ClusterTaggableManager(through=ArticleTag, blank=True, verbose_name=_("tags"))

    objects = ArticleManager()

    template = "articles/article_page.html"
    parent_page_types = ["articles.HomePage", "articles.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    search_fields = [
        *Page.search_fields,
        index.SearchField("kicker"),
        index.SearchField("standfirst", boost=2),
        index.SearchField("body"),
        index.AutocompleteField("standfirst"),
        index.FilterField("language"),
        index.FilterField("news_class"),
        index.FilterField("paywalled"),
        index.FilterField("embargo_until"),
    ]

    story_panels = [
        FieldPanel("kicker"),
        FieldPanel("title", classname="title"),
        FieldPanel("standfirst"),
        InlinePanel("signatures", heading=_("Authors"), label=_("Author")),
        MultiFieldPanel([FieldPanel("lead_image"), FieldPanel("lead_caption")], heading=_("Lead image")),
        FieldPanel("body"),
    ]
    desk_panels = [
        FieldRowPanel([FieldPanel("language"), FieldPanel("news_class")]),
        FieldPanel("tags"),
        FieldPanel("paywalled"),
        FieldPanel("embargo_until"),
    ]
    correction_panels = [InlinePanel("corrections", heading=_("Corrections"), label=_("Correction"))]
    edit_handler = TabbedInterface(
        [
            ObjectList(story_panels, heading=_("Story")),
            ObjectList(desk_panels, heading=_("Desk")),
            ObjectList(correction_panels, heading=_("Corrections")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList([PublishingPanel()], heading=_("Publishing")),
        ]
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def public_language(self) -> str:
        """The article's own."""
        return self.language

    @cached_property
    def section(self) -> SectionPage | None:
        """The section that the article lies in; None when it hangs directly under the front page."""
        return SectionPage.objects.ancestor_of(self).order_by("-depth").first()

    @property
    def published_at(self) -> datetime | None:
        """When the public could first read it (aware), or None for what was never published."""
        if self.first_published_at and self.embargo_until:
            return max(self.first_published_at, self.embargo_until)
        return self.first_published_at

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed for the public (aware); None when never published."""
        if self.last_published_at and self.published_at:
            return max(self.last_published_at, self.published_at)
        return self.last_published_at

    @property
    def was_updated(self) -> bool:
        """Whether it changed notably (by more than a minute) after it came out."""
        published, updated = self.published_at, self.updated_at
        return published is not None and updated is not None and updated - published > timedelta(minutes=1)

    @property
    def author_users(self) -> list:
        """The users who sign, in order, as the page is in memory."""
        return [signature.user for signature in self.signatures.select_related("user__author_profile")]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The prose of the body as plain texts, for quoting and for finding a passage."""
        return plain_paragraphs(self.body)

    def public_at(self, now: datetime) -> bool:
        """Whether the public may see this article at the aware time ``now``."""
        return self.live and (self.embargo_until is None or self.embargo_until <= now)

    def serve(self, request, *args, **kwargs):
        """The article, once its embargo is over; a preview at any time. Raises Http404."""
        if not getattr(request, "is_preview", False) and not self.public_at(timezone.now()):
            raise Http404
        return super().serve(request, *args, **kwargs)

    def get_sitemap_urls(self, request=None):
        """None before the embargo is over."""
        return super().get_sitemap_urls(request) if self.public_at(timezone.now()) else []

    def get_context(self, request, *args, **kwargs):
        """Adds the article's card, its blocks, its corrections and articles like it.

        ``shut``: its paywall keeps this reader out, so only the first ``OPEN_BLOCKS`` blocks are there.
        """
        context = super().get_context(request, *args, **kwargs)
        context["card"] = article_card(self)
        shut = self.paywalled and not request.user.is_authenticated and not getattr(request, "is_preview", False)
        context["shut"] = shut
        context["blocks"] = list(self.body)[:OPEN_BLOCKS] if shut else self.body
        context["corrections"] = list(self.corrections.all())
        context["related"] = related_to(self, timezone.now())
        return context
