"""Every road by which a post is approved in the admin asks who wrote it and whether it was seen (P4, P5, P6)."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from smeditor.models import Delivery, FourEyesApprovalTask, Post
from smeditor.models.approval import latest_revision
from smeditor.permissions.roles import create_roles
from smeditor.publishing import approval
from smeditor.publishing.approve import approve
from tests.desk import bulk, world
from tests.desk.test_actions import DESK, messages_of, perform

State = Delivery.State


@pytest.fixture
def strict(desk):
    return world.make_account("strict", approval="four_eyes")


@pytest.fixture
def draft(strict):
    return world.make_post("The bridge stays shut.", [strict], created_by=world.make_user("writer", DESK))


def rewrite(post: Post, user, text: str) -> Post:
    changed = Post.objects.get(pk=post.pk).get_latest_revision_as_object()
    changed.text = text
    changed.save_revision(user=user)
    return Post.objects.get(pk=post.pk)


def form_of(post: Post, **changes) -> dict:
    """What the form of a post sends when it was opened now."""
    newest = latest_revision(post)
    return {
        "text": newest.content["text"],
        "accounts": newest.content["accounts"],
        "news_class": "news",
        "repeat_times": 1,
        "with_card": "on",
        "variants-TOTAL_FORMS": 0,
        "variants-INITIAL_FORMS": 0,
        "media-TOTAL_FORMS": 0,
        "media-INITIAL_FORMS": 0,
        "loaded_revision_id": newest.pk,
        "loaded_revision_created_at": newest.created_at.isoformat(),
        **changes,
    }


def send_form(client, post: Post, form: dict):
    return client.post(reverse("smeditor_posts:edit", args=[post.pk]), form)


def is_live(post: Post) -> bool:
    return Post.objects.get(pk=post.pk).live


def in_bulk(client, post: Post, carried: str):
    return client.post(f"/admin/bulk/smeditor/post/approve/?id={post.pk}&next=/admin/", {f"seen-{post.pk}": carried})


def start_workflow(post: Post, user) -> None:
    task = FourEyesApprovalTask.objects.create(name="Another pair")
    task.groups.set(create_roles().values())
    workflow = Workflow.objects.create(name="Approval of posts")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowContentType.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(Post), defaults={"workflow": workflow}
    )
    workflow.start(post, user)


def test_the_button_of_the_form_is_refused_to_who_rewrites_a_draft_while_approving_it(client, as_role, draft):
    as_role(DESK)
    page = send_form(client, draft, form_of(draft, text="The bridge opens.", **{"action-publish": "1"}))
    assert "somebody else must approve" in messages_of(page)
    assert not is_live(draft)
    assert latest_revision(draft).content["text"] == "The bridge opens.", "what was typed is kept as a draft"


def test_the_button_of_the_form_approves_what_another_wrote_and_one_only_reads(client, as_role, draft):
    as_role(DESK)
    send_form(client, draft, form_of(draft, **{"action-publish": "1"}))
    assert is_live(draft)
    assert draft.deliveries.get().state == State.SCHEDULED


def test_who_edited_in_between_approves_by_no_button(client, as_role, draft):
    me = as_role(DESK)
    rewrite(draft, me, "The bridge opens on Monday.")
    rewrite(draft, draft.created_by, "The bridge opens on Tuesday.")
    in_bulk(client, draft, approval.shown_revision(draft))
    send_form(client, draft, form_of(draft, **{"action-publish": "1"}))
    assert not is_live(draft)


def test_a_form_that_was_opened_before_somebody_saved_approves_nothing(client, as_role, draft):
    as_role(DESK)
    opened = form_of(draft, **{"action-publish": "1"})
    rewrite(draft, draft.created_by, "The bridge falls.")
    page = send_form(client, draft, opened).content.decode()
    assert "Somebody else saved this post while you had it open" in page
    assert "See the difference" in page
    assert "The bridge stays shut." in page, "nothing that stood in the form is lost"
    assert "w-autosave#save" in client.get(reverse("smeditor_posts:edit", args=[draft.pk])).content.decode()
    assert "w-autosave#save" not in page, "only a person puts the newer version aside"
    assert not is_live(draft)


def test_a_post_to_the_form_that_does_not_say_what_was_seen_approves_nothing(client, as_role, draft):
    as_role(DESK)
    form = form_of(draft, **{"action-publish": "1"})
    del form["loaded_revision_id"]
    send_form(client, draft, form)
    assert not is_live(draft)


@pytest.mark.parametrize("carried", ["", "1-abc", "²-x", "9" * 30, "-"])
def test_a_bulk_approval_of_what_was_not_seen_shows_it_instead(client, as_role, draft, carried):
    as_role(DESK)
    page = in_bulk(client, draft, carried)
    assert not is_live(draft)
    assert "The bridge stays shut." in page.content.decode()


def test_an_autosave_under_the_same_revision_is_another_text(client, as_role, draft):
    as_role(DESK)
    carried = approval.shown_revision(draft)
    post = Post.objects.get(pk=draft.pk)
    post.text = "Autosaved meanwhile"
    post.save_revision(user=draft.created_by, overwrite_revision=latest_revision(draft))
    page = in_bulk(client, draft, carried).content.decode()
    assert "Changed since you opened this page." in page
    assert not is_live(draft)
    in_bulk(client, draft, approval.shown_revision(draft))
    assert is_live(draft)


def test_the_bulk_approval_shows_whole_texts_with_every_part_and_account(client, as_role, draft):
    as_role(DESK)
    rewrite(draft, draft.created_by, "First " + "long " * 60 + "\n---\nSecond part")
    page = client.get(f"/admin/bulk/smeditor/post/approve/?id={draft.pk}&next=/admin/").content.decode()
    for expected in ("long long long", "Second part", "2/2", "strict"):
        assert expected in page


def test_the_workflow_asks_for_what_was_seen_and_for_another_pair_of_eyes(client, as_role, draft):
    me = as_role(DESK)
    start_workflow(draft, draft.created_by)
    state = Post.objects.get(pk=draft.pk).current_workflow_task_state
    url = reverse("smeditor_posts:workflow_action", args=[draft.pk, "approve", state.pk])
    assert "was not opened" in messages_of(client.post(url))
    rewrite(draft, me, "My own words")
    client.post(url, {"seen": approval.shown_revision(draft)})
    assert not is_live(draft)
    as_role(DESK)
    client.post(url, {"seen": approval.shown_revision(draft)})
    assert is_live(draft)


def test_a_text_changed_inside_the_workflows_action_is_saved_and_not_approved(client, as_role, draft):
    as_role(DESK)
    start_workflow(draft, draft.created_by)
    form = form_of(draft, text="Corrected", **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    assert "somebody else must approve" in messages_of(send_form(client, draft, form))
    assert not is_live(draft)
    assert latest_revision(draft).content["text"] == "Corrected"


def test_bringing_back_an_old_version_makes_its_author_an_author_again(client, as_role, draft):
    old = latest_revision(draft)
    other, third = world.make_user("other", DESK), world.make_user("third", DESK)
    approval.approve(draft, other, approval.shown_revision(draft))
    approval.approve(rewrite(draft, other, "Another"), third, approval.shown_revision(draft))
    back = old.as_object()
    back.save_revision(user=third, previous_revision=old)
    assert approval.refusal(Post.objects.get(pk=draft.pk), draft.created_by)
    assert approval.refusal(Post.objects.get(pk=draft.pk), third)
    assert not approval.refusal(Post.objects.get(pk=draft.pk), other)


def test_withdrawing_and_approving_again_is_no_way_round(client, as_role, draft):
    other = world.make_user("other", DESK)
    approval.approve(draft, other, approval.shown_revision(draft))
    post = Post.objects.get(pk=draft.pk)
    post.unpublish(user=draft.created_by)
    post = Post.objects.get(pk=draft.pk)
    post.get_latest_revision_as_object().save_revision(user=other)
    latest_revision(post).publish(user=draft.created_by)
    assert draft.deliveries.get().state == State.STOPPED


def test_a_later_editor_answers_only_for_what_was_written_since_the_last_approval(draft):
    other = world.make_user("other", DESK)
    approval.approve(draft, other, approval.shown_revision(draft))
    post = rewrite(draft, other, "The bridge stays shut till May.")
    assert approval.refusal(post, other)
    assert not approval.refusal(post, draft.created_by)


def test_ones_own_approval_where_one_pair_does_begins_no_new_count(draft, strict):
    free = world.make_account("free")
    post = world.make_post("Mine", [free], created_by=draft.created_by)
    approval.approve(post, draft.created_by, approval.shown_revision(post))
    changed = Post.objects.get(pk=post.pk).get_latest_revision_as_object()
    changed.text, changed.accounts = "Mine, with a comma", [free, strict]
    changed.save_revision(user=world.make_user("other", DESK))
    assert approval.refusal(Post.objects.get(pk=post.pk), draft.created_by)


def test_what_a_program_schedules_is_approved_by_who_scheduled_it(draft):
    post = Post.objects.get(pk=draft.pk)
    post.go_live_at = timezone.now() + timezone.timedelta(hours=1)
    post.save_revision(user=draft.created_by).publish(user=draft.created_by)
    assert not draft.deliveries.exists(), "scheduling is not yet publishing"
    revision = latest_revision(post)
    revision.content["go_live_at"] = None
    revision.publish(user=None)
    delivery = draft.deliveries.get()
    assert (delivery.state, delivery.approved_by) == (State.STOPPED, draft.created_by)


@pytest.mark.parametrize("publisher", ["author", "other", "nobody"])
def test_who_publishes_by_wagtails_bare_action_is_not_known_and_approves_for_nobody(draft, publisher):
    user = {"author": draft.created_by, "other": world.make_user("other", DESK), "nobody": None}[publisher]
    PublishRevisionAction(latest_revision(draft), user=user).execute()
    delivery = draft.deliveries.get()
    assert (delivery.state, delivery.approved_by) == (State.STOPPED, None)
    assert "Nobody knows who approved this." in delivery.state_reason
    assert "approve the post once more" in delivery.state_reason
    approved = draft.approvals.get()
    assert (approved.user, approved.independent) == (None, False)


def test_what_was_published_by_wagtails_bare_action_goes_out_where_one_pair_of_eyes_does(draft, strict):
    type(strict).objects.update(approval="one")
    PublishRevisionAction(latest_revision(draft), user=draft.created_by).execute()
    assert draft.deliveries.get().state == State.SCHEDULED


def test_approving_once_more_lets_out_what_nobody_is_known_to_have_approved(draft):
    PublishRevisionAction(latest_revision(draft), user=draft.created_by).execute()
    with pytest.raises(approval.CannotApprove):
        approval.approve(draft, draft.created_by, approval.shown_revision(draft))
    other = world.make_user("other", DESK)
    approval.approve(draft, other, approval.shown_revision(draft))
    delivery = draft.deliveries.get()
    assert (delivery.state, delivery.approved_by) == (State.SCHEDULED, other)


def test_sending_it_from_its_own_page_approves_what_nobody_is_known_to_have_approved(client, as_role, draft):
    PublishRevisionAction(latest_revision(draft), user=draft.created_by).execute()
    me = as_role(DESK)
    decide(client, draft.deliveries.get(), "delivery_send")
    delivery = draft.deliveries.get()
    assert (delivery.state, delivery.approved_by) == (State.SCHEDULED, me)


@pytest.fixture
def stopped(draft):
    latest_revision(draft).publish(user=draft.created_by)
    return draft.deliveries.get()


@pytest.mark.parametrize("decision", ["delivery_send", "delivery_move", "send_several"])
def test_no_decision_of_its_author_lifts_the_stop(client, stopped, decision):
    client.force_login(stopped.post.created_by)
    decide(client, stopped, decision)
    stopped.refresh_from_db()
    assert stopped.state == State.STOPPED


@pytest.mark.parametrize("decision", ["delivery_send", "delivery_move", "send_several"])
def test_a_decision_of_somebody_else_who_saw_the_text_is_an_approval(client, as_role, stopped, decision):
    me = as_role(DESK)
    decide(client, stopped, decision, carried="another text")
    stopped.refresh_from_db()
    assert stopped.state == State.STOPPED
    decide(client, stopped, decision)
    stopped.refresh_from_db()
    assert (stopped.state, stopped.approved_by) == (State.SCHEDULED, me)


def decide(client, delivery: Delivery, decision: str, carried: str = "") -> None:
    carried = carried or delivery.payload_hash
    if decision == "send_several":
        bulk.in_bulk(client, "send", [delivery], **{f"seen-{delivery.pk}": carried})
    else:
        slot = f"{timezone.localtime() + timezone.timedelta(days=1):%Y-%m-%dT%H:%M}"
        perform(client, decision, delivery.pk, seen=carried, slot=slot)


def test_an_account_that_comes_under_the_rule_later_is_asked_at_the_second_approval(draft, strict):
    type(strict).objects.update(approval="one")
    latest_revision(draft).publish(user=draft.created_by)
    type(strict).objects.update(approval="four_eyes")
    other = world.make_user("other", DESK)
    approve(draft, other, timezone.now())
    assert draft.deliveries.get().approved_by == other


def test_a_live_post_is_deleted_from_its_page_after_a_question(client, as_role, desk):
    account = world.make_account("deletable")
    delivery = world.make_delivery(world.make_post("Wrong", [account]), account, state=State.SENT)
    url = reverse("smeditor:delivery_delete", args=[delivery.pk])
    as_role("social_editor")
    client.post(url)
    assert not delivery.changes.exists(), "who may not approve may not delete"
    as_role(DESK)
    assert url in client.get(reverse("smeditor:delivery", args=[delivery.pk])).content.decode()
    assert "Yes, delete it there" in client.get(url).content.decode()
    assert not delivery.changes.exists()
    client.post(url)
    assert delivery.changes.get().operation == Delivery.Operation.DELETE
    assert url not in client.get(reverse("smeditor:delivery", args=[delivery.pk])).content.decode()
