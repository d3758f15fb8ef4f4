"""Wherever a post is approved or previewed, it is drawn as in the composer: card by card, and nothing of it folded in."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.desk.posts.preview_cards import compose
from smeditor.models import Post
from tests.desk import world
from tests.desk.test_actions import CHIEF
from tests.desk.test_approval_roads import start_workflow
from tests.desk.test_composing import FORM, texts_of

TEXT = "The bridge stays shut. " + "Nobody knows until when. " * 9 + "#bridge\n---\nThe ferry runs instead."
CARD = re.compile(r'<div class="sme-post sme-post--.*?</div>\s*(?=</section>|<ul class="lengths")', re.DOTALL)


@pytest.fixture
def post(desk):
    """A thread for two networks that look different, one of which folds long texts in and warns."""
    accounts = [desk.account, world.make_account("paper_li", "linkedin", limits={})]
    return world.make_post(TEXT, accounts, created_by=desk.author, content_warning="A closed bridge")


def expected(post, user) -> list[list[str]]:
    return [[part["text"] for part in card.frozen["parts"]] for card in compose(post, timezone.now(), user).cards]


def drawn(page: str) -> list[list[str]]:
    return [texts_of({"html": card}) for card in CARD.findall(page)]


def typed(post) -> dict:
    accounts = [account.pk for account in post.accounts.all()]
    return {**FORM, "text": post.text, "accounts": accounts, "content_warning": post.content_warning}


def bulk(client, post):
    return client.get(f"/admin/bulk/smeditor/post/approve/?id={post.pk}&next=/admin/")


def revision(client, post):
    return client.get(reverse("smeditor_posts:revisions_view", args=[post.pk, post.latest_revision_id]))


def edited(client, post):
    url = reverse("smeditor_posts:preview_on_edit", args=[post.pk])
    assert client.post(url, typed(post)).json()["is_valid"]
    return client.get(url)


def task(client, post):
    start_workflow(post, post.created_by)
    state = Post.objects.get(pk=post.pk).current_workflow_task_state
    return client.get(reverse("smeditor_posts:workflow_preview", args=[post.pk, state.task_id]))


def new(client, post):
    url = reverse("smeditor_posts:preview_on_add")
    assert client.post(url, typed(post)).json()["is_valid"]
    return client.get(url)


def fast_lane(client, post):
    return client.get(reverse("smeditor:fast_lane", args=[post.pk]))


@pytest.mark.parametrize("road", [bulk, fast_lane, revision, edited, new, task], ids=lambda road: road.__name__)
def test_every_message_of_every_account_is_drawn_as_it_would_be_frozen(client, as_role, post, road):
    me = as_role(CHIEF)
    page = road(client, post).content.decode()
    assert drawn(page) == expected(post, me)
    for card in compose(post, timezone.now(), me).cards:
        for part in card.parts:
            assert part.length.sentence in page


@pytest.mark.parametrize("road", [bulk, fast_lane], ids=lambda road: road.__name__)
def test_who_approves_need_unfold_nothing(client, as_role, post, road):
    as_role(CHIEF)
    page = road(client, post).content.decode()
    folds = re.findall(r'<details class="sme-post__[^>]*>', page)
    assert folds
    assert all(re.search(r"\bopen\b", fold) for fold in folds)


def test_what_the_checks_say_of_one_account_stands_with_that_account(client, as_role, post, desk):
    desk.account.no_exclamation = True
    desk.account.save()
    Post.objects.filter(pk=post.pk).update(text="It is shut!")
    post.refresh_from_db()
    post.save_revision()
    as_role(CHIEF)
    for road in (bulk, revision):
        page = road(client, post).content.decode()
        assert page.count("full stop") == 1
