"""How the desk reads this newspaper's articles."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction

from newsroom.articles.models import ArticleAuthor, Correction
from smeditor.articles import ArticleCorrection, ArticleImage, ArticleSection, article_adapter
from tests.newsroom.factories import PUBLISHED, make_article, make_image, make_section, make_user


@pytest.fixture
def adapter():
    return article_adapter()


def test_the_facts_of_a_full_article(adapter, home):
    section = make_section(home, title="Transport", slug="transport")
    ana, ben = make_user(), make_user("ben", "Ben", "Ito")
    image = make_image(width=600, height=400)
    article = make_article(
        section,
        authors=[ben, ana],
        tags=["tram", "bridge"],
        slug="tram",
        kicker="Line 3",
        lead_image=image,
        paywalled=True,
        news_class="breaking",
    )
    facts = adapter.facts(article)
    assert facts.url == "http://testserver/transport/tram/"
    assert (facts.kicker, facts.language, facts.news_class, facts.paywalled) == ("Line 3", "en", "breaking", True)
    assert facts.section == ArticleSection("transport", "Transport")
    assert facts.tags == ("bridge", "tram")
    assert facts.author_ids == (ben.pk, ana.pk)
    assert facts.author_names == ("Ben Ito", "Ana Roque")
    assert facts.image == ArticleImage(image.pk, "Grain", True)
    assert facts.published_at == PUBLISHED
    assert facts.paragraphs == ("The first tram leaves at six.",)
    assert facts.live is True


def test_the_facts_of_an_article_without_image_section_author_or_date(adapter, home):
    facts = adapter.facts(make_article(home, live=False, first_published_at=None, last_published_at=None))
    assert (facts.image, facts.section, facts.author_ids, facts.published_at) == (None, None, (), None)


def test_the_facts_can_be_read_from_a_page_of_no_known_class(adapter, section):
    article = make_article(section)
    assert adapter.facts(Page.objects.get(pk=article.pk)) == adapter.facts(article)


def test_a_page_that_is_no_article_has_no_facts(adapter, section):
    with pytest.raises(TypeError, match="not an article"):
        adapter.facts(section)


def test_corrections_come_newest_first(adapter, section):
    article = make_article(section)
    early, late = PUBLISHED + timedelta(hours=1), PUBLISHED + timedelta(hours=2)
    article.corrections = [
        Correction(kind="erratum", text="Six.", date=early),
        Correction(kind="update", text="Seven.", date=late),
    ]
    article.save()
    facts = adapter.facts(type(article).objects.get(pk=article.pk))
    assert facts.corrections == (
        ArticleCorrection(late, "update", "Seven."),
        ArticleCorrection(early, "erratum", "Six."),
    )


def test_the_prose_is_plain_text(adapter, section):
    body = [
        ("heading", "Under <the> hill"),
        ("paragraph", "<p>Fish &amp; <b>chips</b>.</p><ul><li>One</li><li>Two</li></ul>"),
        ("quote", {"text": "Not prose", "who": ""}),
    ]
    assert adapter.facts(make_article(section, body=body)).paragraphs == (
        "Under <the> hill",
        "Fish & chips.",
        "One",
        "Two",
    )


def test_an_article_under_embargo_dates_from_the_end_of_its_embargo(adapter, section):
    until = PUBLISHED + timedelta(days=1)
    assert adapter.facts(make_article(section, embargo_until=until)).published_at == until


def test_public_now_follows_publication_and_embargo_to_the_second(adapter, section):
    until = datetime(2026, 5, 1, 12, tzinfo=UTC)
    article = make_article(section, embargo_until=until)
    assert not adapter.public_now(article, until - timedelta(seconds=1))
    assert adapter.public_now(article, until)
    article.unpublish()
    assert not adapter.public_now(article, until)


def test_an_article_behind_a_login_is_not_public(adapter, section):
    article = make_article(section)
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    assert not adapter.public_now(article, timezone.now())


def test_a_picture_for_the_web_only_has_no_social_rights(adapter, section):
    article = make_article(section, lead_image=make_image(width=60, height=40, rights="agency-web"))
    assert adapter.facts(article).image.social_rights is False


def test_the_image_is_a_jpeg_within_the_limits(adapter, section):
    image = make_image()
    data, mime, width, height = adapter.image_bytes(image.pk, max_bytes=150_000, max_width=1000)
    assert data[:3] == b"\xff\xd8\xff"
    assert mime == "image/jpeg"
    assert len(data) <= 150_000
    assert max(width, height) <= 1000


def test_the_image_of_an_article_can_be_asked_for_by_the_page(adapter, section):
    article = make_article(section, lead_image=make_image(width=300, height=200))
    assert adapter.image_bytes(article, max_bytes=1_000_000)[2:] == (300, 200)


def test_an_image_that_cannot_be_made_small_enough_is_refused(adapter, db):
    with pytest.raises(ValueError, match="smaller than 100 bytes"):
        adapter.image_bytes(make_image(width=300, height=200).pk, max_bytes=100)


def test_an_image_that_is_gone_is_missed(adapter, db):
    image = make_image(width=300, height=200)
    with pytest.raises(LookupError):
        adapter.image_bytes(image.pk + 1, max_bytes=1_000_000)
    image.file.storage.delete(image.file.name)
    with pytest.raises(LookupError):
        adapter.image_bytes(image.pk, max_bytes=1_000_000)


@pytest.mark.parametrize(
    "url",
    [
        "http://testserver/transport/tram/",
        "https://testserver/transport/tram/",
        "http://www.testserver/transport/tram",
        "HTTP://TESTSERVER/transport/tram/?utm_source=mastodon&fbclid=1#paragraph-2",
    ],
)
def test_an_article_is_found_whatever_its_address_carries(adapter, home, url):
    article = make_article(make_section(home, slug="transport"), slug="tram")
    assert adapter.find(url) == article


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "http://[::1",
        "http://testserver:99999/transport/tram/",
        "ftp://testserver/transport/tram/",
        "http://elsewhere.example/transport/tram/",
        "http://testserver:8080/transport/tram/",
        "http://testserver/",
        "http://testserver/transport/",
        "http://testserver/transport/bus/",
        "http://testserver/a/999999/",
        "http://testserver/a/99999999999999999999999/",
        "http://testserver/" + "x" * 5000,
        "http://testserver/%00%ff",
    ],
)
def test_other_addresses_lead_to_no_article(adapter, home, url):
    make_article(make_section(home, slug="transport"), slug="tram")
    assert adapter.find(url) is None


def test_an_article_is_found_by_its_short_address(adapter, section):
    article = make_article(section)
    assert adapter.find(f"http://testserver/a/{article.pk}/?x=1") == article


def test_an_article_is_found_by_an_address_from_before_its_slug_changed(
    adapter, section, django_capture_on_commit_callbacks
):
    article = make_article(section, slug="old")
    old = article.full_url
    article.slug = "new"
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    moved = type(article).objects.get(pk=article.pk)
    assert moved.full_url != old
    assert adapter.find(old) == moved


def test_an_article_is_found_by_a_redirect_that_an_editor_made(adapter, section, site):
    article = make_article(section)
    Redirect.objects.create(old_path="/tram-map", site=site, redirect_page=article)
    assert adapter.find("http://testserver/tram-map/?utm_medium=x") == article


def test_an_article_that_is_not_public_is_found_all_the_same(adapter, section):
    article = make_article(section)
    article.unpublish()
    assert adapter.find(article.full_url or f"http://testserver/{section.slug}/{article.slug}/") == article


def test_the_facts_follow_the_page_in_memory(adapter, section, ana):
    article = make_article(section)
    assert adapter.facts(article).author_ids == ()
    article.title = "Another title"
    article.signatures = [ArticleAuthor(user=ana)]
    facts = adapter.facts(article)
    assert (facts.title, facts.author_ids) == ("Another title", (ana.pk,))
