"""Aliases and what localisation copies lead to their source (P3, wagtail#11344): one story is announced once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from wagtail.models import Locale

from newsroom.articles.adapter import ArticleAdapter
from smeditor.articles import PageAdapter, source_of
from smeditor.listening.attach import Finder
from smeditor.models import Post, PublishedArticle, Rule, RuleRun
from smeditor.publishing.rules import run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def rule(editor, make_account):
    rule = Rule.objects.create(name="All", mode=Rule.Mode.DRAFT, created_by=editor)
    rule.accounts.add(make_account())
    return rule


@pytest.fixture
def other_section(site):
    return factories.make_section(site.root_page, "Valley")


@pytest.fixture
def story(section):
    article = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)
    article.save_revision().publish()
    return article


def test_an_alias_of_a_published_article_is_announced_by_no_second_post(rule, story, other_section):
    run_due(NOON)
    story.create_alias(parent=other_section)
    story.save_revision().publish()  # which publishes the alias again as well
    run_due(NOON)
    assert Post.objects.count() == 1
    assert PublishedArticle.objects.get().article_key == story.pk


def test_an_alias_of_a_draft_for_tomorrow_is_not_announced_today(rule, section, other_section):
    draft = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)
    draft.go_live_at = NOON + timedelta(days=1)
    draft.save_revision().publish()
    draft.create_alias(parent=other_section)
    run_due(NOON)
    assert not Post.objects.exists()
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        call_command("publish_scheduled")
        run_due(NOON + timedelta(days=1, minutes=1))
    assert [post.article_id for post in Post.objects.all()] == [draft.pk]


def test_what_became_an_alias_after_it_was_written_down_is_not_announced(rule, story, section):
    other = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)
    other.save_revision().publish()
    type(other).objects.filter(pk=other.pk).update(alias_of=story)
    run_due(NOON)
    assert [post.article_id for post in Post.objects.all()] == [story.pk]


@pytest.fixture
def elsewhere(story):
    """Another language than the story's."""
    return Locale.objects.get_or_create(language_code="fr" if story.locale.language_code == "en" else "en")[0]


def test_a_tree_that_is_synced_into_another_language_says_nothing_twice(rule, story, elsewhere):
    run_due(NOON)
    copy = story.copy_for_translation(elsewhere, copy_parents=True, alias=True)
    story.save_revision().publish()
    run_due(NOON)
    assert copy.alias_of_id == story.pk
    assert Post.objects.count() == 1


def test_a_translation_is_not_announced_by_the_rule_that_announced_its_story(rule, story, elsewhere):
    run_due(NOON)
    translation = story.copy_for_translation(elsewhere, copy_parents=True)
    translation.save_revision().publish()
    run_due(NOON)
    assert Post.objects.count() == 1
    assert "another language" in RuleRun.objects.get(article_key=translation.pk).reason


def test_a_translation_is_announced_by_the_rule_of_its_own_language(story, elsewhere, editor, make_account):
    for language in ("en", "fr"):
        rule = Rule.objects.create(name=language, mode="draft", created_by=editor, languages=[language])
        rule.accounts.add(make_account())
    run_due(NOON)
    translation = story.copy_for_translation(elsewhere, copy_parents=True)
    translation.language = "fr"
    translation.save_revision().publish()
    run_due(NOON)
    assert sorted(Post.objects.values_list("article_id", flat=True)) == sorted([story.pk, translation.pk])


@pytest.mark.parametrize("adapter", [PageAdapter, ArticleAdapter])
def test_the_address_of_an_alias_leads_to_its_source(adapter, story, other_section):
    alias = story.create_alias(parent=other_section)
    second = alias.create_alias(parent=story.get_parent(), update_slug="second")
    assert adapter().find(alias.get_full_url()) == story
    assert adapter().find(second.get_full_url()) == story


def test_a_reaction_to_the_address_of_an_alias_is_about_its_source(story, other_section, settings):
    alias = story.create_alias(parent=other_section)
    settings.SMEDITOR = {
        **settings.SMEDITOR,
        "ARTICLE_ADAPTER": "tests.publishing.test_aliases.AdapterThatStaysWithAliases",
    }
    assert Finder().page_at(f"{alias.get_full_url()}?utm_source=mastodon") == story


class AdapterThatStaysWithAliases(ArticleAdapter):
    """A host's own, which knows nothing of aliases."""

    def find(self, url):
        return type(self)._alias_at(url)

    @staticmethod
    def _alias_at(url):
        from smeditor.articles import page_at

        return page_at(url)


def test_a_circle_of_aliases_ends(story, section):
    other = factories.make_article(section)
    type(story).objects.filter(pk=story.pk).update(alias_of=other)
    type(other).objects.filter(pk=other.pk).update(alias_of=story)
    assert source_of(type(story).objects.get(pk=story.pk)) in (story, other)
