"""The fast lane in the admin: sending breaking news at once, and the list of what is to be read afterwards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from smeditor.desk.base import DeskPage, OperationView
from smeditor.desk.posts.approving import tell_change
from smeditor.desk.posts.preview_cards import compose
from smeditor.exceptions import NotAllowed
from smeditor.models import Approval, Post
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.permissions import PUBLISH_POST, SCHEDULE_POST
from smeditor.permissions.visibility import fast_approvals_visible_to, posts_visible_to
from smeditor.publishing import approval, fast_lane

SHOWN = 30
"""Posts on the list: those to be read, the longest waiting first, then those that were read last."""


class FastLane(DeskPage):
    """One post whole, and the button that sends it without another pair of eyes."""

    any_permission_required = (SCHEDULE_POST,)
    header_icon = "upload"
    page_title = _("Fast lane")
    template_name = "smeditor/admin/posts/fast_lane.html"
    parents = ((reverse_lazy("smeditor_posts:list"), _("Posts")),)

    @cached_property
    def post_row(self) -> Post:
        """The post; 404 where this user does not see it."""
        return get_object_or_404(posts_visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The post as it was saved last, the hash of what is shown, and why it may not go this way."""
        revision = latest_revision(self.post_row)
        newest = revision.as_object() if revision else self.post_row
        return super().get_context_data(
            post=newest,
            composed=compose(newest, timezone.now(), self.request.user),
            seen=seen_hash(revision),
            refusal=fast_lane.refusal(self.post_row, self.request.user),
            edit_url=reverse("smeditor_posts:edit", args=[self.post_row.pk]),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve what the page showed; what may not be is said, and what changed is shown first."""
        try:
            fast_lane.approve(self.post_row, request.user, request.POST.get("seen", ""))
        except approval.TextChanged as error:
            tell_change(request, self.post_row, error)
            return self.get(request, *args, **kwargs)
        except approval.CannotApprove as error:
            messages.error(request, error.sentence)
            return self.get(request, *args, **kwargs)
        messages.success(request, gettext("Approved. Those who may approve were told to read it afterwards."))
        return redirect(reverse("smeditor_posts:edit", args=[self.post_row.pk]))


class ReadAfterwards(DeskPage):
    """What went out by the fast lane: to be read, and read lately."""

    any_permission_required = (PUBLISH_POST, SCHEDULE_POST)
    header_icon = "history"
    page_title = _("Read afterwards")
    template_name = "smeditor/admin/posts/read_afterwards.html"
    parents = ((reverse_lazy("smeditor_posts:list"), _("Posts")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows that wait, each with whether this user may say that they have read it; and the last that were read."""
        user = self.request.user
        rows = fast_approvals_visible_to(user).select_related("post", "user", "reviewed_by")
        rows = rows.prefetch_related("post__deliveries__account")
        waiting = list(rows.filter(review=Approval.Review.WAITING).order_by("at", "pk")[:SHOWN])
        reviewed = rows.filter(review=Approval.Review.READ).order_by("-reviewed_at", "-pk")[:SHOWN]
        return super().get_context_data(
            waiting=[{"row": row, "objection": fast_lane.review_objection(row, user)} for row in waiting],
            reviewed=list(reviewed),
            **kwargs,
        )


class Reviewed(OperationView[Approval]):
    """Say that one has read what went out by the fast lane."""

    any_permission_required = (PUBLISH_POST,)
    model = Approval

    def get_base_object_queryset(self) -> Any:
        """Those of the fast lane, of posts that this user may see."""
        return fast_approvals_visible_to(self.request.user)

    def get_success_url(self) -> str:
        """The page that the form names, else the list."""
        return self.next_url or reverse("smeditor:read_afterwards")

    def check_object(self) -> None:
        """Raises NotAllowed for who wrote it, or does not act for its accounts."""
        sentence = fast_lane.review_objection(self.object, self.request.user)
        if sentence:
            raise NotAllowed(sentence)

    def perform_operation(self) -> None:
        """Write it down."""
        fast_lane.review(self.object, self.request.user, timezone.now())
        self.success_message = gettext("Read. It is off the list.")
