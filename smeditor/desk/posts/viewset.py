"""Posts as a Wagtail snippet: drafts, workflow, lock, preview and history are Wagtail's own."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column, DateColumn, UserColumn
from wagtail.snippets.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from smeditor.articles import article_adapter, is_article
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.capped import CappedPaginator, UnorderedPaginator
from smeditor.desk.gates import gated
from smeditor.desk.hold_bar import HoldBar
from smeditor.desk.inspect import SnippetInspectView
from smeditor.desk.planning.prefill import planned
from smeditor.desk.posts import filters, form, previewing, starting
from smeditor.desk.posts.approving import ApproveInWorkflow, AsksForApproval, SeesTheNewest
from smeditor.desk.posts.choosing import PostChooserViewSet
from smeditor.desk.posts.panels import DeliveriesSidePanel, PreflightSidePanel
from smeditor.desk.posts.story_panel import StorySidePanel
from smeditor.desk.search import SearchesForms
from smeditor.models import Delivery, Post
from smeditor.models.approval import is_own
from smeditor.models.full_text import POSTS
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing import fast_lane, preflight


class PostIndexView(HoldBar, SearchesForms, IndexView):
    """The list of posts."""

    table_classname = "listing sme-listing"
    add_item_label = _("Write a post")
    full_text = POSTS
    search_fields = ["text", "article_title"]

    @property
    def paginator_class(self) -> type[CappedPaginator]:
        """Those for some of the accounts are counted in no order: in theirs, PostgreSQL reads and sorts every post first."""
        chosen = self.filters is not None and self.filters.is_valid() and self.filters.form.cleaned_data["accounts"]
        return UnorderedPaginator if chosen else CappedPaginator

    def get_base_queryset(self) -> QuerySet[Post]:
        """The posts that this user may see, with what their rows show."""
        visible = posts_visible_to(self.request.user)
        posts = visible.select_related("created_by__wagtail_userprofile", "latest_revision", "article", "drift")
        return posts.prefetch_related("deliveries__account", "accounts")


class PostCreateView(HoldBar, AsksForApproval, CreateView):
    """A new post; with ``?article=`` about that article (:mod:`.starting`), with ``?account=&send_at=`` at that time."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Wagtail's own, with a name that French can say."""
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": _("Write a post")}]

    def get_initial_form_instance(self) -> Post:
        """An empty post, or one about the article that the address names, planned as the address says."""
        return planned(self.begun(), self.request)

    def begun(self) -> Post:
        """An empty post, or one about the article that the address names."""
        return starting.start(self.request) or super().get_initial_form_instance() or Post()

    def is_valid(self, form: Any) -> bool:
        """Also whether there is something to save: autosave waits for the first word."""
        if self.expects_json_response and not _says_something(self.request.POST):
            # Who only chose an article and leaves has written no post: autosave waits for the first word.
            self.produced_error_code = "validation_error"
            self.produced_error_message = gettext("It is saved as soon as it has a text.")
            return False
        return super().is_valid(form)

    def save_instance(self) -> Post:
        """Save the post with who wrote it."""
        self.form.instance.created_by = self.request.user
        return super().save_instance()

    def get_side_panels(self) -> MediaContainer:
        """Wagtail's own, and the desk's two."""
        # Empty until the first saving: Wagtail's autosave then fills the places that are there, and makes none.
        panels = super().get_side_panels()
        panels.append(PreflightSidePanel(self.form.instance, self.request, []))
        panels.append(DeliveriesSidePanel(self.form.instance, self.request))
        return panels

    def get_success_message(self, instance: Post) -> str | None:
        """What approving led to; otherwise Wagtail's own."""
        if self.action == "publish":
            return approved_sentence(instance)
        return super().get_success_message(instance)


def _says_something(data: QueryDict) -> bool:
    """Whether a form as it was typed has a text, a poll, an image or a video."""
    if data.get("text", "").strip() or data.get("poll_options", "").strip():
        return True
    return any(value and re.fullmatch(r"media-\d+-(image|video)", name) for name, value in data.items())


class PostDeleteView(DeleteView):
    """What was sent, or is on its way, stays on record: it is withdrawn, never deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the post, with the reason, where it has deliveries."""
        if self.object.deliveries.exists():
            messages.error(
                request, gettext("This post has deliveries, which stay on record. Withdraw its approval instead.")
            )
            return redirect("smeditor_posts:edit", self.object.pk)
        return super().dispatch(request, *args, **kwargs)


