"""``manage.py smeditor_setup``: what a new newsroom needs once, and an old one may run again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from smeditor.models import FourEyesApprovalTask, Post, Role
from smeditor.permissions.roles import create_roles, with_page_rights
from smeditor.publishing.checks import starter_lists
from smeditor.publishing.starter_clashes import set_up_clashes

APPROVERS = (Role.DESK_EDITOR, Role.CHIEF)


class Command(BaseCommand):
    """Create what a fresh site needs before the first post; running it again changes nothing."""

    help = (
        "Create the desk's roles, the approval workflow of posts, word lists and topics that clash to start from. "
        "What exists already is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create groups, workflow and word lists, print them, and name every group that also holds rights on pages."""
        groups = create_roles()
        workflow = set_up_workflow(groups)
        clashes = set_up_clashes()
        self.stdout.write(f"Groups: {', '.join(sorted(group.name for group in groups.values()))}.")
        self.stdout.write(f"Posts are approved by the workflow “{workflow.name}”.")
        for word_list in starter_lists.create_missing():
            self.stdout.write(f"Word list to start from: “{word_list.name}”.")
        if clashes:
            self.stdout.write(f"Topics that do not go with breaking stories: {clashes} to start from.")
        for group in with_page_rights():
            self.stderr.write(
                f"The group “{group.name}” may also edit pages. Give rights to pages to a group of their own: "
                "whoever looks after readers need not be able to change articles."
            )


@transaction.atomic
def set_up_workflow(groups: dict[Role, Group]) -> Workflow:
    """Return the workflow assigned to posts, creating ours, named in the site's language, when none is."""
    content_type = ContentType.objects.get_for_model(Post, for_concrete_model=False)
    assigned = WorkflowContentType.objects.filter(content_type=content_type).select_related("workflow").first()
    if assigned:
        return assigned.workflow
    workflow, _ = Workflow.objects.get_or_create(name=gettext("Social desk approval"))
    called = gettext("Approval by the social desk")
    task = FourEyesApprovalTask.objects.filter(name=called).first()
    if task is None:
        task = FourEyesApprovalTask.objects.create(name=called)
        task.groups.set(groups[role] for role in APPROVERS)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": 0})
    WorkflowContentType.objects.create(content_type=content_type, workflow=workflow)
    return workflow
