"""The public pages: what a reader gets."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.articles.listing import PER_PAGE
from newsroom.articles.models import ArticleAuthor, Correction
from tests.newsroom.factories import make_article, make_image, make_user, numbers


def page(client, of):
    return client.get(of.get_url())


def test_an_article_shows_its_title_standfirst_byline_and_body(client, section, ana):
    answer = page(client, make_article(section, authors=[ana]))
    text = answer.content.decode()
    assert answer.status_code == 200
    for expected in (
        "A tram for the valley",
        "The line will open in May.",
        "Ana Roque",
        "The first tram leaves at six.",
    ):
        assert expected in text


def test_an_article_without_image_and_section_is_shown(client, home):
    answer = page(client, make_article(home))
    assert answer.status_code == 200
    assert "og:image" not in answer.content.decode()


def test_an_article_with_an_image_offers_it_in_several_widths(client, section):
    answer = page(client, make_article(section, lead_image=make_image()))
    text = answer.content.decode()
    assert re.search(r" 640w,\s", text)
    assert "1600w" in text
    assert 'alt="Grain"' in text


def test_an_embargoed_article_does_not_exist_for_the_public(client, home, section):
    article = make_article(section, title="Secret", embargo_until=timezone.now() + timedelta(hours=1))
    assert page(client, article).status_code == 404
    for listing in (home, section):
        assert "Secret" not in page(client, listing).content.decode()


def test_an_embargoed_article_appears_when_its_embargo_is_over(client, home, section):
    article = make_article(section, title="Secret", embargo_until=timezone.now() - timedelta(seconds=1))
    assert page(client, article).status_code == 200
    assert "Secret" in page(client, home).content.decode()


def test_an_unpublished_article_is_gone_from_everywhere(client, home, section):
    article = make_article(section, title="Withdrawn")
    article.unpublish()
    assert page(client, article).status_code == 404
    for listing in (home, section):
        assert "Withdrawn" not in page(client, listing).content.decode()


def test_an_empty_newspaper_has_a_front_page(client, home):
    assert page(client, home).status_code == 200


def test_subscribers_articles_show_their_beginning_only(client, section, django_user_model):
    body = [("paragraph", f"<p>Paragraph {number}.</p>") for number in range(5)]
    article = make_article(section, body=body, paywalled=True)
    text = page(client, article).content.decode()
    assert "Paragraph 1." in text
    assert "Paragraph 2." not in text
    client.force_login(make_user("sub"))
    assert "Paragraph 4." in page(client, article).content.decode()


def test_corrections_are_shown(client, section):
    article = make_article(section)
    article.corrections = [Correction(text="Six, not seven.")]
    article.save()
    assert "Six, not seven." in page(client, article).content.decode()


def test_an_article_speaks_its_own_language_whatever_the_browser_prefers(client, section):
    answer = client.get(make_article(section, language="fr").get_url(), headers={"accept-language": "en"})
    assert '<html lang="fr">' in answer.content.decode()


def test_a_preview_shows_what_is_not_saved_and_what_is_under_embargo(rf, section, ana):
    article = make_article(section, embargo_until=timezone.now() + timedelta(days=1))
    article.title = "Not saved"
    article.signatures = [ArticleAuthor(user=ana)]
    answer = article.make_preview_request()
    assert answer.status_code == 200
    text = answer.render().content.decode() if hasattr(answer, "render") else answer.content.decode()
    assert "Not saved" in text
    assert "Ana Roque" in text


def test_all_kinds_of_blocks_are_shown(client, section):
    body = [
        ("key_points", ["Point one"]),
        ("heading", "A heading"),
        ("image", {"image": make_image(), "caption": "A caption", "credit": ""}),
        ("quote", {"text": "A quotation", "who": "Someone"}),
        ("embed", {"url": "https://elsewhere.example/x", "title": "A film", "source": "Elsewhere"}),
        ("fact_box", {"title": "Facts", "text": "<p>A fact</p>"}),
    ]
    text = page(client, make_article(section, body=body)).content.decode()
    for expected in ("Point one", "A heading", "A caption", "A quotation", "Someone", "A film", "A fact"):
        assert expected in text
    assert "<iframe" not in text


def test_a_picture_whose_file_is_gone_does_not_take_the_page_with_it(client, home, section):
    image = make_image()
    article = make_article(section, lead_image=image)
    image.file.storage.delete(image.file.name)
    assert page(client, article).status_code == 200
    assert page(client, home).status_code == 200


def test_public_pages_may_load_nothing_from_elsewhere(client, section):
    answer = page(client, make_article(section))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert " style=" not in text
    assert "<style" not in text


def test_a_page_that_does_not_exist_is_explained(client, site):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.content.decode()


def test_a_broken_server_still_has_a_page(client, site, monkeypatch):
    def breaks(*args):
        raise RuntimeError

    monkeypatch.setattr("newsroom.articles.views.article_at", breaks)
    client.raise_request_exception = False
    answer = client.get("/oembed?url=x")
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


def test_the_sections_colours_come_as_a_stylesheet(client, section):
    answer = client.get("/sections.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert f".section-{section.pk} {{ --section: #1f4e5f; }}" in answer.content.decode()


def test_a_long_section_is_split_into_pages(client, section):
    for number in range(PER_PAGE + 1):
        make_article(section, title=f"Story number {number}")
    assert "page=2" in page(client, section).content.decode()
    assert client.get(f"{section.get_url()}?page=nonsense").status_code == 200


@pytest.mark.parametrize("where", ["home", "section", "feed"])
def test_a_longer_list_costs_no_more_queries(client, home, section, where, django_assert_max_num_queries):
    address = {"home": home.get_url(), "section": section.get_url(), "feed": "/feed/"}[where]

    def fill(number):
        for _ in range(number):
            make_article(
                section, authors=[make_user(f"u{next(numbers)}")], tags=["x", "y"], lead_image=make_image(100, 80)
            )
        client.get(address)  # cuts the pictures

    fill(2)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    spent = len(few)
    fill(6)
    with django_assert_max_num_queries(spent):
        client.get(address)
    assert spent <= 16


def test_more_authors_cost_an_article_no_more_queries(client, section, django_assert_max_num_queries):
    authors = [make_user(f"author{number}") for number in range(5)]
    single, many = make_article(section, authors=authors[:1]), make_article(section, authors=authors)
    client.get(single.get_url())
    with CaptureQueriesContext(connection) as few:
        client.get(single.get_url())
    spent = len(few)
    with django_assert_max_num_queries(spent):
        client.get(many.get_url())
    assert spent <= 26