class PostEditView(HoldBar, SeesTheNewest, EditView):
    """The form of a post that is there."""

    def get_side_panels(self) -> MediaContainer:
        """Wagtail's own, and the desk's two: what to check and where it is on its way."""
        panels = super().get_side_panels()
        findings = preflight.check(self.object, timezone.now(), user=self.request.user).findings
        fast = not self.object.live and fast_lane.is_needed(self.object, self.request.user)
        panels.append(PreflightSidePanel(self.object, self.request, findings, fast_lane=fast))
        panels.append(StorySidePanel(self.object, self.request))
        panels.append(DeliveriesSidePanel(self.object, self.request))
        return panels

    def get_success_message(self) -> str | None:
        """What approving led to; otherwise Wagtail's own."""
        if self.action == "publish":
            return approved_sentence(self.object)
        return super().get_success_message()


def approved_sentence(post: Post) -> str:
    """What approving a post led to, in a sentence."""
    rows = list(Delivery.objects.filter(post=post).select_related("account"))
    if not rows:
        return gettext("Approved, but it goes nowhere yet: choose an account and approve it again.")
    waiting = sum(row.state == Delivery.State.SCHEDULED for row in rows)
    stopped = [f"{row.account}: {row.state_reason}" for row in rows if row.state == Delivery.State.STOPPED]
    sentence = ngettext(
        "Approved. %(count)d delivery is scheduled.", "Approved. %(count)d deliveries are scheduled.", waiting
    ) % {"count": waiting}
    return " ".join([sentence, *(gettext("Stopped: %s") % reason for reason in stopped)])


class ApproveMenuItem(PublishMenuItem):
    """Publishing a post means approving it: nothing is sent before the worker's last look."""

    template_name = "smeditor/admin/posts/action_approve.html"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """As Wagtail shows it, but not to who wrote the text and may not approve it."""
        post = context.get("instance")
        own = post is not None and post.pk is not None and is_own(post, context["request"].user)
        return super().is_shown(context) and not own


class WithdrawMenuItem(UnpublishMenuItem):
    """Unpublishing a post means withdrawing its approval."""

    label = _("Withdraw approval")


def rename_actions(menu_items: list[Any], request: Any, context: dict[str, Any]) -> None:
    """Say "approve" and "withdraw" where Wagtail says "publish" and "unpublish"."""
    if context.get("model") is not Post:
        return
    for position, item in enumerate(menu_items):
        if type(item) is PublishMenuItem:
            menu_items[position] = ApproveMenuItem(order=item.order)
        elif type(item) is UnpublishMenuItem:
            menu_items[position] = WithdrawMenuItem(order=item.order)


class DeliveriesColumn(Column):
    """The post's deliveries, each with its state."""

    cell_template_name = "smeditor/admin/cells/deliveries.html"


class PostStatusColumn(Column):
    """How far the post is: draft, waiting, approved."""

    cell_template_name = "smeditor/admin/cells/post_status.html"


class PostViewSet(SnippetViewSet):
    """Posts in the admin: Wagtail's snippet with the desk's list, form, side panels and rules of approval."""

    chooser_viewset_class = PostChooserViewSet
    delete_view_class = PostDeleteView
    inspect_view_class = SnippetInspectView
    inspect_view_fields = [
        "text", "article", "link", "accounts", "media", "poll_options", "first_comment", "quotes", "send_at",
        "news_class",
    ]  # fmt: skip
    index_view_class = PostIndexView
    add_view_class = PostCreateView
    edit_view_class = PostEditView
    preview_on_add_view_class = previewing.PreviewNewPost
    preview_on_edit_view_class = previewing.PreviewPost
    revisions_view_class = previewing.PreviewPostRevision
    workflow_preview_view_class = previewing.PreviewPostTask
    workflow_action_view_class = ApproveInWorkflow
    filterset_class = filters.PostFilterSet
    ordering = ["-created_at", "-pk"]
    list_display = [
        "__str__",
        Column("article_title", label=_("Article")),
        PostStatusColumn("status", label=_("State"), accessor=lambda post: post.live),
        DeliveriesColumn("deliveries", label=_("Deliveries"), accessor=lambda post: ""),
        UserColumn("created_by", label=capfirst(_("written by"))),
        DateColumn("created_at", label=capfirst(_("written")), sort_key="created_at"),
    ]
    edit_handler = form.edit_handler()

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's own addresses, each gated."""
        return gated(Post, super().get_urlpatterns())


class AboutArticle(DeskPermissionMixin, View):
    """Answer ``sme-about``: the link and a first text for a post about an article."""

    any_permission_required = ("smeditor.add_post", "smeditor.change_post")
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        """``{"text", "link"}`` as JSON, both empty for a page that is no article."""
        page = get_object_or_404(page_model(), pk=pk)
        if not is_article(page.specific):
            return JsonResponse({"text": "", "link": ""})
        post = form.about(article_adapter().facts(page.specific))
        return JsonResponse({"text": post.text, "link": post.link})
