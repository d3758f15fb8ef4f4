"""A story in two languages: what changes in one of them is said of the posts in that language, and of no others."""

import pytest
from wagtail.models import Locale

from smeditor.articles import article_adapter, snapshot
from smeditor.models import ArticleDrift, Post
from tests.publishing.test_drift import publish_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def translation(article):
    language = "fr" if article.locale.language_code == "en" else "en"
    elsewhere = Locale.objects.get_or_create(language_code=language)[0]
    copy = article.copy_for_translation(elsewhere, copy_parents=True)
    copy.title = "Un tram pour la vallée"
    copy.language = language
    copy.save_revision().publish()
    return copy


@pytest.fixture
def about(make_account, editor):
    """A post about a page, which keeps what the page is."""

    def write(page) -> Post:
        facts = article_adapter().facts(page)
        post = Post(text=facts.title, article=page, article_title=page.title, created_by=editor, live=False)
        post.article_seen = snapshot(facts)
        post.accounts = [make_account()]
        post.save()
        post.save_revision(user=editor)
        return post

    return write


def drifted() -> list[Post]:
    return [row.post for row in ArticleDrift.objects.select_related("post")]


def test_a_headline_that_changes_in_the_translation_is_said_of_its_own_post_alone(article, translation, about):
    original, translated = about(article), about(translation)
    publish_again(translation, title="Un tram pour la vallée, en juin")
    assert drifted() == [translated]
    ArticleDrift.objects.all().delete()
    publish_again(article, title="A tram for the valley, in June")
    assert drifted() == [original]


def test_each_is_said_of_with_its_own_languages_headline(article, translation, about):
    about(article), about(translation)
    publish_again(translation, title="En juin")
    publish_again(article, title="In June")
    found = {row.post.article_id: row.differences for row in ArticleDrift.objects.select_related("post")}
    assert [found[page.pk][0]["new"] for page in (article, translation)] == ["In June", "En juin"]
    assert [len(found[page.pk]) for page in (article, translation)] == [1, 1]
