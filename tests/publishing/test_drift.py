"""A post no longer matches its article: what is found, when, and what an editor may do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from smeditor.articles import article_adapter, differences, snapshot, state_hash
from smeditor.exceptions import NotAllowed
from smeditor.models import Approval, ArticleDrift, Delivery, Post, PostMedia, Rule, Variant
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.publishing import drift, drift_update, preflight
from smeditor.publishing.rules import run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.test_rules import facts

State = ArticleDrift.State
HEADLINE, NEW = "A tram for the valley", "A tram for the valley, in June"
pytestmark = pytest.mark.django_db


@pytest.fixture
def written(make_post, make_account, article):
    """A post about the article, which keeps what the article is."""

    def make(live: bool = False, **fields) -> Post:
        kept = snapshot(article_adapter().facts(article))
        return make_post(make_account(), live=live, article_seen=kept, article_title=article.title, **fields)

    return make


def with_image(post, image):
    draft = latest_revision(post).as_object()
    draft.media = [PostMedia(image=image, alt="Old")]
    draft.save()
    draft.save_revision()
    return post


def publish_again(article, **fields):
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision().publish()


def take(post, user):
    state = ArticleDrift.objects.get(post=post).article_state
    return drift_update.take(post, user, seen_hash(latest_revision(post)), state, NOON)


@pytest.mark.parametrize("live", [False, True])
def test_a_changed_headline_is_found_for_drafts_and_approved_posts_alike(written, article, live):
    post = written(live)
    publish_again(article, title=NEW)
    row = ArticleDrift.objects.get(post=post)
    assert row.state == State.OPEN
    assert row.differences == [{"field": "headline", "old": HEADLINE, "new": NEW}]
    sentences = [finding.sentence for finding in preflight.check(Post.objects.get(pk=post.pk), NOON).findings]
    assert any("no longer matches the headline" in sentence and NEW in sentence for sentence in sentences)


def test_every_field_that_readers_meet_is_compared():
    old = snapshot(facts())
    new = snapshot(facts(title="x", url="https://paper.example/b/", paywalled=True, image=None, author_names=("Bo",)))
    assert [difference.field for difference in differences(old, new)] == [
        "headline", "link", "paywalled", "image", "authors",
    ]  # fmt: skip
    assert all(drift.sentence(difference) for difference in differences(old, new))


def test_publishing_the_same_again_finds_nothing(written, article):
    written()
    publish_again(article, standfirst="Another standfirst.")
    assert not ArticleDrift.objects.exists()


def test_changing_the_headline_back_ends_it(written, article):
    written()
    publish_again(article, title=NEW)
    publish_again(article, title=HEADLINE)
    assert not ArticleDrift.objects.exists()


def test_taking_the_update_changes_the_old_headline_word_for_word_and_nothing_else(written, article, editor):
    post = written(text=f"Read this: {HEADLINE}! {article.get_full_url()}")
    publish_again(article, title=NEW)
    assert take(post, editor) is False
    post = Post.objects.get(pk=post.pk)
    assert post.text == f"Read this: {NEW}! {article.get_full_url()}"
    assert not ArticleDrift.objects.exists()
    assert latest_revision(post).user == editor


def test_the_text_of_one_account_is_updated_too(written, article, editor):
    post = written()
    draft = latest_revision(post).as_object()
    draft.variants = [Variant(account=draft.accounts.first(), text=f"{HEADLINE} – for this account")]
    draft.save()
    draft.save_revision(user=editor)
    publish_again(article, title=NEW)
    take(post, editor)
    assert Post.objects.get(pk=post.pk).variants.get().text == f"{NEW} – for this account"


def test_an_approved_post_must_be_approved_again(written, article, editor):
    post = written(live=True)
    before = Delivery.objects.get(post=post).approved_hash
    publish_again(article, title=NEW)
    assert take(post, editor) is True
    post = Post.objects.get(pk=post.pk)
    assert HEADLINE in post.text
    assert post.has_unpublished_changes
    assert ArticleDrift.objects.get(post=post).state == State.TAKEN
    assert Delivery.objects.get(post=post).approved_hash == before
    latest_revision(post).publish(user=editor)
    assert NEW in Post.objects.get(pk=post.pk).text
    assert not ArticleDrift.objects.exists()


def test_leaving_it_holds_for_this_state_of_the_article_and_no_other(written, article, editor):
    post = written()
    publish_again(article, title=NEW)
    drift_update.leave(post, editor, ArticleDrift.objects.get().article_state, NOON)
    publish_again(article, standfirst="Another standfirst.")
    row = ArticleDrift.objects.get()
    assert (row.state, row.left_by) == (State.LEFT, editor)
    assert not list(drift.sentences(post))
    publish_again(article, title="Yet another headline")
    row = ArticleDrift.objects.get()
    assert (row.state, row.left_by) == (State.OPEN, None)


def test_nobody_decides_about_a_text_or_an_article_that_they_have_not_seen(written, article, editor):
    post = written()
    publish_again(article, title=NEW)
    state = ArticleDrift.objects.get().article_state
    with pytest.raises(drift_update.Changed):
        drift_update.take(post, editor, "another text", state, NOON)
    publish_again(article, title="Yet another headline")
    with pytest.raises(drift_update.Changed):
        drift_update.take(post, editor, seen_hash(latest_revision(post)), state, NOON)
    with pytest.raises(drift_update.Changed):
        drift_update.leave(post, editor, state, NOON)
    assert Post.objects.get(pk=post.pk).text.startswith(HEADLINE)


def test_who_may_not_change_the_post_decides_nothing(written, article, django_user_model):
    post = written()
    publish_again(article, title=NEW)
    stranger = django_user_model.objects.create_user("stranger")
    for decide in (
        lambda: take(post, stranger),
        lambda: drift_update.leave(post, stranger, ArticleDrift.objects.get().article_state, NOON),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert ArticleDrift.objects.get().state == State.OPEN


def test_a_new_lead_image_takes_the_place_of_the_old_one_and_of_no_other(written, article, editor):
    old, new, own = (
        factories.make_image(40, 30),
        factories.make_image(40, 30, alt_text="New"),
        factories.make_image(40, 30),
    )
    publish_again(article, lead_image=old)
    article.refresh_from_db()
    with_lead, with_own = with_image(written(), old), with_image(written(), own)
    publish_again(article, lead_image=new)
    for post in (with_lead, with_own):
        take(post, editor)
    assert [(row.image_id, row.alt) for row in Post.objects.get(pk=with_lead.pk).media.all()] == [(new.pk, "New")]
    assert [row.image_id for row in Post.objects.get(pk=with_own.pk).media.all()] == [own.pk]


def test_an_image_that_may_not_leave_the_house_takes_no_ones_place(written, article, editor):
    old, new = factories.make_image(40, 30), factories.make_image(40, 30, rights="agency-web")
    publish_again(article, lead_image=old)
    article.refresh_from_db()
    post = with_image(written(), old)
    publish_again(article, lead_image=new)
    take(post, editor)
    assert not Post.objects.get(pk=post.pk).media.exists()


def test_a_moved_article_takes_its_link_along_with_what_was_added_to_it(written, article, editor):
    link = article.get_full_url()
    post = written(text=f"Read: {link}?utm_source=desk and {link}more/")
    Post.objects.filter(pk=post.pk).update(link=f"{link}?utm_source=desk")
    post = Post.objects.get(pk=post.pk)
    post.save_revision(user=editor)
    publish_again(article, slug="moved")
    article = type(article).objects.get(pk=article.pk)
    there = article.get_full_url()
    assert there != link
    take(post, editor)
    post = Post.objects.get(pk=post.pk)
    assert post.link == f"{there}?utm_source=desk"
    assert post.text == f"Read: {there}?utm_source=desk and {link}more/"


def test_who_writes_the_new_headline_by_hand_knows_of_it(written, article, editor):
    post = written()
    publish_again(article, title=NEW)
    draft = latest_revision(post).as_object()
    drift.renew(draft, article_adapter().facts(article))
    assert draft.article_seen["headline"] == HEADLINE
    draft.text = draft.text.replace(HEADLINE, NEW)
    drift.renew(draft, article_adapter().facts(article))
    draft.save()
    draft.save_revision(user=editor)
    assert not ArticleDrift.objects.exists()


def test_a_text_that_holds_the_new_headline_already_is_not_lengthened_again(written, article, editor):
    post = written(text=f"{NEW} – {HEADLINE}")
    publish_again(article, title=NEW)
    take(post, editor)
    assert Post.objects.get(pk=post.pk).text == f"{NEW} – {NEW}"


def test_a_post_of_a_rule_and_an_approval_keep_what_the_article_was(section, make_account, editor):
    rule = Rule.objects.create(name="All", mode="auto", created_by=editor)
    rule.accounts.add(make_account())
    article = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)
    with time_machine.travel(NOON, tick=False):
        article.save_revision().publish()
        run_due(NOON)
    assert Post.objects.get().article_seen["headline"] == article.title
    assert Approval.objects.get().article_seen["headline"] == article.title


def test_answers_to_readers_are_compared_with_nothing(written, article):
    post = written()
    Post.objects.filter(pk=post.pk).update(kind=Post.Kind.REPLY)
    publish_again(article, title=NEW)
    assert not ArticleDrift.objects.exists()


def test_it_asks_as_often_for_many_posts_as_for_few(written, article, django_assert_max_num_queries):
    for number in range(12):
        written(text=f"{HEADLINE} {number}")
    article.title = NEW
    article.save()
    with django_assert_max_num_queries(60):
        assert drift.check_article(article, NOON + timedelta(hours=1)) == 12


@given(st.text(max_size=40), st.text(max_size=40), st.booleans(), st.booleans())
def test_equal_states_have_equal_names_and_differ_in_nothing(title, other, paid, also_paid):
    first, second = snapshot(facts(title=title, paywalled=paid)), snapshot(facts(title=other, paywalled=also_paid))
    assert (state_hash(first) == state_hash(second)) is (not differences(first, second))
