"""Our own addresses are recognised in every dress in which readers pass them on."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from wagtail.contrib.redirects.models import Redirect

from smeditor.articles.page_urls import bare_host, page_at
from smeditor.listening.attach import Finder
from tests.newsroom.factories import make_article, make_section

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("host", ["www.{}", "m.{}", "mobile.{}", "amp.{}", "M.{}", "{}."])
def test_a_host_in_another_dress_is_the_same_site(host):
    """L7."""
    assert bare_host(host.format("paper.example")) == "paper.example"


def test_a_host_is_compared_in_punycode():
    assert bare_host("www.été.example") == bare_host("xn--t-9fab.example")
    assert bare_host("m.example") == "m.example"


@pytest.fixture
def full_article(home):
    return make_article(make_section(home, title="Transport", slug="transport"), slug="tram")


@pytest.fixture
def site(full_article):
    site = full_article.get_site()
    site.hostname = "paper.example"
    site.save()
    return site


def address(article, host="paper.example"):
    return f"https://{host}{urlsplit(article.full_url).path}"


@pytest.mark.parametrize(
    "dress",
    [
        "https://l.facebook.com/l.php?u={quoted}",
        "https://paper-example.cdn.ampproject.org/c/s/{bare}amp/",
        "https://m.{bare}?fbclid=1",
        "HTTPS://Paper.Example{path}",
    ],
)
def test_a_link_is_attached_whatever_it_is_wrapped_in(site, full_article, dress):
    url = address(full_article)
    link = dress.format(quoted=quote(url, safe=""), bare=url.removeprefix("https://"), path=urlsplit(url).path)
    assert Finder().page_at(link) == full_article


def test_a_link_to_another_place_is_attached_to_nothing(site):
    assert Finder().page_at("https://else.example/?u=https%3A%2F%2Fother.example%2Ftram") is None


@pytest.mark.parametrize("old", ["/?p=4711", "/index.php?id=7"])
def test_a_redirect_may_want_the_query(site, full_article, old):
    Redirect.objects.create(old_path=Redirect.normalise_path(old), site=site, redirect_page=full_article)
    assert page_at(f"https://paper.example{old}").pk == full_article.pk


def test_a_redirect_to_an_address_is_followed_and_a_circle_left(site, full_article):
    Redirect.objects.create(old_path="/a", site=site, redirect_link=urlsplit(full_article.full_url).path)
    Redirect.objects.create(old_path="/b", site=site, redirect_link="https://paper.example/b")
    Redirect.objects.create(old_path="/c", site=site, redirect_link="https://else.example/x")
    assert page_at("https://paper.example/a").pk == full_article.pk
    assert page_at("https://paper.example/b") is None
    assert page_at("https://paper.example/c") is None
