"""The plain form of a post: several images and a video, in order, a part of a thread each, and what one account has of its own."""

from __future__ import annotations

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model

from smeditor.models import Post
from smeditor.permissions import roles
from smeditor.publishing.resolved import resolve
from tests.desk.test_new_post import EMPTY
from tests.newsroom import factories

pytestmark = pytest.mark.django_db
DESK = roles.Role.DESK_EDITOR


def rows(name: str, *given: dict) -> dict:
    """The fields of a formset as Wagtail's inline panel posts them."""
    fields = {f"{name}-TOTAL_FORMS": len(given), f"{name}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        fields |= {f"{name}-{number}-{field}": value for field, value in {"ORDER": number + 1, **row}.items()}
    return fields


def medium(**fields) -> dict:
    return {"crop": "whole", "part": 0, "alt": "A tram", **fields}


@pytest.fixture
def save(client, as_role, desk):
    as_role(DESK)

    def post(**fields) -> Post:
        data = {**EMPTY, "text": "One\n---\nTwo", "accounts": [desk.account.pk], **fields}
        known = set(Post.objects.values_list("pk", flat=True))
        answer = client.post(reverse("smeditor_posts:add"), data)
        made = Post.objects.exclude(pk__in=known).first()
        assert made is not None, answer.context["form"].errors
        return made.get_latest_revision_as_object()

    return post


@pytest.fixture
def film():
    return get_document_model().objects.create(title="Film", file=ContentFile(b"-", "film.mp4"))


def test_media_are_saved_in_the_order_of_the_form(save, film):
    images = [factories.make_image(60, 40) for _number in range(2)]
    post = save(
        **rows(
            "media",
            medium(image=images[0].pk, ORDER=3),
            medium(video=film.pk, ORDER=2, part=1),
            medium(image=images[1].pk, ORDER=1),
        )
    )
    resolved = resolve(post, post.accounts.get())
    assert [[piece.file for piece in resolved.media_of(part)] for part in (0, 1)] == [[images[1], images[0]], [film]]


def test_an_entry_with_nothing_chosen_comes_back_with_a_sentence(client, as_role, desk):
    as_role(DESK)
    page = client.post(reverse("smeditor_posts:add"), {**EMPTY, "text": "Typed", **rows("media", medium())})
    assert "Choose an image or a video: one of them." in page.content.decode()
    assert "Typed" in page.content.decode(), "nothing that was typed is lost"


def test_what_differs_for_an_account_is_saved_with_the_three_answers_of_the_card(save, desk):
    row = {
        "account": desk.account.pk,
        "link": "https://paper.example/own",
        "with_card": "false",
        "first_comment": "More",
    }
    resolved = resolve(save(**rows("variants", row)), desk.account)
    assert (resolved.link.value, resolved.with_card.value, resolved.with_card.own) == (row["link"], False, True)
    assert resolve(save(**rows("variants", {**row, "with_card": "unknown"})), desk.account).with_card.own is False


def test_only_a_post_that_one_may_see_is_quoted(save, desk, client, as_role):
    assert save(quotes=desk.post.pk).quotes == desk.post
    page = client.post(reverse("smeditor_posts:add"), {**EMPTY, "text": "Typed", "quotes": 999_999})
    assert page.status_code == 200
    assert "quotes" in page.context["form"].errors


def test_autosave_takes_an_image_for_a_first_word(client, as_role, desk):
    as_role(DESK)
    data = {**EMPTY, **rows("media", medium(image=factories.make_image(60, 40).pk))}
    assert client.post(reverse("smeditor_posts:add"), data, HTTP_ACCEPT="application/json").status_code == 200


def test_the_counter_counts_what_the_form_holds_for_each_account(client, as_role, desk):
    as_role(DESK)
    row = {"account": desk.account.pk, "text": "Own text"}
    fields = {"text": "Common", "first_comment": "More", **rows("variants", row), **rows("media", medium())}
    asked = {"accounts": [desk.account.pk], "fields": {name: str(value) for name, value in fields.items()}}
    answer = client.post(reverse("smeditor:post_count"), json.dumps(asked), content_type="application/json").json()
    assert [row["count"] for row in answer["lengths"]] == [len("Own text")]
