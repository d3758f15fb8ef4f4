"""The pages about rules: an article explained, a month tried out, a run taken back."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.articles.models import ArticlePage
from smeditor.articles import article_adapter
from smeditor.models import Post, Rule, RuleRun
from smeditor.models.approval import latest_revision, seen_hash
from tests.desk import world
from tests.newsroom import factories


@pytest.fixture
def chief(desk, as_role):
    return as_role("chief")


def text_of(response) -> str:
    return BeautifulSoup(response.content, "html.parser").select_one("main").get_text(" ", strip=True)


def test_an_article_is_explained_condition_by_condition_in_words(desk, chief, client):
    Rule.objects.create(name="Paid only", paywall="paid", page_types=["articles.articlepage"], sections=["sport"])
    text = text_of(client.get(reverse("smeditor:article_rules", args=[desk.article.pk])))
    assert "Paid only" in text
    assert "articles for subscribers only the article: free articles only" in text
    assert "the article: Article" in text
    assert "articles.articlepage" not in text


def test_a_rule_is_tried_on_last_month(desk, chief, client):
    factories.make_article(desk.section, title="Of this week", first_published_at=timezone.now())
    desk.rule.accounts.add(desk.account)
    text = text_of(client.get(reverse("smeditor:rule_what_if", args=[desk.rule.pk])))
    assert "Of this week" in text
    assert "Nothing was written." in text


def test_a_months_trial_asks_no_more_of_each_article_than_reading_it(desk, chief, client):
    desk.rule.accounts.add(desk.account)
    url = reverse("smeditor:rule_what_if", args=[desk.rule.pk])

    def write(number):
        for _article in range(number):
            made = factories.make_article(desk.section, authors=[desk.author], first_published_at=timezone.now())
            made.lead_image = factories.make_image()
            made.tags.add("tram", "valley")
            made.save()

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    write(2)
    queries()  # what is cached once does not count
    few = queries()
    write(8)
    newest = ArticlePage.objects.order_by("pk").last()
    with CaptureQueriesContext(connection) as read:
        article_adapter().facts(newest)
    assert queries() == few + 8 * len(read)


def test_the_form_of_a_rule_leads_to_the_month_and_to_each_run(desk, chief, client):
    run = desk.run
    page = client.get(reverse("smeditor_rules:edit", args=[desk.rule.pk])).content.decode()
    assert reverse("smeditor:rule_what_if", args=[desk.rule.pk]) in page
    assert reverse("smeditor:rule_run", args=[run.pk]) in page
    assert "Beside what people did" in page


def test_bad_additions_to_the_link_come_back_with_an_example(desk, chief, client):
    page = client.post(
        reverse("smeditor_rules:edit", args=[desk.rule.pk]), {"name": "x", "link_parameters": "no pairs"}
    )
    assert "Write pairs of a name and a value" in page.content.decode()
    assert "no pairs" in page.content.decode()


def test_one_press_takes_back_what_a_rule_did(desk, chief, client):
    post = world.make_post("By rule", accounts=[desk.account], article=desk.article, rule=desk.rule)
    run = desk.run
    RuleRun.objects.filter(pk=run.pk).update(mode="draft", post=post, text="By rule")
    there = reverse("smeditor:rule_run", args=[run.pk])
    assert there in client.get(reverse("smeditor_posts:edit", args=[post.pk])).content.decode()
    assert "Nobody has changed the draft" in text_of(client.get(there))
    answer = client.post(
        reverse("smeditor:rule_run_undo", args=[run.pk]), {"seen": seen_hash(latest_revision(post))}, follow=True
    )
    assert "The draft is deleted." in answer.content.decode()
    assert "Taken back by" in text_of(answer)
    assert not Post.objects.filter(pk=post.pk).exists()
