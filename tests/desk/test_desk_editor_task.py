"""The workflow's task of a desk's own editors: who may, who is asked by mail, who is reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowTask

from smeditor.models import Desk, DeskEditorApprovalTask, Post
from smeditor.publishing import approval, approval_requests, approvers
from tests.desk import world

EDITOR, WRITER = "desk_editor", "social_editor"


@pytest.fixture
def desks(db):
    return {name: Desk.objects.create(name=name, slug=name) for name in ("city", "sport")}


@pytest.fixture
def people(desks):
    """An editor of each desk, a chief, and a writer of the city's; each by a name."""
    made = {name: world.make_user(f"{name}-editor", EDITOR) for name in desks}
    for name, user in made.items():
        desks[name].members.add(user)
    made |= {"chief": world.make_user("a-chief", "chief"), "writer": world.make_user("a-writer", WRITER)}
    desks["city"].members.add(made["writer"])
    return made


@pytest.fixture
def task(db):
    task = DeskEditorApprovalTask.objects.create(name="An editor of the desk")
    workflow = Workflow.objects.create(name="Approval by the desk")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowContentType.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(Post), defaults={"workflow": workflow}
    )
    return task


@pytest.fixture
def post(desks, people):
    account = world.make_account("city", desk=desks["city"], approval="four_eyes")
    return world.make_post("The bridge stays shut.", [account], created_by=people["writer"])


def names(task, post: Post, user) -> set[str]:
    return {name for name, _label, _modal in task.get_actions(post, user)}


def addressed() -> set[str]:
    return {address for message in mail.outbox for address in message.to}


def test_an_editor_of_the_desk_and_a_chief_approve_and_nobody_else(task, post, people):
    assert names(task, post, people["city"]) == names(task, post, people["chief"]) == {"approve", "reject"}
    assert names(task, post, people["sport"]) == set()
    assert names(task, post, people["writer"]) == set()


def test_an_editor_who_wrote_it_does_not_approve_it(task, desks, people):
    account = world.make_account("city", desk=desks["city"], approval="four_eyes")
    own = world.make_post("Mine.", [account], created_by=people["city"])
    assert "approve" not in names(task, own, people["city"])
    approval.submit(own, people["city"])
    state = Post.objects.get(pk=own.pk).current_workflow_task_state
    with pytest.raises(PermissionDenied):
        task.on_action(state, people["city"], "approve")
    assert not Post.objects.get(pk=own.pk).live


def test_submitting_writes_to_those_who_may_approve_with_a_link_and_no_text(
    task, post, people, django_capture_on_commit_callbacks
):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        approval.submit(post, people["writer"])
    assert addressed() == {people["city"].email, people["chief"].email}
    body = mail.outbox[0].body
    assert reverse("smeditor_posts:edit", args=[post.pk]) in body
    assert post.text not in body


def test_the_link_of_the_mail_lets_nobody_in(task, post, client):
    page = client.get(reverse("smeditor_posts:edit", args=[post.pk]))
    assert page.status_code == 302
    assert "login" in page.url


def test_who_is_asked_may_really_approve(task, post, people):
    assert approvers.may_approve(post)
    for person in approvers.may_approve(post):
        assert not approval.refusal(post, person)


def test_what_waits_is_reminded_of_once(task, post, people, django_capture_on_commit_callbacks, settings):
    approval.submit(post, people["writer"])
    began = TaskState.objects.get().started_at
    for minutes, expected in ((59, 0), (61, 1), (120, 0)):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert approval_requests.remind(began + timedelta(minutes=minutes)) == expected
        assert addressed() == ({people["city"].email, people["chief"].email} if expected else set())


def test_nobody_is_reminded_where_the_newsroom_wants_none_or_the_post_is_approved(task, post, people, settings):
    approval.submit(post, people["writer"])
    later = timezone.now() + timedelta(days=1)
    with_none = {**settings.SMEDITOR, "APPROVAL_REMINDER": None}
    reminding, settings.SMEDITOR = settings.SMEDITOR, with_none
    assert approval_requests.remind(later) == 0
    settings.SMEDITOR = reminding
    approval.approve(post, people["city"], approval.shown_revision(post))
    assert approval_requests.remind(later) == 0


def test_an_editors_home_page_shows_what_waits_for_the_own_desk(task, post, people, client):
    approval.submit(post, people["writer"])
    for name, shown in (("city", True), ("sport", False), ("chief", True)):
        states = task.get_task_states_user_can_moderate(people[name])
        assert states.exists() is shown, name
        client.force_login(people[name])
        assert (post.text in client.get(reverse("wagtailadmin_home")).content.decode()) is shown, name


def test_while_it_waits_its_writer_does_not_change_it(task, post, people):
    assert task.locked_for_user(post, people["writer"])
    assert not task.locked_for_user(post, people["city"])
