"""Approving several posts in one go: each is shown whole, and approved only as it was shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from smeditor.desk.posts.approving import tell_change
from smeditor.models import Post
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.publishing import approval


class ApproveBulkAction(SnippetBulkAction):
    """Approve the chosen posts, as the page shows them."""

    display_name = _("Approve")
    action_type = "approve"
    aria_label = _("Approve the selected posts")
    template_name = "smeditor/admin/posts/bulk_approve.html"
    action_priority = 10
    models = [Post]

    def check_perm(self, post: Post) -> bool:
        """Whether this user may approve this very post."""
        return not approval.refusal(post, self.request.user)

    def object_context(self, post: Post) -> dict[str, Any]:
        """The page receives the newest revision of each post, its cards, its hash, and whether it changed since."""
        from smeditor.desk.posts.preview_cards import compose  # a site starts without what draws cards

        revision = latest_revision(post)
        newest = revision.as_object() if revision else post
        return {
            **super().object_context(post),
            "post": newest,
            "composed": compose(newest, timezone.now(), self.request.user),
            "seen": seen_hash(revision),
            "changed": post.pk in getattr(self, "changed", set()),
        }

    def prepare_action(self, objects: list[Post], objects_without_access: Any) -> HttpResponse | None:
        """Approve none of them when one is not as it was shown: the page comes again, with what is new."""
        self.changed = set()
        for post in objects:
            try:
                approval.check_seen(post, carried(self.request, post))
            except approval.TextChanged as error:
                self.changed.add(post.pk)
                tell_change(self.request, post, error)
        return self.render_to_response(self.get_context_data()) if self.changed else None

    @classmethod
    def execute_action(cls, objects: list[Post], **kwargs: Any) -> tuple[int, int]:
        """Approve each. Returns how many were approved, and 0 as Wagtail asks for children too."""
        request = kwargs["self"].request
        return approve_each(request, objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """How many were approved, in a sentence; none when none was."""
        if not num_parent_objects:
            return None
        return ngettext("%(n)d post is approved.", "%(n)d posts are approved.", num_parent_objects) % {
            "n": num_parent_objects
        }


def carried(request: Any, post: Post) -> str:
    """What the form says of the text of ``post`` that it showed."""
    return request.POST.get(f"seen-{post.pk}", "")


def approve_each(request: Any, posts: list[Post]) -> int:
    """Approve each post as the form showed it. Returns how many were; the others are told about, one by one."""
    done = 0
    for post in posts:
        try:
            approval.approve(post, request.user, carried(request, post))
        except approval.TextChanged as error:
            tell_change(request, post, error)
        except approval.CannotApprove as error:
            messages.error(request, gettext("%(post)s: %(why)s") % {"post": post, "why": error.sentence})
        else:
            done += 1
    return done


class PostDeleteBulkAction(DeleteBulkAction):
    """Wagtail's own, but for posts that have deliveries."""

    action_priority = DeleteBulkAction.action_priority
    models = [Post]

    def check_perm(self, snippet: Post) -> bool:
        """Wagtail's own, and that nothing of it was sent or is on its way."""
        return super().check_perm(snippet) and not snippet.deliveries.exists()
