"""Why a rule fired or did not, what it would have posted, and how that compares with what people did."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from smeditor.models import Delivery, Post, Rule, RuleRun
from smeditor.publishing import rule_insight
from smeditor.publishing.rule_conditions import conditions, matches
from smeditor.publishing.rules import run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.test_rules import facts, make_rule, publish  # noqa: F401


@given(
    st.lists(st.sampled_from(["transport", "sport"])),
    st.lists(st.sampled_from(["Ana Roque", "Bo"])),
    st.sampled_from(Rule.Paywall.values),
    st.lists(st.sampled_from(["articles.articlepage", "blog.post"])),
)
def test_a_rule_fires_when_every_condition_that_is_explained_is_met(sections, authors, paywall, page_types):
    rule = Rule(sections=sections, authors=authors, paywall=paywall, page_types=page_types)
    asked = conditions(rule, facts(), "articles.articlepage")
    assert matches(rule, facts(), "articles.articlepage") is all(condition.met for condition in asked)
    assert all(condition.met for condition in asked if not condition.wanted)


@pytest.mark.django_db
def test_every_active_rule_is_explained_those_that_fired_first(publish, make_rule):  # noqa: F811
    fired, other = make_rule(), make_rule(tags=["boats"])
    make_rule(active=False)
    article = publish()
    run_due(NOON)
    first, second = rule_insight.explain(article)
    assert (first.rule, first.met, first.run.rule_id) == (fired, True, fired.pk)
    assert (second.rule, second.met, second.run) == (other, False, None)
    assert [condition.name for condition in second.conditions if not condition.met] == ["tags"]


@pytest.mark.django_db
def test_what_if_reads_last_months_articles_and_writes_nothing(section, make_rule):  # noqa: F811
    rule = make_rule(tags=["tram"], link_parameters="utm_source=social")
    new = factories.make_article(section, "New", tags=["tram"], first_published_at=NOON - timedelta(days=3))
    factories.make_article(section, "Other", first_published_at=NOON - timedelta(days=3))
    factories.make_article(section, "Old", tags=["tram"], first_published_at=NOON - timedelta(days=40))
    result = rule_insight.what_if(rule, NOON)
    assert (result.read, result.more) == (2, False)
    assert [entry.article.pk for entry in result.posts] == [new.pk]
    assert "New" in result.posts[0].text
    assert "utm_source=social" in result.posts[0].text
    assert not Post.objects.exists()
    assert not RuleRun.objects.exists()


@pytest.mark.django_db
def test_what_if_stops_at_the_newest_and_says_that_there_are_more(section, make_rule, monkeypatch):  # noqa: F811
    monkeypatch.setattr(rule_insight, "MOST_ARTICLES", 2)
    for number in range(3):
        factories.make_article(section, f"Story {number}", first_published_at=NOON - timedelta(hours=number))
    result = rule_insight.what_if(make_rule(), NOON)
    assert (result.read, result.more, len(result.posts)) == (2, True, 2)


def shadow_run(rule, article, text):
    run = RuleRun.objects.create(rule=rule, article=article, article_key=article.pk, mode=Rule.Mode.SHADOW, text=text)
    RuleRun.objects.filter(pk=run.pk).update(at=NOON - timedelta(hours=5))
    return run


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_shadow_is_compared_with_people_in_figures(section, make_rule, make_account, make_post, article):  # noqa: F811
    rule = make_rule("shadow")
    silent, elsewhere = (factories.make_article(section, title) for title in ("Silent", "Elsewhere"))
    shadow_run(rule, article, "A tram for the valley https://paper.example/1/")
    shadow_run(rule, silent, "Silent")
    ours = make_post(rule.accounts.get(), text="A tram for the valley https://paper.example/2/")
    Delivery.objects.filter(post=ours).update(slot=NOON - timedelta(hours=4), sent_at=NOON - timedelta(hours=4))
    only_people = make_post(rule.accounts.get(), text="Elsewhere")
    Post.objects.filter(pk=only_people.pk).update(article=elsewhere, article_key=elsewhere.pk)
    found = rule_insight.compare(rule, NOON)
    assert (found.runs, found.followed, found.same_account, found.missed) == (2, 1, 1, 1)
    assert (found.minutes, found.similarity) == (60, 1.0)


@pytest.mark.django_db
def test_a_rule_without_runs_compares_with_nothing(make_rule):  # noqa: F811
    found = rule_insight.compare(make_rule("shadow"), NOON)
    assert (found.runs, found.followed, found.minutes, found.similarity) == (0, 0, None, None)


@given(st.text(max_size=80), st.text(max_size=80))
def test_texts_are_alike_between_nothing_and_wholly(first, second):
    assert 0 <= rule_insight.similarity(first, second) <= 1
    assert rule_insight.similarity(first, first) == 1
