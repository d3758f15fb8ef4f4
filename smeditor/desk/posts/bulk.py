"""Approving several posts in one go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from smeditor.models import Post
from smeditor.models.approval import is_own


class ApproveBulkAction(SnippetBulkAction):
    display_name = _("Approve")
    action_type = "approve"
    aria_label = _("Approve the selected posts")
    template_name = "smeditor/admin/posts/bulk_approve.html"
    action_priority = 10
    models = [Post]

    def check_perm(self, post: Post) -> bool:
        return may_approve(post, self.request.user)

    @classmethod
    def execute_action(cls, objects: list[Post], **kwargs: Any) -> tuple[int, int]:
        user = kwargs["self"].request.user
        return sum(approve(post, user) for post in objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext("%(n)d post is approved.", "%(n)d posts are approved.", num_parent_objects) % {
            "n": num_parent_objects
        }


def may_approve(post: Post, user: Any) -> bool:
    """Whether ``user`` may approve ``post`` as it was saved last: by the workflow where one runs, else by permission."""
    state = post.current_workflow_task_state
    if state is not None:
        actions = state.task.specific.get_actions(post, user)
        return any(name == "approve" for name, _label, _modal in actions)
    last = post.latest_revision.user_id if post.latest_revision else None
    return user.has_perm("smeditor.publish_post") and not is_own(post.get_latest_revision_as_object(), last, user)


def approve(post: Post, user: Any) -> bool:
    """Approve the newest revision of ``post``; the publishing room hears of it by Wagtail's signal."""
    state = post.current_workflow_task_state
    if state is not None:
        state.task.specific.on_action(state, user, "approve")
        return True
    revision = post.get_latest_revision() or post.save_revision(user=user)
    revision.publish(user=user)
    return True
