"""Wagtail's two panels of workflows on its home page, as they are with many posts: short, and in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel
from wagtail.admin.views.reports.workflows import WorkflowView
from wagtail.models import Revision, Task, TaskState
from wagtail.permissions import page_permission_policy, policy_registry

from smeditor.articles.page_model import page_model
from smeditor.models import Post
from smeditor.models.approval import SHOWN_ON_HOME, ApprovesInPairs


class EditURLs(AdminURLFinder):
    """Wagtail's finder of the addresses of forms, which knows beforehand which posts among ``things`` its user may change."""

    def __init__(self, user: Any, things: Iterable[Any]) -> None:
        super().__init__(user)
        self.posts = {thing.pk: thing for thing in things if isinstance(thing, Post)}
        self.changeable = policy_registry.get_by_type(Post).changeable(user, list(self.posts.values()))

    def get_edit_url(self, instance: Any) -> str | None:
        """The address of the form, if the user may change ``instance``."""
        if not isinstance(instance, Post) or instance.pk not in self.posts:
            return super().get_edit_url(instance)
        return reverse("smeditor_posts:edit", args=[instance.pk]) if instance.pk in self.changeable else None


class OwnWorkflowsPanel(UserObjectsInWorkflowModerationPanel):
    """What one has submitted, the newest of it."""

    template_name = "smeditor/admin/home/own_workflows.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Wagtail's own, with how many are left out as ``more``, and whether this user may open the report of all."""
        context = super().get_context_data(parent_context)
        states = list(context["workflow_states"])
        user, shown = parent_context["request"].user, states[:SHOWN_ON_HOME]
        return {
            **context,
            "workflow_states": shown,
            "admin_url_finder": EditURLs(user, (state.content_object for state in shown)),
            "more": max(0, len(states) - SHOWN_ON_HOME),
            "may_see_report": page_permission_policy.user_has_any_permission(
                user, WorkflowView.any_permission_required
            ),
        }


class ModerationPanel(WorkflowObjectsToModeratePanel):
    """What waits for one's review. Wagtail asks for each line's task, actions and steps by themselves: twenty queries a post."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Wagtail's own ``states``, each step read for all of them at once."""
        request = parent_context["request"]
        states = list(_reviewable_by(request.user)) if getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True) else []
        states = [state for state in states if state.revision.content_object]
        actions, steps = _actions_of(states, request.user), _steps_of(states)
        return {
            **Component.get_context_data(self, parent_context),
            "states": [
                {
                    "obj": state.revision.content_object,
                    "revision": state.revision,
                    "previous_revision_id": state.previous_revision_id,
                    "live_revision_id": state.revision.content_object.live_revision_id,
                    "task_state": state,
                    "actions": actions[state.pk],
                    "workflow_tasks": steps[state.pk],
                    **_addresses_of(state.revision.content_object),
                }
                for state in states
            ],
            "admin_url_finder": EditURLs(request.user, (state.revision.content_object for state in states)),
            "request": request,
            "csrf_token": parent_context["csrf_token"],
        }


def replace_panels(panels: list[Any]) -> None:
    """Put the desk's two panels in the place of Wagtail's; a site's own stay."""
    ours = {
        UserObjectsInWorkflowModerationPanel: OwnWorkflowsPanel,
        WorkflowObjectsToModeratePanel: ModerationPanel,
    }
    panels[:] = [ours[type(panel)]() if type(panel) in ours else panel for panel in panels]


def _reviewable_by(user: Any) -> Iterable[Any]:
    """The states of tasks that wait for ``user``, the newest first, with what a line shows."""
    return (
        TaskState.objects.reviewable_by(user)
        .select_related("task", "revision__user", "workflow_state__workflow")
        .prefetch_related("revision__content_object__latest_revision")
        .annotate(previous_revision_id=Revision.objects.previous_revision_id_subquery())
        .order_by("-started_at")
    )


def _actions_of(states: list[Any], user: Any) -> dict[int, list[Any]]:
    """What ``user`` may do to each of ``states``, by its key: of posts asked for all at once."""
    tasks = {task.pk: task for task in Task.objects.filter(pk__in={state.task_id for state in states}).specific()}
    by_task = defaultdict(list)
    for state in states:
        by_task[state.task_id].append(state)
    found: dict[int, list[Any]] = {}
    for key, waiting in by_task.items():
        task = tasks[key]
        objects = {state.pk: state.revision.content_object for state in waiting}
        if isinstance(task, ApprovesInPairs):
            found |= dict(zip(objects, task.actions_of(list(objects.values()), user), strict=True))
        else:
            found |= {state: task.get_actions(thing, user) for state, thing in objects.items()}
    return found


def _steps_of(states: list[Any]) -> dict[int, list[Any]]:
    """The tasks of each state's workflow with their status there, as ``WorkflowState.all_tasks_with_status`` has them."""
    if getattr(settings, "WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT", False):
        return {state.pk: state.workflow_state.all_tasks_with_status() for state in states}
    workflows = {state.workflow_state.workflow_id: state.workflow_state.workflow for state in states}
    tasks = {key: list(workflow.tasks.values("pk", "name")) for key, workflow in workflows.items()}
    rows = TaskState.objects.filter(workflow_state__in={state.workflow_state_id for state in states})
    newest = {
        (workflow, task): status
        for workflow, task, status in rows.order_by("started_at", "pk").values_list("workflow_state", "task", "status")
    }
    names = dict(TaskState.STATUS_CHOICES)
    return {
        state.pk: [
            {**task, "status": status, "status_display": names.get(status, gettext("Not started"))}
            for task in tasks[state.workflow_state.workflow_id]
            for status in [newest.get((state.workflow_state_id, task["pk"]))]
        ]
        for state in states
    }


def _addresses_of(thing: Any) -> dict[str, str | None]:
    """The names of the addresses to which the actions of a line lead."""
    names = {
        "workflow_action_url_name": "workflow_action",
        "workflow_preview_url_name": "workflow_preview",
        "revisions_compare_url_name": "revisions_compare",
    }
    if isinstance(thing, page_model()):
        found: dict[str, str | None] = {key: f"wagtailadmin_pages:{name}" for key, name in names.items()}
    else:
        found = {key: thing.snippet_viewset.get_url_name(name) for key, name in names.items()}
    return found if getattr(thing, "is_previewable", False) else {**found, "workflow_preview_url_name": None}
