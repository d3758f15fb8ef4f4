"""An edit after an approval asks again, and the page of approving shows what changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from smeditor.models import Post
from smeditor.models.approval import latest_revision
from smeditor.publishing import approval
from smeditor.publishing.since_approval import since_approval
from tests.desk import world
from tests.desk.test_actions import DESK


@pytest.fixture
def approved(desk):
    writer, editor = world.make_user("writer", DESK), world.make_user("editor", DESK)
    account = world.make_account("strict", approval="four_eyes")
    post = world.make_post("The bridge opens on Monday.", [account], created_by=writer)
    approval.approve(post, editor, approval.shown_revision(post))
    return Post.objects.get(pk=post.pk)


def rewrite(post: Post, **changes) -> Post:
    changed = Post.objects.get(pk=post.pk).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(changed, name, value)
    changed.save_revision(user=post.created_by)
    return Post.objects.get(pk=post.pk)


def test_what_is_as_it_was_approved_differs_in_nothing(approved):
    assert since_approval(approved) is None
    assert since_approval(world.make_post("Never approved.")) is None
    assert since_approval(Post(text="Never saved.")) is None


def test_a_changed_word_is_shown_in_its_sentence(approved):
    difference = since_approval(rewrite(approved, text="The bridge opens on <Tuesday>."))
    assert 'class="deletion">Monday' in difference.text
    assert "&lt;" in difference.text
    assert difference.fields == []


def test_another_link_and_other_accounts_are_named(approved):
    changed = rewrite(approved, link="https://paper.example/", accounts=[])
    assert [str(name) for name in since_approval(changed).fields] == ["link", "accounts"]


def test_the_bulk_page_and_the_form_show_it_and_the_approval_is_asked_again(client, as_role, approved):
    as_role(DESK)
    post = rewrite(approved, text="The bridge opens on Tuesday.")
    assert approval.refusal(post, post.created_by)
    for url in (
        f"/admin/bulk/smeditor/post/approve/?id={post.pk}&next=/admin/",
        reverse("smeditor_posts:edit", args=[post.pk]),
    ):
        page = client.get(url).content.decode()
        assert "Changed since it was approved" in page
        assert 'class="addition">Tuesday' in page


def test_an_approved_text_that_an_autosave_wrote_over_is_not_compared(approved):
    changed = latest_revision(approved).as_object()
    changed.text = "Written over."
    changed.save_revision(user=approved.created_by, overwrite_revision=latest_revision(approved))
    assert since_approval(rewrite(approved, text="And once more.")) is None
