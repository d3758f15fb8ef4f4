"""The public pages: what a reader gets."""

from datetime import timedelta

from django.utils import timezone

from tests.newsroom.factories import make_article, make_image


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
    assert " 640w, " in text
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
