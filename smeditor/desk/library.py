"""The library: posts to say again, what each did last time, and what speaks against it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, Table

from smeditor.desk.base import DeskListing, OperationView
from smeditor.desk.results import short_of
from smeditor.desk.viewsets import ListingViewSet
from smeditor.exceptions import NotAllowed
from smeditor.models import LibraryEntry, NewsClass, Post
from smeditor.permissions import ADD_POST, SCHEDULE_POST, VIEW_DELIVERY, VIEW_POST
from smeditor.permissions.visibility import library_visible_to, posts_visible_to
from smeditor.publishing import library


class LibraryFilterSet(WagtailFilterSet):
    """By class."""

    news_class = django_filters.ChoiceFilter(
        label=_("Class"),
        field_name="post__news_class",
        choices=NewsClass.choices,
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = LibraryEntry
        fields: list[str] = []


class EntryColumn(Column):
    """The post's text whole, and what warns against saying it again as it is."""

    cell_template_name = "smeditor/admin/cells/library_entry.html"

    def get_cell_context_data(self, instance: LibraryEntry, parent_context: Any) -> dict[str, Any]:
        """The cell receives the post, the warnings, and the token and the right for its button."""
        request = parent_context["request"]
        return {
            **super().get_cell_context_data(instance, parent_context),
            "warnings": vars(instance)["fared"].warnings,
            "may_use": request.user.has_perm(ADD_POST),
            "may_forget": request.user.has_perm(SCHEDULE_POST),
            "csrf_token": get_token(request),
        }


class LastTimeColumn(Column):
    """What the post did on each account when it was said last."""

    cell_template_name = "smeditor/admin/cells/library_last.html"

    def get_cell_context_data(self, instance: LibraryEntry, parent_context: Any) -> dict[str, Any]:
        """The cell receives each publication with its numbers, none for who may not see deliveries."""
        may_see = parent_context["request"].user.has_perm(VIEW_DELIVERY)
        rows = vars(instance)["fared"].deliveries if may_see else []
        return {
            **super().get_cell_context_data(instance, parent_context),
            "last": [(delivery, short_of(delivery)) for delivery in rows],
        }


class LibraryIndexView(DeskListing):
    """The posts in the library that this user may see, the newest first."""

    any_permission_required = (VIEW_POST,)
    model = LibraryEntry
    page_title = _("Library")
    filterset_class = LibraryFilterSet
    default_ordering = "-kept_at"
    columns = [
        EntryColumn("post", label=_("Post")),
        LastTimeColumn("last", label=_("Last time"), accessor=lambda entry: ""),
        DateColumn("used_at", label=capfirst(_("used again"))),
        DateColumn("kept_at", label=capfirst(_("kept")), sort_key="kept_at"),
    ]

    def get_base_queryset(self) -> QuerySet[LibraryEntry]:
        """Each with its post."""
        return library_visible_to(self.request.user).select_related("post")

    def get_table(self, object_list: Iterable[LibraryEntry]) -> Table:
        """Give each entry of this page ``fared``: how it fared."""
        entries = list(object_list)
        found = library.last_times(entries)
        for entry in entries:
            vars(entry)["fared"] = found[entry.pk]
        return super().get_table(entries)


class LibraryListing(ListingViewSet):
    """The library's list."""

    icon = "folder-open-inverse"
    index_view_class = LibraryIndexView


class EntryOperation(OperationView[LibraryEntry]):
    """What is done to one entry that this user may see; afterwards one is in the library."""

    model = LibraryEntry

    def get_base_object_queryset(self) -> QuerySet[LibraryEntry]:
        """The entries that this user may see."""
        return library_visible_to(self.request.user).select_related("post")

    def get_success_url(self) -> str:
        """The page that the form names, else the library."""
        return self.next_url or reverse("smeditor:library")


class UseAgain(EntryOperation):
    """Write a new draft from an entry, and open it."""

    any_permission_required = (ADD_POST,)
    draft: Post | None = None

    def perform_operation(self) -> None:
        """Write the draft, and say what speaks against sending it as it is."""
        for warning in library.last_times([self.object])[self.object.pk].warnings:
            messages.warning(self.request, warning)
        self.draft = library.use_again(self.object, self.request.user, timezone.now())
        self.success_message = gettext("Here is a new draft of it. Its link gets a token of its own when it goes out.")

    def get_success_url(self) -> str:
        """The draft."""
        if self.draft is None:
            return super().get_success_url()
        return reverse("smeditor_posts:edit", args=[self.draft.pk])


class Forget(EntryOperation):
    """Take an entry out of the library; its post stays."""

    any_permission_required = (SCHEDULE_POST,)

    def perform_operation(self) -> None:
        """Delete the entry."""
        self.object.delete()
        self.success_message = gettext("It is no longer in the library.")


class Keep(OperationView[Post]):
    """Keep a post in the library."""

    any_permission_required = (SCHEDULE_POST,)
    model = Post

    def get_base_object_queryset(self) -> QuerySet[Post]:
        """The posts that this user may see."""
        return posts_visible_to(self.request.user)

    def get_success_url(self) -> str:
        """The page that the form names, else the library."""
        return self.next_url or reverse("smeditor:library")

    def check_object(self) -> None:
        """Raises NotAllowed for an answer to a reader, which is said once."""
        if self.object.kind == Post.Kind.REPLY:
            raise NotAllowed(gettext("An answer to a reader is not said again."))

    def perform_operation(self) -> None:
        """Keep it."""
        library.keep(self.object, self.request.user, timezone.now())
        self.success_message = gettext("It is in the library.")
