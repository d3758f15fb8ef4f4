"""What the desk knows of one article: the posts about it, what readers said, its concerns; and the way there from Wagtail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import BaseItem
from wagtail.admin.widgets.button import Button, HeaderButton, ListingButton
from wagtail.models import AbstractPage

from smeditor.articles import is_article
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskPage
from smeditor.desk.inbox.cards import cards_of, readable
from smeditor.models import Concern, Label, Post, PublishedArticle, Reaction, ReactionLabel
from smeditor.permissions import ANSWER_REACTION, VIEW_CONCERN, VIEW_POST, VIEW_REACTION
from smeditor.permissions.visibility import concerns_visible_to, posts_visible_to, reactions_visible_to

ADD_POST = "smeditor.add_post"
SHOWN = 15


class Article(DeskPage):
    """The story's memory: what we said where, and what came back."""

    any_permission_required = (VIEW_REACTION, VIEW_POST)
    header_icon = "doc-full"
    template_name = "smeditor/admin/articles/article.html"

    @cached_property
    def article(self) -> AbstractPage:
        """The article that the address names. Raises Http404, and PermissionDenied for a page that is no article."""
        page = get_object_or_404(page_model(), pk=self.kwargs["pk"])
        if not is_article(page.specific):
            raise PermissionDenied
        return page

    def get_page_title(self) -> str:
        """The article's title, in a sentence."""
        return gettext("About “%(article)s”") % {"article": self.article.title}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to a new post about it, for who may write one."""
        if not self.request.user.has_perm(ADD_POST):
            return []
        return [HeaderButton(_("Write a post"), url=write_url(self.article), icon_name="edit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the posts, the readers' answers and the concerns, each only for who may see such."""
        user, article = self.request.user, self.article
        context: dict[str, Any] = {"article": article, "may_answer": user.has_perm(ANSWER_REACTION)}
        if user.has_perm(VIEW_POST):
            context["outbox"] = PublishedArticle.objects.filter(article_key=article.pk, handled_at__isnull=True).first()
            posts = posts_visible_to(user).filter(article_key=article.pk).exclude(kind=Post.Kind.REPLY)
            context["posts"] = posts.prefetch_related("deliveries__account").select_related("created_by")[:SHOWN]
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
    """In the bar of an article's public page: the way to its page on the desk."""

    template_name = "smeditor/userbar/article.html"

    def __init__(self, page: AbstractPage) -> None:
        super().__init__()
        self.page = page


def add_to_userbar(request: Any, items: list[Any], page: AbstractPage | None) -> None:
    """Add the desk's item to ``items`` where ``page`` is an article and the user may see it."""
    if page is not None and page.pk and is_article(page.specific) and may_see(request.user):
        items.append(ArticleUserbarItem(page))
