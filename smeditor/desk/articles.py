"""What the desk knows of one article: the posts about it, what readers said, its concerns; and the way there from Wagtail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.userbar import BaseItem
from wagtail.admin.widgets.button import Button, HeaderButton, ListingButton
from wagtail.models import AbstractPage

from smeditor.articles import is_article, source_of
from smeditor.articles.page_model import page_model
from smeditor.desk import story
from smeditor.desk.base import DeskPage
from smeditor.desk.inbox.cards import cards_of, readable
from smeditor.models import Concern, Delivery, Label, PublishedArticle, Reaction, ReactionLabel
from smeditor.permissions import (
    ADD_POST,
    ANSWER_REACTION,
    CHANGE_CORRECTION,
    VIEW_CONCERN,
    VIEW_POST,
    VIEW_REACTION,
    VIEW_RULE,
)
from smeditor.permissions.visibility import concerns_visible_to, reactions_visible_to
from smeditor.publishing.checks.articles import SAME_STORY_WITHIN
from smeditor.publishing.checks.situation import ALIVE

SHOWN = 15


class Article(DeskPage):
    """The story's memory: what we said where, and what came back."""

    any_permission_required = (VIEW_REACTION, VIEW_POST)
    header_icon = "doc-full"
    template_name = "smeditor/admin/articles/article.html"

    @cached_property
    def article(self) -> AbstractPage:
        """The article that the address names. Raises Http404, and PermissionDenied for a page that is no article."""
        page = get_object_or_404(page_model(), pk=self.kwargs["pk"]).specific
        if not is_article(page):
            raise PermissionDenied
        return source_of(page)

    def get_page_title(self) -> str:
        """The article's title, in a sentence."""
        return gettext("About “%(article)s”") % {"article": self.article.title}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The ways to a new post about it and to a correction of all that was posted, each for who may."""
        user, buttons = self.request.user, []
        if user.has_perm(ADD_POST):
            buttons.append(HeaderButton(_("Write a post"), url=write_url(self.article), icon_name="edit"))
        if user.has_perm(CHANGE_CORRECTION):
            url = reverse("smeditor:article_correct", args=[self.article.pk])
            buttons.append(HeaderButton(_("Correction on this article"), url=url, icon_name="rotate"))
        if user.has_perm(VIEW_RULE):
            url = reverse("smeditor:article_rules", args=[self.article.pk])
            buttons.append(HeaderButton(_("Why the rules fired, or did not"), url=url, icon_name="cogs"))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the posts, the readers' answers and the concerns, each only for who may see such."""
        user, article = self.request.user, self.article
        context: dict[str, Any] = {"article": article, "may_answer": user.has_perm(ANSWER_REACTION)}
        if user.has_perm(VIEW_POST):
            context["outbox"] = PublishedArticle.objects.filter(article_key=article.pk, handled_at__isnull=True).first()
            context["entries"] = story.memory(user, article.pk, SHOWN)
            context["clashes"] = clashes(context["entries"])
        if user.has_perm(VIEW_REACTION):
            context |= self.reactions()
        if user.has_perm(VIEW_CONCERN):
            concerns = concerns_visible_to(user).filter(article=article, merged_into__isnull=True).exclude(label="")
            context["concerns"] = concerns.exclude(state=Concern.State.FORMING)[:SHOWN]
        return super().get_context_data(**context, **kwargs)

    def reactions(self) -> dict[str, Any]:
        """What readers said: how many people, of which kind, under which label, and the newest as cards."""
        rows = reactions_visible_to(self.request.user).filter(article=self.article)
        shown = rows.filter(queue__in=[Reaction.Queue.INBOX, Reaction.Queue.DONE])
        counted = Q(reader__is_staff=False, reader__is_bot=False)
        labels = ReactionLabel.objects.filter(reaction__in=shown, present=True).order_by()
        names = dict(Label.choices)
        return {
            "people": rows.aggregate(n=Count("reader", distinct=True, filter=counted))["n"],
            "by_kind": rows.order_by().values_list("kind").annotate(n=Count("pk")).order_by("-n"),
            "by_label": [
                (names.get(label, label), n)
                for label, n in labels.values_list("label").annotate(n=Count("pk")).order_by("-n")
            ],
            "cards": cards_of(readable(shown).order_by("-published_at", "-pk")[:SHOWN], self.request.user),
        }


def clashes(entries: list[story.StoryPost]) -> list[tuple[Delivery, Delivery]]:
    """Pairs of deliveries with which two desks tell the story within ``SAME_STORY_WITHIN`` of each other, by their slots."""
    on_air = [sent.delivery for entry in entries for sent in entry.sent if sent.delivery.state in ALIVE]
    of_desks = sorted((delivery for delivery in on_air if delivery.account.desk_id), key=lambda delivery: delivery.slot)
    return [
        (earlier, later)
        for earlier, later in pairwise(of_desks)
        if earlier.account.desk_id != later.account.desk_id and later.slot - earlier.slot <= SAME_STORY_WITHIN
    ]


def write_url(page: AbstractPage) -> str:
    """The address of a new post about ``page``."""
    return f"{reverse('smeditor_posts:add')}?article={page.pk}"


def desk_url(page: AbstractPage) -> str:
    """The address of the desk's page about ``page``."""
    return reverse("smeditor:article", args=[page.pk])


def may_see(user: Any) -> bool:
    """Whether ``user`` may open the desk's page about an article."""
    return any(user.has_perm(permission) for permission in Article.any_permission_required)


def header_buttons(page: AbstractPage, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """For the header of an article's own page in the admin."""
    if not is_article(page) or page.pk is None:
        return
    if user.has_perm(ADD_POST):
        yield Button(_("Write a post about this article"), write_url(page), icon_name="edit", priority=65)
    if may_see(user):
        yield Button(_("On the social desk"), desk_url(page), icon_name="comment", priority=66)


def listing_buttons(page: AbstractPage, user: Any, next_url: str | None = None) -> Iterator[ListingButton]:
    """For an article's line in the page explorer."""
    if not is_article(page):
        return
    if user.has_perm(ADD_POST):
        yield ListingButton(_("Write a post"), write_url(page), icon_name="edit", priority=35)
    if may_see(user):
        yield ListingButton(_("On the social desk"), desk_url(page), icon_name="comment", priority=36)


class ArticleUserbarItem(BaseItem):
    """In the bar of an article's public page: the way to its page on the desk, and to a new post."""

    template_name = "smeditor/userbar/article.html"

    def __init__(self, url: str, label: StrOrPromise, icon: str) -> None:
        super().__init__()
        self.url, self.label, self.icon = url, label, icon


def add_to_userbar(request: Any, items: list[Any], page: AbstractPage | None) -> None:
    """Add the desk's items to ``items`` where ``page`` is an article and the user may see it, or write about it."""
    if page is None or not page.pk or not is_article(page.specific):
        return
    if request.user.has_perm(ADD_POST):
        items.append(ArticleUserbarItem(write_url(page), _("Write a post about this article"), "edit"))
    if may_see(request.user):
        items.append(ArticleUserbarItem(desk_url(page), _("On the social desk"), "comment"))
