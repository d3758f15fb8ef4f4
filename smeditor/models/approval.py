"""Approval: a workflow step in which the author of a post is not the one who approves it, where an account asks for that."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from smeditor.models.accounts import Account


class FourEyesApprovalTask(AbstractGroupApprovalTask):
    """Members of the chosen groups approve. Nobody approves their own words for an account under the four-eyes rule."""

    class Meta:
        verbose_name = _("four-eyes approval")
        verbose_name_plural = _("four-eyes approvals")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        actions = super().get_actions(obj, user)
        revision = obj.latest_revision
        if is_own(obj, revision.user_id if revision else None, user):
            return [action for action in actions if action[0] != "approve"]
        return actions

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Carry the action out. Raises PermissionDenied when an author would approve their own post."""
        if action_name == "approve":
            post = task_state.revision.as_object()
            if is_own(post, task_state.revision.user_id, user):
                raise PermissionDenied
        super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        return _("Members of the chosen groups approve; nobody approves their own post for a four-eyes account.")


def is_own(post: Any, last_edited_by: int | None, user: Any) -> bool:
    """Whether ``user`` wrote or last edited ``post`` and one of its accounts wants another pair of eyes."""
    if user is None or user.pk not in {post.created_by_id, last_edited_by}:
        return False
    return any(account.approval == Account.Approval.FOUR_EYES for account in post.accounts.all())
