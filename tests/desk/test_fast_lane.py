"""The fast lane: who may take it, for what, and that somebody else reads it afterwards."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from smeditor.models import Account, Approval, Delivery, Desk, Hold, Post
from smeditor.models.approval import latest_revision
from smeditor.publishing import approval, fast_lane
from smeditor.publishing.engine.send_check import check, fresh
from tests.desk import world
from tests.desk.test_actions import messages_of

State = Delivery.State
WRITER, EDITOR = "social_editor", "desk_editor"


@pytest.fixture
def lane(desk):
    return world.make_account("lane", approval="four_eyes", fast_lane=True)


@pytest.fixture
def breaking(as_role, lane):
    """A writer at the desk, and what they wrote."""
    writer = as_role(WRITER)
    return world.make_post("The bridge is closed.", [lane], created_by=writer, news_class="breaking")


def send(client, post: Post, **data):
    carried = {"seen": approval.shown_revision(post), **data}
    return client.post(reverse("smeditor:fast_lane", args=[post.pk]), carried)


def verdict(delivery: Delivery) -> str:
    Hold.objects.all().delete()
    return check(fresh(delivery.pk, delivery.slot), delivery.slot).reason


def test_the_writer_sends_breaking_news_at_once_and_it_is_written_down(
    client, breaking, django_capture_on_commit_callbacks
):
    editor = world.make_user("editor", EDITOR)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert "read it afterwards" in messages_of(send(client, breaking))
    delivery, row = breaking.deliveries.get(), Approval.objects.get(post=breaking)
    assert (delivery.state, delivery.fast_lane, delivery.approved_by) == (State.SCHEDULED, True, breaking.created_by)
    assert (row.review, row.independent, row.reviewed_at) == ("waiting", False, None)
    assert verdict(delivery) == ""
    addressed = {address for message in mail.outbox for address in message.to}
    assert editor.email in addressed
    assert breaking.created_by.email not in addressed
    (message,) = [message for message in mail.outbox if editor.email in message.to]
    assert f"/posts/edit/{breaking.pk}/" in message.body
    assert "The bridge is closed." not in message.body


def test_the_page_shows_the_whole_post_before_it_goes(client, breaking):
    page = client.get(reverse("smeditor:fast_lane", args=[breaking.pk])).content.decode()
    assert "The bridge is closed." in page
    assert "Send it now, to be read afterwards" in page
    assert "Fast lane" in client.get(reverse("smeditor_posts:edit", args=[breaking.pk])).content.decode()


@pytest.mark.parametrize("changes", [{"fast_lane": False}, {"desk": True}])
def test_it_is_closed_where_the_account_is_not_in_it_or_is_another_desks(client, breaking, lane, changes):
    if "desk" in changes:
        changes = {"desk": Desk.objects.create(name="Other", slug="other")}
    Account.objects.filter(pk=lane.pk).update(**changes)
    send(client, breaking)
    assert not Post.objects.get(pk=breaking.pk).live


def test_one_account_that_is_not_in_it_closes_it_for_the_whole_post(client, as_role, lane):
    closed = world.make_account("closed")
    post = world.make_post("Closed.", [lane, closed], created_by=as_role(WRITER), news_class="breaking")
    assert str(closed) in messages_of(send(client, post))
    assert not Post.objects.get(pk=post.pk).live


@pytest.mark.parametrize("news_class", ["news", "evergreen"])
def test_only_breaking_news_takes_it(client, as_role, lane, news_class):
    post = world.make_post("Slow.", [lane], created_by=as_role(WRITER), news_class=news_class)
    assert "Only breaking news" in messages_of(send(client, post))
    assert not Post.objects.get(pk=post.pk).live


@pytest.mark.parametrize("role", ["contributor", "journalist", "moderator"])
def test_who_does_not_plan_does_not_take_it(client, as_role, lane, role):
    post = world.make_post("Mine.", [lane], created_by=as_role(role), news_class="breaking")
    send(client, post)
    assert not Post.objects.get(pk=post.pk).live


@pytest.mark.parametrize("carried", ["", "1-abc", "²"])
def test_what_was_not_seen_is_shown_first(client, breaking, carried):
    send(client, breaking, seen=carried)
    assert not Post.objects.get(pk=breaking.pk).live
    changed = latest_revision(breaking).as_object()
    carried = approval.shown_revision(breaking)
    changed.text = "Other words."
    changed.save_revision(user=breaking.created_by)
    assert "Other words." in send(client, breaking, seen=carried).content.decode()
    assert not Post.objects.get(pk=breaking.pk).live


def test_an_account_that_left_the_lane_stops_what_is_not_sent_yet(client, breaking, lane):
    send(client, breaking)
    Account.objects.filter(pk=lane.pk).update(fast_lane=False)
    assert "somebody else than the author" in verdict(breaking.deliveries.get())


def test_the_lane_of_one_post_opens_no_other_road_for_its_writer(client, breaking):
    send(client, breaking)
    post = Post.objects.get(pk=breaking.pk)
    changed = post.get_latest_revision_as_object()
    changed.text = "A second thought."
    changed.save_revision(user=post.created_by)
    assert approval.refusal(Post.objects.get(pk=post.pk), post.created_by)
    latest_revision(post).publish(user=post.created_by, skip_permission_checks=True)
    assert breaking.deliveries.get().state == State.STOPPED


def test_somebody_else_reads_it_afterwards_and_it_leaves_the_list(client, as_role, breaking):
    send(client, breaking)
    row = Approval.objects.get(post=breaking)
    listed, url = reverse("smeditor:read_afterwards"), reverse("smeditor:reviewed", args=[row.pk])
    assert "The bridge is closed." in client.get(listed).content.decode()
    editor = as_role(EDITOR)
    assert "I have read it" in client.get(listed).content.decode()
    assert "off the list" in messages_of(client.post(url))
    row.refresh_from_db()
    assert row.reviewed_by == editor
    page = client.get(listed).content.decode()
    assert "I have read it" not in page
    assert "Read lately" in page


def test_its_writer_does_not_read_it_afterwards_whatever_their_rights(client, as_role, lane):
    writer = as_role("chief")
    post = world.make_post("Mine.", [lane], created_by=writer, news_class="breaking")
    fast_lane.approve(post, writer, approval.shown_revision(post))
    row = Approval.objects.get(post=post)
    assert "somebody else reads it" in messages_of(client.post(reverse("smeditor:reviewed", args=[row.pk])))
    row.refresh_from_db()
    assert row.reviewed_at is None


def test_an_ordinary_approval_is_not_on_the_list(client, as_role, desk):
    me = as_role(EDITOR)
    post = world.make_post("Usual.", [world.make_account("usual")], created_by=world.make_user("writer", EDITOR))
    approval.approve(post, me, approval.shown_revision(post))
    assert "Nothing is to be read afterwards." in client.get(reverse("smeditor:read_afterwards")).content.decode()
    row = Approval.objects.get(post=post)
    assert client.post(reverse("smeditor:reviewed", args=[row.pk])).status_code == 404
