"""The adapter of a site that has none reads a page whose class it does not know."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction

from newsroom.articles.adapter import ArticleAdapter
from smeditor.articles import ArticleSection, PageAdapter, is_article
from tests.newsroom.factories import PUBLISHED, make_article, make_image, make_section, make_user

SAME = ["page_id", "title", "kicker", "standfirst", "url", "section", "tags", "author_ids", "author_names", "image"]
SAME += ["published_at", "updated_at", "embargo_until", "paywalled", "news_class", "live", "paragraphs", "revision_id"]


@pytest.fixture
def adapter():
    return PageAdapter()


@pytest.fixture
def full_article(home):
    return make_article(
        make_section(home, title="Transport", slug="transport"),
        authors=[make_user("ben", "Ben", "Ito"), make_user()],
        tags=["tram", "bridge"],
        slug="tram",
        kicker="Line 3",
        standfirst="Six o'clock.",
        lead_image=make_image(width=600, height=400),
        paywalled=True,
        news_class="breaking",
    )


def test_it_reads_of_a_newspapers_article_what_the_newspapers_own_adapter_reads(adapter, full_article):
    ours, theirs = adapter.facts(full_article), ArticleAdapter().facts(full_article)
    assert {name: getattr(ours, name) for name in SAME} == {name: getattr(theirs, name) for name in SAME}


def test_the_language_is_that_of_the_pages_locale(adapter, full_article):
    full_article.locale = Locale(language_code="fr")
    assert adapter.facts(full_article).language == "fr"


def test_a_page_of_no_known_class_is_read_as_what_it_is(adapter, full_article):
    assert adapter.facts(Page.objects.get(pk=full_article.pk)).kicker == "Line 3"


def test_a_page_with_nothing_but_a_title_can_be_read(adapter, home):
    facts = adapter.facts(home)
    assert facts.title == home.title
    assert (facts.section, facts.tags, facts.author_ids, facts.image) == (None, (), (), None)


def test_a_property_that_fails_does_not_keep_a_page_from_being_read(adapter, full_article, monkeypatch):
    monkeypatch.setattr(type(full_article), "summary", property(lambda self: 1 / 0), raising=False)
    full_article.standfirst, full_article.search_description = "", "Trams"
    assert adapter.facts(full_article).standfirst == "Trams"


def test_who_owns_a_page_that_nobody_signs_is_its_author(adapter, section, ana):
    section.owner = ana
    facts = adapter.facts(section)
    assert (facts.author_ids, facts.author_names) == ((ana.pk,), ("Ana Roque",))


def test_what_lies_under_another_page_belongs_to_it(adapter, home):
    article = make_article(make_section(home, title="Culture", slug="culture"))
    assert adapter.facts(article).section == ArticleSection("culture", "Culture")


def test_where_there_is_no_standfirst_the_search_description_stands_in(adapter, full_article):
    full_article.standfirst, full_article.search_description = "", "Trams  and\nbuses"
    assert adapter.facts(full_article).standfirst == "Trams and buses"


def test_it_is_public_from_its_publication_to_its_expiry(adapter, section):
    article, now = make_article(section), timezone.now()
    assert adapter.public_now(article, now)
    article.go_live_at = now + timedelta(hours=1)
    assert not adapter.public_now(article, now)
    assert adapter.public_now(article, now + timedelta(hours=1))
    article.expire_at = now + timedelta(hours=2)
    assert not adapter.public_now(article, now + timedelta(hours=2))
    article.live = False
    assert not adapter.public_now(article, now + timedelta(hours=1))


def test_a_page_behind_a_log_in_is_not_public(adapter, section):
    PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    assert not adapter.public_now(make_article(section), timezone.now())


def test_its_picture_is_a_jpeg_within_the_limits(adapter, full_article):
    data, media_type, width, height = adapter.image_bytes(full_article, max_bytes=1_000_000)
    assert (data[:3], media_type, width, height) == (b"\xff\xd8\xff", "image/jpeg", 600, 400)


@pytest.mark.parametrize(
    "url",
    [
        "http://testserver/transport/tram/",
        "https://www.testserver/transport/tram?utm_source=mastodon#p2",
        "http://testserver/old-tram/",
    ],
)
def test_a_page_is_found_by_any_of_its_addresses(adapter, full_article, site, url):
    Redirect.objects.create(old_path="/old-tram", site=site, redirect_page=full_article)
    assert adapter.find(url) == full_article


@pytest.mark.parametrize(
    "url", ["", "http://[::1", "http://testserver/", "http://testserver/admin/", "http://x.example/"]
)
def test_other_addresses_lead_nowhere(adapter, full_article, url):
    assert adapter.find(url) is None


def test_a_page_that_keeps_its_children_elsewhere_is_asked_for_them(adapter, full_article, home, monkeypatch):
    from wagtail.url_routing import RouteResult

    monkeypatch.setattr(type(home), "route", lambda self, request, components: RouteResult(full_article), raising=False)
    assert adapter.find("http://testserver/2026/05/01/tram/") == full_article


def test_a_page_that_fails_to_route_is_not_found(adapter, full_article, home, monkeypatch):
    monkeypatch.setattr(type(home), "route", lambda self, request, components: request.user, raising=False)
    assert adapter.find("http://testserver/2026/05/01/tram/") is None


def test_a_translation_is_found_under_its_language(adapter, full_article, home, settings):
    settings.WAGTAIL_I18N_ENABLED = True
    settings.ROOT_URLCONF = "tests.articles.urls_by_language"
    default = home.locale.language_code
    other = "en" if default == "fr" else "fr"
    locale = Locale.objects.get_or_create(language_code=other)[0]
    translated = full_article.copy_for_translation(locale, copy_parents=True)
    Page.objects.filter(locale=locale).update(live=True)
    for language, page in [(default, full_article), (other, translated)]:
        tail = "/".join(step.slug for step in page.get_ancestors().filter(depth__gt=2)) + f"/{page.slug}/"
        assert adapter.find(f"http://testserver/{language}/{tail}") == page


def test_where_no_class_is_named_pages_with_a_text_and_authors_or_a_date_are_articles(settings, home, full_article):
    settings.SMEDITOR = {**settings.SMEDITOR, "ARTICLE_MODELS": []}
    root = Page.objects.get(depth=1)
    assert [is_article(page) for page in (root, home, full_article.get_parent().specific, full_article)] == [
        False,
        False,
        False,
        True,
    ]


def test_the_paragraphs_of_an_article_are_plain(adapter, section):
    article = make_article(section, body=[("paragraph", "<p>Fish &amp; <b>chips</b>.</p><p>Peas</p>")])
    assert adapter.facts(article).paragraphs == ("Fish & chips.", "Peas")


def test_published_at_is_when_it_first_came_out(adapter, section):
    assert adapter.facts(make_article(section)).published_at == PUBLISHED
