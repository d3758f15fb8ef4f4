"""Filters of the list of posts."""

from __future__ import annotations

from collections.abc import Iterable

import django_filters
from django import forms
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import WorkflowState

from smeditor.models import Account, ArticleDrift, Delivery, NewsClass, Post
from smeditor.permissions.visibility import deliveries_visible_to

EVERYTHING = "all"
DRIFT = [
    (ArticleDrift.State.OPEN, _("no longer matches")),
    (ArticleDrift.State.TAKEN, _("update waits for approval")),
    (ArticleDrift.State.LEFT, _("left as it is")),
]


class Stage:
    """How far a post is on its way to approval."""

    DRAFT, WAITING, APPROVED = "draft", "waiting", "approved"
    choices = [(DRAFT, _("draft")), (WAITING, _("waiting for approval")), (APPROVED, _("approved"))]


class PostFilterSet(WagtailFilterSet):
    """By stage, account, delivery, kind and class."""

    stage = django_filters.ChoiceFilter(
        label=_("State"), choices=Stage.choices, method="by_stage", empty_label=_("All"), widget=forms.RadioSelect
    )
    accounts = django_filters.ModelMultipleChoiceFilter(
        label=_("Accounts"), queryset=Account.objects.all(), widget=forms.CheckboxSelectMultiple, method="by_accounts"
    )
    delivery = django_filters.ChoiceFilter(
        label=_("Delivery"),
        choices=Delivery.State.choices,
        method="by_delivery",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[*Post.Kind.choices, (EVERYTHING, _("all, with answers to readers"))],
        method="by_kind",
        empty_label=_("all but answers to readers"),
        widget=forms.RadioSelect,
    )
    story = django_filters.ChoiceFilter(
        label=_("Article"),
        choices=DRIFT,
        method="by_story",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    news_class = django_filters.ChoiceFilter(
        label=_("Class"), choices=NewsClass.choices, empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = Post
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Answers to readers would fill the list: they stay out unless asked for, or while they wait for approval."""
        asked = self.form.cleaned_data
        if not asked.get("kind") and asked.get("stage") != Stage.WAITING:
            queryset = queryset.filter(kind=Post.Kind.STORY)
        return super().filter_queryset(queryset)

    def by_accounts(self, queryset: QuerySet[Post], name: str, value: Iterable[Account]) -> QuerySet[Post]:
        """``queryset``, narrowed to posts for one of the accounts; whole where none is chosen."""
        chosen = list(value)
        on = Post.accounts.through.objects.filter(post=OuterRef("pk"), account__in=chosen)
        return queryset.filter(Exists(on)) if chosen else queryset

    def by_delivery(self, queryset: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """``queryset``, narrowed to posts with a delivery in that state.

        By a list of them: asked for each post, SQLite would look through all deliveries in that state for each.
        """
        return queryset.filter(pk__in=deliveries_visible_to(self.request.user).filter(state=value).values("post"))

    def by_kind(self, queryset: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """``queryset``, narrowed to one kind of post, or whole."""
        return queryset if value == EVERYTHING else queryset.filter(kind=value)

    def by_story(self, queryset: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """``queryset``, narrowed to posts that no longer match their article, or of which an update waits for approval.

        By a list of them, which an index holds: they are few, however many posts there are.
        """
        return queryset.filter(pk__in=ArticleDrift.objects.filter(state=value).values("post"))

    def by_stage(self, queryset: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """``queryset``, narrowed to drafts, to what waits in a workflow, or to what is approved."""
        in_progress = WorkflowState.objects.filter(
            base_content_type__app_label="smeditor",
            base_content_type__model="post",
            status=WorkflowState.STATUS_IN_PROGRESS,
        )
        waiting = in_progress.annotate(key=Cast("object_id", BigIntegerField())).values("key")
        if value == Stage.WAITING:
            return queryset.filter(pk__in=waiting)
        if value == Stage.APPROVED:
            return queryset.filter(live=True)
        return queryset.filter(live=False).exclude(pk__in=waiting)
