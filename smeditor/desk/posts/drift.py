"""The page of one post on which it is compared with its article, and the two acts: take the update, leave it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk import story
from smeditor.desk.base import DeskPage, OperationView, Parents
from smeditor.models import Approval, ArticleDrift, Post
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.permissions import CHANGE_POST, VIEW_POST
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing import drift, drift_update


class PostDrift(DeskPage):
    """What changed in the article since the post was written, what the update would make of the post, and the choice."""

    any_permission_required = (VIEW_POST,)
    header_icon = "doc-full"
    template_name = "smeditor/admin/posts/drift.html"

    @cached_property
    def post_object(self) -> Post:
        """The post that the address names. Raises Http404 when this user may not see it."""
        rows = posts_visible_to(self.request.user).select_related("article", "created_by", "drift__left_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The list of posts, and the post."""
        here = reverse("smeditor_posts:edit", args=[self.post_object.pk])
        return ((reverse_lazy("smeditor_posts:list"), _("Posts")), (here, str(self.post_object)))

    def get_page_title(self) -> str:
        """What is compared."""
        return gettext("The post and its article")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the changes, the update, and whether this user may decide."""
        post = self.post_object
        row: ArticleDrift | None = getattr(post, "drift", None)
        facts = drift.facts_now(post.article) if row is not None else None
        update = drift_update.update_of(post, facts) if facts is not None else None
        approval = Approval.objects.filter(post=post).exclude(article_seen={}).first()
        refusal = drift_update.refusal(post, self.request.user)
        return super().get_context_data(
            post_object=post,
            drift=row,
            changes=story.changes_of(row, story.image_names([drift.found_in(row)])) if row is not None else [],
            update=update,
            seen=seen_hash(latest_revision(post)),
            approved=approval,
            approved_headline=approval.article_seen.get("headline", "") if approval else "",
            may_change=not refusal,
            refusal=refusal,
            **kwargs,
        )


class _Decision(OperationView[Post]):
    """What both acts share: who edits the post may do them, to the text and the article that the page showed."""

    any_permission_required = (CHANGE_POST,)
    model = Post
    success_url_name = "smeditor:post_drift"

    def get_base_object_queryset(self) -> QuerySet[Post]:
        """The posts that this user may see."""
        return posts_visible_to(self.request.user)

    def carried(self, name: str) -> str:
        """What the form carries back of what its page showed."""
        return self.request.POST.get(name, "")[:200]


class TakeUpdate(_Decision):
    """Take the article's update into the post, as this editor."""

    def perform_operation(self) -> None:
        """Save the changed text as a new revision. Raises SmeditorError."""
        user, now = self.request.user, timezone.now()
        again = drift_update.take(self.object, user, self.carried("seen"), self.carried("state"), now)
        self.success_message = (
            gettext("The post holds the update. It was approved before, so it must be approved again.")
            if again
            else gettext("The post holds the update.")
        )


class LeaveIt(_Decision):
    """Leave the post as it is, for this state of the article."""

    def perform_operation(self) -> None:
        """Remember it. Raises SmeditorError."""
        drift_update.leave(self.object, self.request.user, self.carried("state"), timezone.now())
        self.success_message = gettext(
            "The post stays as it is. You are told again when the article changes once more."
        )
