"""What the newspaper says to machines: feeds, sitemaps, metadata, oEmbed."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from newsroom.articles.models import Correction
from tests.newsroom.factories import make_article, make_image, make_section, make_user

NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def soup_of(client, page):
    return BeautifulSoup(client.get(page.get_url()).content, "html.parser")


def statements(soup, name):
    return [
        tag["content"]
        for tag in soup.find_all("meta", attrs={"property": name}) + soup.find_all("meta", attrs={"name": name})
    ]


@pytest.fixture
def tomorrow():
    return timezone.now() + timedelta(days=1)


def test_the_feed_is_atom_and_names_the_authors(client, section, ana):
    article = make_article(section, authors=[ana], tags=["tram"], title="Five > four & <six>")
    feed = feedparser.parse(client.get("/feed/").content)
    assert not feed.bozo
    assert feed.version == "atom10"
    (entry,) = feed.entries
    assert entry.title == "Five &gt; four &amp; &lt;six&gt;" or entry.title == "Five > four & <six>"
    assert entry.link == article.full_url
    assert entry.author == "Ana Roque"
    assert entry.id == f"http://testserver/a/{article.pk}/"
    assert {tag.term for tag in entry.tags} == {"Transport", "tram"}


def test_the_feed_holds_back_what_is_under_embargo(client, section, tomorrow):
    make_article(section, embargo_until=tomorrow)
    assert feedparser.parse(client.get("/feed/").content).entries == []


def test_a_section_has_a_feed_of_its_own(client, home):
    tram = make_section(home, slug="transport")
    make_article(tram, title="Here")
    make_article(make_section(home, title="Culture", slug="culture"), title="There")
    feed = feedparser.parse(client.get("/feed/transport/").content)
    assert [entry.title for entry in feed.entries] == ["Here"]
    assert client.get("/feed/nowhere/").status_code == 404


def test_the_sitemap_lists_what_is_public(client, section, tomorrow):
    shown, hidden = make_article(section), make_article(section, embargo_until=tomorrow)
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own answer
    places = [loc.text for loc in tree.iter(f"{MAP}loc")]
    assert shown.full_url in places
    assert hidden.full_url not in places


def test_the_news_sitemap_lists_two_days(client, section, tomorrow):
    now = timezone.now()
    new = make_article(section, title="A & B", first_published_at=now - timedelta(hours=1))
    make_article(section, first_published_at=now - timedelta(days=3))
    make_article(section, first_published_at=now, embargo_until=tomorrow)
    tree = ElementTree.fromstring(client.get("/sitemap-news.xml").content)  # noqa: S314 - our own answer
    assert [loc.text for loc in tree.iter(f"{MAP}loc")] == [new.full_url]
    assert [title.text for title in tree.iter(f"{NEWS}title")] == ["A & B"]


def test_robots_are_told_of_the_sitemaps(client, site):
    assert b"Sitemap: http://testserver/sitemap-news.xml" in client.get("/robots.txt").content


def test_an_article_introduces_itself(client, section):
    ana = make_user(fediverse="@ana@social.example")
    article = make_article(section, authors=[ana], tags=["tram"], lead_image=make_image())
    soup = soup_of(client, article)
    assert soup.html["lang"] == "en"
    assert soup.find("link", rel="canonical")["href"] == article.full_url
    assert statements(soup, "og:type") == ["article"]
    assert statements(soup, "og:title") == [article.title]
    assert statements(soup, "og:image")[0].startswith("http://testserver/media/")
    assert statements(soup, "og:image:alt") == ["Grain"]
    assert statements(soup, "twitter:card") == ["summary_large_image"]
    assert statements(soup, "article:section") == ["Transport"]
    assert statements(soup, "article:published_time") == ["2026-03-10T09:00:00+00:00"]
    assert statements(soup, "fediverse:creator") == ["@ana@social.example"]
    assert soup.find("link", type="application/atom+xml")["href"] == "/feed/"


def test_a_picture_without_social_rights_is_on_no_card(client, section):
    soup = soup_of(client, make_article(section, lead_image=make_image(rights="agency-web")))
    assert statements(soup, "og:image") == []
    assert statements(soup, "twitter:card") == ["summary"]


def test_the_structured_data_hold_the_corrections_and_cannot_leave_their_element(client, section):
    article = make_article(section, title="</script><script>alert(1)</script>")
    article.corrections = [Correction(text="Six, not seven.")]
    article.save()
    data = json.loads(soup_of(client, article).find("script", type="application/ld+json").string)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "</script><script>alert(1)</script>"
    assert data["correction"][0]["text"] == "Six, not seven."


def test_oembed_is_discovered_and_answers(client, section, ana):
    article = make_article(section, authors=[ana])
    address = soup_of(client, article).find("link", type="application/json+oembed")["href"]
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.json() | {"version": "1.0", "type": "link", "author_name": "Ana Roque"} == answer.json()


@pytest.mark.parametrize("query", ["", "url=http://elsewhere.example/x", "url=http://testserver/nothing/"])
def test_oembed_knows_no_other_address(client, site, query):
    assert client.get(f"/oembed?{query}").status_code == 404


def test_oembed_offers_no_xml(client, site):
    assert client.get("/oembed?format=xml").status_code == 501


def test_oembed_says_nothing_of_an_embargoed_article(client, section, tomorrow):
    article = make_article(section, embargo_until=tomorrow)
    assert client.get("/oembed", {"url": article.full_url}).status_code == 404


def test_the_short_address_leads_to_a_public_article_only(client, section, tomorrow):
    shown, hidden = make_article(section), make_article(section, embargo_until=tomorrow)
    assert client.get(f"/a/{shown.pk}/")["Location"] == shown.get_url()
    assert client.get(f"/a/{hidden.pk}/").status_code == 404
