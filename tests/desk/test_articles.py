"""The way from an article to what the desk has on it, and the list of articles with what was posted about each."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from smeditor.models import Delivery, Post, Role
from tests.desk import world
from tests.newsroom import factories


@pytest.fixture
def chief(desk, as_role):
    return as_role(superuser=True)


def links(response) -> set[str]:
    return {link["href"] for link in BeautifulSoup(response.content, "html.parser").select("a[href]")}


def test_wagtails_own_pages_about_an_article_lead_to_its_page_on_the_desk(desk, chief, client):
    """U9: nobody found it."""
    there = reverse("smeditor:article", args=[desk.article.pk])
    for address in [
        reverse("wagtailadmin_pages:edit", args=[desk.article.pk]),
        reverse("wagtailadmin_explore", args=[desk.section.pk]),
    ]:
        assert there in links(client.get(address)), address


def test_a_page_that_is_no_article_has_no_such_link(desk, chief, client):
    there = reverse("smeditor:article", args=[desk.section.pk])
    assert there not in links(client.get(reverse("wagtailadmin_pages:edit", args=[desk.section.pk])))


def test_the_list_says_of_each_article_what_was_posted_and_how_many_answered(desk, chief, client):
    silent = factories.make_article(desk.section, title="Nobody spoke of it")
    Delivery.objects.filter(pk=desk.delivery.pk).update(state=Delivery.State.SENT)
    world.make_post("Thank you, reader.", article=desk.article, kind=Post.Kind.REPLY)
    page = BeautifulSoup(client.get(reverse("smeditor:articles")).content, "html.parser")
    rows = {
        row.select_one(".title").get_text(" ", strip=True): row.get_text(" ", strip=True)
        for row in page.select("tbody tr")
    }
    summary = next(text for title, text in rows.items() if desk.article.title in title)
    assert desk.post.text in summary
    assert "Thank you, reader" not in summary
    assert summary.endswith("3")
    assert "Nothing yet." in next(text for title, text in rows.items() if silent.title in title)


def test_it_asks_the_database_as_often_for_many_articles_as_for_few(desk, chief, client, django_assert_max_num_queries):
    for number in range(6):
        article = factories.make_article(desk.section, title=f"Story {number}")
        world.make_delivery(world.make_post(f"Post {number}", accounts=[desk.account], article=article), desk.account)
    with django_assert_max_num_queries(30):
        assert client.get(reverse("smeditor:articles")).status_code == 200


def test_who_may_only_read_reactions_is_shown_no_posts(desk, as_role, client):
    as_role(Role.MODERATOR)
    response = client.get(reverse("smeditor:articles"))
    assert response.status_code in (200, 403)


def test_answers_to_readers_do_not_fill_the_list_of_posts(desk, chief, client):
    """U11. They are there for whoever asks for them."""
    answer = world.make_post("Thank you, reader.", article=desk.article, kind=Post.Kind.REPLY)
    there, listing = reverse("smeditor_posts:edit", args=[answer.pk]), reverse("smeditor_posts:list")
    assert there not in links(client.get(listing))
    assert reverse("smeditor_posts:edit", args=[desk.post.pk]) in links(client.get(listing))
    for asked in ("?kind=reply", "?kind=all"):
        assert there in links(client.get(listing + asked)), asked
