"""The front page and the sections."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from newsroom.articles.language import PublicPage
from newsroom.articles.listing import front_page, section_page

HEX_PATTERN = r"^#[0-9a-fA-F]{6}$"
HEX_COLOUR = RegexValidator(HEX_PATTERN, _("Write a colour as #1a2b3c."))


class HomePage(PublicPage):
    """The front page: a lead story, the latest, and the sections below."""

    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    lead_article = models.ForeignKey(
        "articles.ArticlePage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead story"),
        help_text=_("Empty: the latest article."),
    )

    template = "articles/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["articles.SectionPage", "articles.ArticlePage"]
    content_panels = [*Page.content_panels, FieldPanel("tagline"), FieldPanel("lead_article")]

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")

    def get_context(self, request, *args, **kwargs):
        """Adds what :func:`~newsroom.articles.listing.front_page` shows."""
        return {**super().get_context(request, *args, **kwargs), **front_page(self)}


class SectionPage(PublicPage):
    """A section, with its colour and its introduction; its articles hang below it."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    colour = models.CharField(_("colour"), max_length=7, default="#1f4e5f", validators=[HEX_COLOUR])
    desk_email = models.EmailField(_("desk's e-mail address"), blank=True)

    template = "articles/section_page.html"
    parent_page_types = ["articles.HomePage"]
    subpage_types = ["articles.ArticlePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("colour"), FieldPanel("desk_email")], heading=_("Desk")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request, *args, **kwargs):
        """Adds the page of articles that ``?page=`` asks for."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **section_page(self, request.GET.get("page"))}
