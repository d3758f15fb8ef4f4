"""A good post is said again: what is kept, what it did last time, what warns, and the draft with a link token of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from newsroom.articles.models import ArticlePage
from smeditor.models import Account, Delivery, Desk, LibraryEntry, Post, Variant
from smeditor.publishing import corrections, library
from smeditor.publishing.engine import tick
from tests.desk import world
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def evergreen(make_account, make_post):
    """A post of class evergreen, sent from two accounts, with another text on the second."""
    first, second = make_account("mastodon"), make_account("bluesky")
    post = make_post(first, second, news_class="evergreen", live=False)
    draft = post.get_latest_revision_as_object()
    draft.variants.add(Variant(account=second, text="Another text"))
    draft.save_revision(user=post.created_by).publish(user=post.created_by)
    tick(NOON + SECOND, "worker")
    return post


def entry() -> LibraryEntry:
    return LibraryEntry.objects.select_related("post").get()


def last() -> library.LastTime:
    return library.last_times([entry()])[entry().pk]


def test_an_evergreen_post_is_kept_when_it_is_approved_and_news_is_not(evergreen, make_post, make_account):
    make_post(make_account("plain"), text="News")
    assert (entry().post, entry().kept_by) == (evergreen, None)


def test_it_is_said_again_whole_with_tokens_of_its_own(evergreen, editor, clock):
    clock.move_to(NOON + 30 * DAY)
    draft = library.use_again(entry(), editor, NOON + 30 * DAY)
    assert (draft.live, draft.created_by, draft.text) == (False, editor, evergreen.text)
    assert [variant.text for variant in draft.variants.all()] == ["Another text"]
    draft.get_latest_revision().publish(user=editor)
    assert LibraryEntry.objects.count() == 1
    tokens = Delivery.objects.values_list("link_token", flat=True)
    assert len(set(tokens)) == 4
    assert entry().used_at == NOON + 30 * DAY


def test_a_colleague_of_one_desk_writes_for_its_accounts_alone(evergreen):
    Account.objects.filter(handle="paper2").update(desk=Desk.objects.create(name="Other", slug="other"))
    nora = world.make_user("nora", "social_editor")
    draft = library.use_again(entry(), nora, NOON)
    assert [account.handle for account in draft.accounts.all()] == ["paper1"]
    assert not draft.variants.all()


def test_the_library_shows_the_last_saying_and_not_the_first(evergreen, editor, clock):
    assert len(last().deliveries) == 2
    clock.move_to(NOON + DAY)
    again = library.use_again(entry(), editor, NOON + DAY)
    assert last().sent_at < NOON + DAY
    again.get_latest_revision().publish(user=editor)
    later = Delivery.objects.filter(post=again).latest("slot").slot + SECOND
    clock.move_to(later)
    tick(later, "worker")
    assert {row.post for row in last().deliveries} == {again}


def test_it_warns_of_what_changed_since(evergreen, article):
    Post.objects.update(article_title=article.title)
    assert last().warnings == []
    page = ArticlePage.objects.get(pk=article.pk)
    page.title = "A tram for two valleys"
    page.save_revision().publish()
    corrections.note(article.pk, "It opens in June.", NOON)
    headline, corrected = last().warnings
    assert "A tram for two valleys" in headline
    assert "corrected" in corrected
    page.unpublish()
    assert "The article is not published." in last().warnings


def test_it_warns_of_an_article_that_is_no_more(evergreen, article):
    Post.objects.update(article=None)
    ArticlePage.objects.get(pk=article.pk).delete()
    assert last().warnings == ["The article was deleted."]


def test_twenty_cost_as_many_questions_as_two(evergreen, article, django_assert_max_num_queries):
    for number in range(18):
        post = world.make_post(f"Post {number}", article=article)
        LibraryEntry.objects.create(post=post, kept_at=NOON)
    entries = list(LibraryEntry.objects.select_related("post"))
    with django_assert_max_num_queries(4):
        library.last_times(entries)


def test_a_colleague_may_keep_any_post_once(make_post, make_account):
    nora = factories.make_user("nora", "Nora", "Bell")
    post = make_post(make_account("mastodon"))
    library.keep(post, nora, NOON)
    library.keep(post, None, NOON)
    assert entry().kept_by == nora
