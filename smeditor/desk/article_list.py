"""The newest articles, and what was posted about each: the way from a story to everything that the desk has on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.ui.tables import Column, NumberColumn, Table, TitleColumn
from wagtail.models import AbstractPage

from smeditor.articles import article_models
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskListing
from smeditor.desk.capped import CappedPaginator
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import Post
from smeditor.permissions import VIEW_POST, VIEW_REACTION
from smeditor.permissions.visibility import deliveries_visible_to, posts_visible_to, reactions_visible_to


class PostedColumn(Column):
    """The posts about an article, each with the state of its deliveries."""

    cell_template_name = "smeditor/admin/cells/posted.html"


class ArticlePaginator(CappedPaginator):
    """Pages of articles: their table is Wagtail's, which has no index in the order of publication."""

    in_order = False


class ArticleIndexView(DeskListing):
    """Live articles, the newest first."""

    paginator_class = ArticlePaginator

    any_permission_required = (VIEW_REACTION, VIEW_POST)
    page_title = _("Articles")
    is_searchable = True
    search_fields = ["title"]
    default_ordering = "-first_published_at"
    table_classname = "listing sme-listing"

    @cached_property
    def verbose_name_plural(self) -> StrOrPromise:
        """Articles, whatever the host calls its page model."""
        return _("articles")

    columns = [
        TitleColumn("title", label=_("Article"), url_name="smeditor:article"),
        MomentColumn("first_published_at", label=_("Published"), sort_key="first_published_at"),
        PostedColumn("posted", label=_("What was posted"), accessor=lambda page: page.posted),
        NumberColumn("people", label=_("Readers who answered"), sort_key="people"),
    ]
    needs = {"posted": VIEW_POST, "people": VIEW_REACTION}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Leave out the columns of what this user may not see."""
        self.model = page_model()
        super().setup(request, *args, **kwargs)
        hidden = {name for name, permission in self.needs.items() if not request.user.has_perm(permission)}
        self.columns = [column for column in self.columns if column.name not in hidden]

    def get_base_queryset(self) -> QuerySet[AbstractPage]:
        """Live articles."""
        models = article_models()
        pages = page_model().objects.type(*models) if models else page_model().objects.none()
        return pages.live()

    def readers(self, **articles: Any) -> QuerySet[Any]:
        """``{"article", "n"}`` for each of ``articles``: how many readers answered, as far as this user sees what they wrote."""
        counted = Q(reader__is_staff=False, reader__is_bot=False)
        rows = reactions_visible_to(self.request.user).filter(**articles).order_by().values("article")
        return rows.annotate(n=Count("reader", distinct=True, filter=counted))

    def order_queryset(self, queryset: QuerySet[AbstractPage]) -> QuerySet[AbstractPage]:
        """Unless another order is asked for, the newest first and what has no date last.

        The readers of every article are counted only where they give the order.
        """
        if self.ordering == self.default_ordering:
            return queryset.order_by(F("first_published_at").desc(nulls_last=True), "-pk")
        if "people" in str(self.ordering):
            number = Subquery(self.readers(article=OuterRef("pk")).values("n"), output_field=IntegerField())
            queryset = queryset.annotate(people=Coalesce(number, 0))
        return super().order_queryset(queryset)

    def get_table(self, object_list: Iterable[AbstractPage]) -> Table:
        """Give each article of this page ``posted``, the posts about it that this user sees, and ``people``, who answered."""
        pages = list(object_list)
        about = defaultdict(list)
        if self.request.user.has_perm(VIEW_POST):
            visible = posts_visible_to(self.request.user).filter(article_key__in=[page.pk for page in pages])
            sent = Prefetch("deliveries", deliveries_visible_to(self.request.user).select_related("account"))
            for post in visible.exclude(kind=Post.Kind.REPLY).order_by("pk").prefetch_related(sent):
                about[post.article_key].append(post)
        people = {row["article"]: row["n"] for row in self.readers(article__in=pages)}
        for page in pages:
            page.posted, page.people = about[page.pk], people.get(page.pk, 0)
        return super().get_table(pages)


class ArticleListing(ListingViewSet):
    """The list of articles."""

    icon = "doc-full"
    index_view_class = ArticleIndexView
