"""Asking for an approval: those who may are written to when a post is submitted, and reminded while it waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_noop
from wagtail.models import TaskState

from smeditor import conf
from smeditor.models import ApprovalReminder, DeskEditorApprovalTask, Post
from smeditor.publishing import approvers

AT_ONCE = 20
"""Posts of which is reminded in one round; the others come in the next."""
SUBJECT = gettext_noop("To approve: %(post)s")
BODY = gettext_noop(
    "A post waits for your approval, or for that of another editor of your desk. Read it here:\n\n%(url)s"
)
AGAIN_SUBJECT = gettext_noop("Still to approve: %(post)s")
AGAIN_BODY = gettext_noop("This post has waited for an approval for some time. Read it here:\n\n%(url)s")


def ask(task_state: TaskState, user: Any = None) -> int:
    """Write to those who may approve what was submitted by ``user``. Returns how many are written to.

    Wagtail itself writes to the groups of a task that has groups, so only of a task without any is written here.
    """
    post = task_state.workflow_state.content_object
    if not isinstance(post, Post) or not isinstance(task_state.task.specific, DeskEditorApprovalTask):
        return 0
    return approvers.write_about(post, approvers.may_approve(post, besides=user), SUBJECT, BODY)


def remind(now: datetime) -> int:
    """Write once more about each post that has waited too long, at most twenty of them. Returns how many.

    After ``SMEDITOR["APPROVAL_REMINDER"]`` minutes; None: never.
    """
    minutes = conf.get("APPROVAL_REMINDER")
    if minutes is None:
        return 0
    posts = ContentType.objects.get_for_model(Post, for_concrete_model=False)
    waiting = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        started_at__lte=now - timedelta(minutes=minutes),
        workflow_state__base_content_type=posts,
    ).exclude(pk__in=ApprovalReminder.objects.values("task_state"))
    reminded = 0
    for state in waiting.select_related("workflow_state").order_by("started_at", "pk")[:AT_ONCE]:
        _reminder, fresh = ApprovalReminder.objects.get_or_create(task_state=state.pk, defaults={"at": now})
        post = state.workflow_state.content_object
        if fresh and post is not None:
            approvers.write_about(post, approvers.may_approve(post), AGAIN_SUBJECT, AGAIN_BODY)
            reminded += 1
    return reminded
