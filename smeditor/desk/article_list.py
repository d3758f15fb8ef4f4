"""The newest articles, and what was posted about each: the way from a story to everything that the desk has on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, Table, TitleColumn
from wagtail.models import AbstractPage, Site

from smeditor.articles import article_models
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskListing
from smeditor.desk.capped import UnorderedPaginator
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import ArticleDrift, Delivery, Desk, Post
from smeditor.permissions import ADD_POST, VIEW_POST, VIEW_REACTION
from smeditor.permissions.visibility import (
    deliveries_visible_to,
    posts_visible_to,
    reactions_visible_to,
    stories_visible_to,
)
from smeditor.text.params import parse_id

DESKS_LATEST = 2_000
"""Posts of a desk, the latest, of which the articles come that it posted about."""
MOST_POSTS = 400
"""Posts that are read for one page of the list, the newest; of each article ``SHOWN`` are named."""
SHOWN = 3
MOST_SITES, MOST_SECTIONS = 20, 60
STEP = AbstractPage.steplen
"""Characters of a page's path for each level of the tree."""


class PostedColumn(Column):
    """The posts about an article: for each account how the newest delivery stands, then the newest posts."""

    cell_template_name = "smeditor/admin/cells/posted.html"


class WriteColumn(Column):
    """The way to a new post about an article, in one click."""

    cell_template_name = "smeditor/admin/cells/write.html"


@dataclass
class Posted:
    """What was posted about one article: ``dots`` is the newest delivery on each account, ``more`` how many posts go unnamed."""

    dots: list[Delivery] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    more: int = 0


def sections() -> list[tuple[str, str]]:
    """(id, title) of the pages right under the sites' home pages that have pages below them: what readers know as sections."""
    homes = Site.objects.values("root_page__path")
    below = page_model().objects.filter(numchild__gt=0, live=True)
    found = [
        page
        for home in homes.order_by("-is_default_site")[:MOST_SITES]
        for page in below.filter(
            path__startswith=home["root_page__path"], depth=len(home["root_page__path"]) // STEP + 1
        )[:MOST_SECTIONS]
    ]
    return [(str(page.pk), page.title) for page in found]


class ArticleFilterSet(WagtailFilterSet):
    """By whether something was posted, by which desk, and by section."""

    posted = django_filters.ChoiceFilter(
        label=_("Posts"),
        choices=[
            ("no", _("nothing posted yet")),
            ("yes", _("something posted")),
            ("drifted", _("a post no longer matches")),
        ],
        method="by_posted",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    desk = django_filters.ModelChoiceFilter(
        label=_("Desk"), queryset=Desk.objects.all(), method="by_desk", empty_label=_("All"), widget=forms.RadioSelect
    )
    section = django_filters.ChoiceFilter(
        label=_("Section"), choices=sections, method="by_section", empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = page_model()
        fields: list[str] = []

    def posts(self) -> QuerySet[Post]:
        """The posts about an outer article that this user may see, narrowed to those for the desk that is chosen."""
        rows = stories_visible_to(self.request.user).filter(article_key=OuterRef("pk")).order_by()
        desk = self.form.cleaned_data.get("desk")
        if desk is None:
            return rows
        accounts = list(desk.accounts.values_list("pk", flat=True))
        return rows.filter(Exists(Post.accounts.through.objects.filter(post=OuterRef("pk"), account__in=accounts)))

    def by_posted(self, queryset: QuerySet[AbstractPage], name: str, value: str) -> QuerySet[AbstractPage]:
        """``queryset``, narrowed to articles with posts, without any, or with one that no longer matches."""
        rows = self.posts()
        if value == "no":
            return queryset.filter(~Exists(rows))
        if value == "drifted":
            rows = rows.filter(drift__state=ArticleDrift.State.OPEN)
        return queryset.filter(Exists(rows))

    def by_desk(self, queryset: QuerySet[AbstractPage], name: str, value: Desk) -> QuerySet[AbstractPage]:
        """``queryset``, narrowed to what the desk posted about lately, unless the filter beside it asks for more than that."""
        if self.form.cleaned_data.get("posted"):
            return queryset
        latest = Post.accounts.through.objects.filter(account__in=list(value.accounts.values_list("pk", flat=True)))
        # By their numbers: as a part of the question PostgreSQL would rather read every post there is.
        posts = stories_visible_to(self.request.user).filter(
            pk__in=list(latest.order_by("-post").values_list("post", flat=True)[:DESKS_LATEST])
        )
        return queryset.filter(pk__in=set(posts.order_by().values_list("article_key", flat=True)))

    def by_section(self, queryset: QuerySet[AbstractPage], name: str, value: str) -> QuerySet[AbstractPage]:
        """``queryset``, narrowed to the pages below a section."""
        section = page_model().objects.filter(pk=parse_id(value)).first()
        if section is None:
            return queryset.none()
        return queryset.filter(path__startswith=section.path, depth__gt=section.depth)


class ArticleIndexView(DeskListing):
    """Live articles, the newest first."""

    paginator_class = UnorderedPaginator
    """The table of pages is Wagtail's, which has no index in the order of publication."""

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
        WriteColumn("write", label=""),
        NumberColumn("people", label=_("Readers who answered"), sort_key="people"),
    ]
    needs = {"posted": VIEW_POST, "people": VIEW_REACTION, "write": ADD_POST}
    filterset_class = ArticleFilterSet

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
        """Give each article of this page ``posted``, what was posted about it, and ``people``, who answered."""
        pages = list(object_list)
        about = self.about([page.pk for page in pages]) if self.request.user.has_perm(VIEW_POST) else {}
        people = {row["article"]: row["n"] for row in self.readers(article__in=pages)}
        for page in pages:
            page.posted, page.people = posted(about.get(page.pk, [])), people.get(page.pk, 0)
        return super().get_table(pages)

    def about(self, keys: list[int]) -> dict[int, list[Any]]:
        """The newest posts about articles that this user sees, the newest first, by the article's key, with what their cells show."""
        visible = posts_visible_to(self.request.user).filter(article_key__in=keys).exclude(kind=Post.Kind.REPLY)
        sent = Prefetch(
            "deliveries", deliveries_visible_to(self.request.user).select_related("account"), "seen_deliveries"
        )
        found: dict[int, list[Any]] = defaultdict(list)
        rows = visible.select_related("drift").prefetch_related(sent).order_by("-created_at", "-pk")[:MOST_POSTS]
        for post in rows:
            found[post.article_key or 0].append(post)
        return found


def posted(posts: list[Any]) -> Posted:
    """What the list shows of the posts about one article, the newest first, read with their ``seen_deliveries``."""
    newest: dict[int, Delivery] = {}
    for post in posts:
        for delivery in sorted(post.seen_deliveries, key=lambda row: (row.slot, row.pk), reverse=True):
            if delivery.operation == Delivery.Operation.PUBLISH:
                newest.setdefault(delivery.account_id, delivery)
    return Posted(sorted(newest.values(), key=lambda row: str(row.account)), posts[:SHOWN], max(len(posts) - SHOWN, 0))


class ArticleListing(ListingViewSet):
    """The list of articles."""

    icon = "doc-full"
    index_view_class = ArticleIndexView
