"""The pages of what comes after a post: what went well, posts to correct, the library, and what was deleted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.desk.home import gone_by_hand
from smeditor.models import CorrectionRequest, Delivery, DeliveryResult, Post, PostCorrection
from tests.desk import world

pytestmark = pytest.mark.django_db


def send(desk, **result) -> Delivery:
    """A post that was sent yesterday, with its results."""
    post = world.make_post(f"Post {next(world.numbers)}", accounts=[desk.account], article=desk.article)
    known = {"state": "sent", "sent_at": timezone.now() - timedelta(days=1), "approved_at": timezone.now()}
    sent = world.make_delivery(post, desk.account, **known)
    world.make_result(sent, **result)
    return sent


def listed(client, query: str = "") -> list[int]:
    response = client.get(f"{reverse('smeditor:results')}{query}")
    return [row.delivery_id for row in response.context_data["object_list"]]


def test_what_went_well_comes_first_and_what_nobody_knows_last(desk, client, as_role):
    as_role("chief")
    low, high, unknown = send(desk, views=3), send(desk, views=40), send(desk, views=None)
    DeliveryResult.objects.filter(delivery=low).update(engagement=100)
    assert listed(client)[0] == low.pk
    assert listed(client, "?ordering=-views") == [high.pk, low.pk, unknown.pk]
    assert listed(client, "?ordering=views") == [low.pk, high.pk, unknown.pk]


def test_an_older_post_is_listed_when_it_is_asked_for(desk, client, as_role):
    as_role("chief")
    old = send(desk)
    DeliveryResult.objects.update(sent_at=timezone.now() - timedelta(days=50))
    assert listed(client) == []
    assert listed(client, "?days=90") == [old.pk]


@pytest.mark.parametrize("query", ["?days=x", "?account=0", "?account=x&days=7", "?ordering=password", "?p=99"])
def test_a_filter_that_means_nothing_is_no_error(desk, client, as_role, query):
    as_role("chief")
    send(desk)
    assert client.get(f"{reverse('smeditor:results')}{query}").status_code in (200, 404)


def test_an_editor_says_that_an_article_was_corrected(desk, client, as_role):
    as_role("social_editor")
    sent = send(desk)
    url = reverse("smeditor:article_correct", args=[desk.article.pk])
    assert "This field is required." in client.post(url, {"text": "  "}).content.decode()
    response = client.post(url, {"text": "It opens in June."}, follow=True)
    assert "posts are to be corrected." in response.content.decode() or "post is to be" in response.content.decode()
    assert PostCorrection.objects.filter(delivery=sent, erratum__text="It opens in June.").exists()
    again = client.post(url, {"text": "It opens in June."}, follow=True)
    assert "It is noted." in again.content.decode()


def test_an_erratum_that_the_host_does_not_take_opens_the_tasks_itself(desk, client, as_role, monkeypatch):
    as_role("chief")
    sent = send(desk)
    monkeypatch.delattr("newsroom.articles.adapter.ArticleAdapter.add_correction")
    data = {"verdict": "fixed", "reason": "", "erratum": "It opens in July.", "thanks": ""}
    client.post(reverse("smeditor:correction", args=[desk.correction.pk]), data)
    assert CorrectionRequest.objects.get(pk=desk.correction.pk).verdict == "fixed"
    assert PostCorrection.objects.filter(delivery=sent, erratum__text="It opens in July.").exists()


def test_what_the_network_forbids_is_refused_in_a_sentence_by_direct_post_too(desk, client, as_role):
    as_role("chief")
    bluesky = world.make_account("other", "bluesky")
    post = world.make_post(accounts=[bluesky], article=desk.article)
    task = world.make_task(world.make_delivery(post, bluesky, state="sent", sent_at=timezone.now()))
    url = reverse("smeditor:post_correction_begin", args=[task.pk])
    response = client.post(url, {"remedy": "edit"}, follow=True)
    assert "lets nobody edit a post." in response.content.decode()
    assert PostCorrection.objects.get(pk=task.pk).state == "open"
    assert "cannot be done" in client.post(url, {"remedy": "delete"}, follow=True).content.decode()
    assert client.post(url, {"remedy": "nonsense"}, follow=True).status_code == 200


def test_who_does_not_approve_deletes_nothing(desk, client, as_role):
    as_role("social_editor")
    task = world.make_task(send(desk), "")
    response = client.post(reverse("smeditor:post_correction_begin", args=[task.pk]), {"remedy": "delete"})
    assert response.status_code in (302, 403)
    assert not Delivery.objects.filter(operation="delete").exists()


def test_a_post_is_left_as_it_is_with_a_reason_and_opened_again(desk, client, as_role):
    as_role("social_editor")
    task = world.make_task(send(desk))
    decline = reverse("smeditor:post_correction_decline", args=[task.pk])
    assert "Say why" in client.post(decline, {"reason": ""}, follow=True).content.decode()
    client.post(decline, {"reason": "Nobody saw it."})
    assert PostCorrection.objects.get(pk=task.pk).state_reason == "Nobody saw it."
    client.post(reverse("smeditor:post_correction_reopen", args=[task.pk]))
    assert PostCorrection.objects.get(pk=task.pk).is_open


def test_the_home_page_tells_of_what_was_deleted_by_hand_and_not_of_our_own(desk, client, as_role):
    user = as_role("chief")
    by_hand, from_here = send(desk), send(desk)
    now = timezone.now()
    Delivery.note_gone([by_hand.pk, from_here.pk], "Gone.", now)
    world.make_delivery(from_here.post, desk.account, operation="delete", target=from_here, state="sent")
    assert list(gone_by_hand(user, now)) == [by_hand]
    assert "Deleted on the network, not from here" in client.get("/admin/").content.decode()
    assert list(gone_by_hand(user, now + timedelta(days=3))) == []


def test_the_post_itself_says_until_when_it_can_be_edited_and_what_it_did(desk, client, as_role):
    as_role("chief")
    sent = send(desk)
    page = client.get(reverse("smeditor_posts:edit", args=[sent.post_id])).content.decode()
    assert "To edit it there, change the text and approve it again." in page
    assert reverse("smeditor:delivery_delete", args=[sent.pk]) in page
    assert "likes 31" in page


def test_a_suggestion_is_made_from_the_library(desk, client, as_role):
    user = as_role("journalist")
    response = client.post(reverse("smeditor:library_use", args=[desk.entry.pk]))
    draft = Post.objects.get(created_by=user)
    assert response.url == reverse("smeditor_posts:edit", args=[draft.pk])
    assert draft.text == desk.post.text
