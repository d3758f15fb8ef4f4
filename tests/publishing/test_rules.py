"""Rules: which article leads to which post, how far it goes by itself, and what happens when something is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from smeditor.articles import ArticleFacts, ArticleImage, ArticleSection
from smeditor.models import Account, Delivery, Post, PublishedArticle, Rule, RuleRun
from smeditor.publishing import compose, payload
from smeditor.publishing.rules import matches, run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import LabBluesky, LabMastodon

State = Delivery.State


def facts(**fields) -> ArticleFacts:
    known = {
        "page_id": 1,
        "title": "A tram for the valley",
        "standfirst": "The line will open in May.",
        "kicker": "",
        "url": "https://paper.example/a-tram/",
        "language": "en",
        "section": ArticleSection("transport", "Transport"),
        "tags": ("tram", "city hall"),
        "author_ids": (),
        "author_names": ("Ana Roque",),
        "image": ArticleImage(1, "A tram", True),
        "published_at": NOON,
        "updated_at": NOON,
        "embargo_until": None,
        "paywalled": False,
        "news_class": "news",
        "live": True,
        "corrections": (),
        "paragraphs": (),
        "revision_id": 1,
    }
    return ArticleFacts(**{**known, **fields})


@pytest.fixture
def publish(section):
    def make(title: str = "A tram for the valley", **fields):
        fields = {"live": False, "first_published_at": None, "last_published_at": None, **fields}
        article = factories.make_article(section, title, **fields)
        article.save_revision().publish()
        return article

    return make


@pytest.fixture
def make_rule(editor, make_account):
    def make(mode: str = "draft", **fields) -> Rule:
        rule = Rule.objects.create(name=f"Rule {Rule.objects.count()}", mode=mode, created_by=editor, **fields)
        rule.accounts.add(make_account())
        return rule

    return make


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"sections": ["transport"]}, True),
        ({"sections": ["Transport"]}, True),
        ({"sections": ["sport"]}, False),
        ({"tags": ["Tram", "boats"]}, True),
        ({"tags": ["boats"]}, False),
        ({"languages": ["en"]}, True),
        ({"languages": ["fr"]}, False),
        ({"news_classes": ["breaking"]}, False),
        ({"paywall": "free"}, True),
        ({"paywall": "paid"}, False),
        ({"authors": ["ana roque"]}, True),
        ({"authors": ["Bo"]}, False),
        ({"page_types": ["articles.articlepage"]}, True),
        ({"page_types": ["blog.post"]}, False),
        ({"sections": ["transport"], "languages": ["fr"]}, False),
    ],
)
def test_a_rule_is_meant_for_an_article_that_meets_every_condition(conditions, expected) -> None:
    assert matches(Rule(**conditions), facts(), "articles.articlepage") is expected


@pytest.mark.django_db
def test_a_rule_adds_to_the_link_what_it_says_and_the_text_carries_the_same(publish, make_rule):
    make_rule(
        link_parameters="utm_source=social&utm_campaign={section}",
        page_types=["articles.articlepage"],
        first_comment="More on {title}: {url}",
    )
    article = publish()
    run_due(NOON)
    post = Post.objects.get()
    assert post.link == f"{article.get_full_url()}?utm_source=social&utm_campaign={article.section.slug}"
    assert post.link in post.text
    assert post.first_comment == f"More on {article.title}: {post.link}"
    assert post.article_seen["link"] == article.get_full_url()


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("mode", "posts", "live", "deliveries"),
    [("shadow", 0, False, 0), ("draft", 1, False, 0), ("ask", 1, False, 0), ("auto", 1, True, 1)],
)
def test_a_rule_goes_as_far_as_its_mode(publish, make_rule, mode, posts, live, deliveries):
    make_rule(mode)
    article = publish()
    assert run_due(NOON) == 1
    run = RuleRun.objects.get()
    assert article.get_full_url() in run.text
    assert run.reason
    assert Post.objects.count() == posts
    assert Post.objects.filter(live=live).count() == posts
    assert Delivery.objects.count() == deliveries


@pytest.mark.django_db
def test_an_article_makes_a_rule_run_once_however_often_it_is_published(publish, make_rule):
    make_rule()
    article = publish()
    run_due(NOON)
    article.save_revision().publish()
    assert run_due(NOON) == 0
    assert Post.objects.count() == 1


@pytest.mark.django_db
def test_a_routine_change_of_an_old_article_is_no_news(section, make_rule):
    make_rule()
    article = factories.make_article(section)
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        article.save_revision().publish()
        assert run_due(NOON + timedelta(days=30)) == 0
    assert not Post.objects.exists()


@pytest.mark.django_db
def test_an_embargoed_article_waits_in_the_outbox(publish, make_rule):
    until = NOON + timedelta(hours=2)
    with time_machine.travel(NOON, tick=False):
        make_rule()
        publish(embargo_until=until)
        assert run_due(NOON) == 0
        assert not Post.objects.exists()
    assert run_due(until - timedelta(seconds=1)) == 0
    assert run_due(until) == 1
    assert Post.objects.count() == 1


@pytest.mark.django_db
def test_one_bad_article_and_one_bad_rule_stop_nobody(publish, make_rule, monkeypatch):
    bad_rule, _good_rule = make_rule(), make_rule()
    Account.objects.filter(rules=bad_rule).update(network="gone")
    first = publish("First")
    publish("Second")
    run_due(NOON)
    assert Post.objects.count() == 2
    entry = PublishedArticle.objects.get(article_key=first.pk)
    assert bad_rule.name in entry.error
    assert entry.handled_at is None

    Account.objects.filter(rules=bad_rule).update(network="lab_plain")
    first.save_revision().publish()
    assert run_due(NOON) == 1
    assert Post.objects.count() == 3, "publishing again gives the failed rule, and only it, another chance"


@pytest.mark.django_db
def test_an_article_without_image_or_section_is_announced_all_the_same(site, make_rule):
    make_rule("auto")
    article = factories.make_article(site.root_page, live=False, first_published_at=None, last_published_at=None)
    article.save_revision().publish()
    run_due(NOON)
    assert Delivery.objects.get().state == State.SCHEDULED


@pytest.mark.django_db
def test_a_picture_without_social_rights_stays_at_home(publish, make_rule):
    make_rule()
    publish(lead_image=factories.make_image(200, 200, rights="agency-web"))
    run_due(NOON)
    assert not Post.objects.get().media.exists()


@pytest.mark.django_db
def test_the_text_differs_only_where_the_network_wants_it(publish, make_rule, make_account):
    rule = make_rule()
    card = make_account("bluesky")
    rule.accounts.add(card)
    article = publish()
    run_due(NOON)
    post = Post.objects.get()
    texts = {variant.account_id: variant.text for variant in post.variants.all()}
    with_link, without = post.text, texts.get(card.pk, post.text)
    if article.get_full_url() not in with_link:
        with_link, without = next(iter(texts.values())), post.text
    assert article.get_full_url() in with_link
    assert article.get_full_url() not in without, "there the link travels in the card"


class Plain:
    """A ruler without a database: 300 characters."""

    def __init__(self, limit: int = 300) -> None:
        self.limit = limit

    def too_long_by(self, text: str, link: str = "") -> int:
        sent = text.replace(link, link + "?sme=" + payload.SAMPLE_TOKEN) if link else text
        return max(0, len(sent) - self.limit)


@given(title=st.text(max_size=800), standfirst=st.text(max_size=800), kicker=st.text(max_size=60))
def test_a_text_is_cut_to_the_limit_and_its_link_never(title, standfirst, kicker) -> None:
    article = facts(title=title, standfirst=standfirst, kicker=kicker)
    text = compose.fit("{kicker}{title}\n\n{standfirst}\n\n{url}", article, Plain())
    assert not Plain().too_long_by(text, article.url)
    assert text.endswith(article.url)


def test_what_fits_is_not_touched() -> None:
    assert compose.fit("{kicker}{title}\n\n{url}", facts(kicker="Mobility"), Plain()) == (
        "Mobility · A tram for the valley\n\nhttps://paper.example/a-tram/"
    )


def test_a_template_cannot_reach_into_objects() -> None:
    assert compose.render("{title.__class__} {nothing} {title}", {"title": "x"}) == "{title.__class__} {nothing} x"


def test_the_harness_has_cards_and_none() -> None:
    assert LabBluesky.capabilities.card
    assert not LabMastodon.capabilities.card
