"""A post is held from its own page, alone, and let go again there."""

import pytest
from django.urls import reverse

from smeditor.models import Delivery, Desk, Hold
from smeditor.publishing import holds
from tests.desk import world
from tests.desk.test_actions import CHIEF, SOCIAL, messages_of, perform


@pytest.fixture
def post(desk):
    desk.hold.delete()
    Delivery.objects.update(state=Delivery.State.SCHEDULED)
    return desk.post


def page_of(client, post) -> str:
    return client.get(reverse("smeditor_posts:edit", args=[post.pk])).content.decode()


def test_it_is_held_alone_with_the_reason_and_lifted_again(client, as_role, desk, post):
    me = as_role(CHIEF)
    other = world.make_delivery(world.make_post("Another", [desk.account]), desk.account, state="scheduled")
    assert "Hold this post" in page_of(client, post)
    answer = perform(client, "post_hold", post.pk, reason="The figure is not sure.")
    assert "1 delivery waits" in messages_of(answer)
    hold = Hold.objects.get()
    assert (hold.scope, hold.post, hold.reason, hold.placed_by) == ("post", post, "The figure is not sure.", me)
    rows = Delivery.objects.select_related("post", "account")
    assert [holds.binding([hold], rows.get(pk=row.pk)) for row in (desk.delivery, other)] == [hold, None]
    page = page_of(client, post)
    assert "Hold this post" not in page
    assert "This post is on hold." in page
    perform(client, "hold_lift", hold.pk, next=reverse("smeditor_posts:edit", args=[post.pk]))
    assert "This post is on hold." not in page_of(client, post)
    assert "Hold this post" in page_of(client, post)


def test_it_is_held_once(client, as_role, post):
    as_role(SOCIAL)
    perform(client, "post_hold", post.pk)
    assert "on hold already" in messages_of(perform(client, "post_hold", post.pk))
    assert Hold.objects.count() == 1


def test_who_may_not_stop_is_offered_nothing(client, as_role, post):
    as_role("journalist")
    page = client.get(reverse("smeditor_posts:edit", args=[post.pk])).content.decode()
    assert "Hold this post" not in page
    assert "Lift the hold" not in page


def test_another_desks_post_is_left_to_that_desk(client, as_role, desk, post):
    desk.account.desk = Desk.objects.create(name="Sport")
    desk.account.save()
    as_role(SOCIAL)
    assert "Hold this post" not in page_of(client, post)
    assert "another desk" in messages_of(perform(client, "post_hold", post.pk))
    assert not Hold.objects.exists()


def test_a_hold_on_more_than_the_post_is_not_lifted_from_its_page(client, as_role, post):
    holds.place(Hold.Scope.ALL, "Everything waits.", as_role(CHIEF))
    page = page_of(client, post)
    assert "Lift the hold" not in page
    assert "Hold this post" in page
