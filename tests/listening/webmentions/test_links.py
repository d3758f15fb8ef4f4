"""Which pages link, which only seem to, and which are never asked."""

from datetime import timedelta

import pytest

from smeditor.models import Reaction
from tests.listening.webmentions.conftest import entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body",
    [
        "<p>{target}</p>",
        "<!-- <a href='{target}'>x</a> -->",
        "<code>&lt;a href='{target}'&gt;</code>",
        "<a href='{target}extra/'>x</a>",
        "<a href='{target}#comments'>x</a>",
        "<a href='https://other.example/?u={target}'>x</a>",
        "<a title='{target}'>x</a>",
        "<script>'<a href=\"{target}\">x</a>'</script>",
        "<link rel='canonical' href='{target}'>",
        "<form action='{target}'></form>",
    ],
)
def test_a_page_that_only_seems_to_link_is_refused(newsroom, blog, body):
    page = f"<html><body>{body.format(target=newsroom.target)}</body></html>"
    newsroom.hears(blog.show("/note", page))
    for _hours in range(5):
        newsroom.works(hours=12)
    assert (newsroom.row.state, Reaction.objects.count()) == ("refused", 0)


@pytest.mark.parametrize(
    "body",
    [
        "<a href='{target}'>x</a>",
        "<A HREF={target}>x</A>",
        "<img src='{target}'>",
        "<video src='{target}'></video>",
        "<blockquote cite='{target}'>x</blockquote>",
        "<data class='u-like-of' value='{target}'></data>",
        "<base href='{target}'><a href=''>x</a>",
    ],
)
def test_every_element_that_links_counts(newsroom, blog, body):
    newsroom.hears(blog.show("/note", f"<html><body>{body.format(target=newsroom.target)}</body></html>"))
    newsroom.works()
    assert newsroom.row.state == "verified"


def test_the_source_may_redirect(newsroom, blog):
    blog.show("/short", "", 302, ("Location", "/note"))
    blog.show("/note", entry(newsroom.target))
    newsroom.hears(f"{blog.url}/short")
    newsroom.works()
    assert (newsroom.reaction.native_id, newsroom.reaction.url) == (f"{blog.url}/short", f"{blog.url}/note")


def test_a_target_with_a_fragment_is_the_article(newsroom, blog):
    target = f"{newsroom.target}#corrections"
    newsroom.hears(blog.show("/note", entry(target)), target.replace("#", "%23"))
    newsroom.works()
    assert newsroom.reaction.article_id == newsroom.article.pk


def test_no_page_is_asked_for_a_target_that_is_no_article(newsroom, blog):
    target = newsroom.article.get_parent().full_url
    newsroom.hears(blog.show("/note", entry(target)), target)
    newsroom.works()
    assert (newsroom.row.state, newsroom.row.reason) == ("refused", "The target is no article.")
    assert not blog.asked


def test_a_mention_of_an_article_under_embargo_waits_until_it_is_public(newsroom, blog):
    until = newsroom.now + timedelta(hours=3)
    type(newsroom.article).objects.filter(pk=newsroom.article.pk).update(embargo_until=until)
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    assert (newsroom.row.state, newsroom.row.due_at) == ("waiting", until)
    assert not blog.asked
    newsroom.works(hours=4)
    assert newsroom.row.state == "verified"


@pytest.mark.parametrize(
    "source", ["http://127.0.0.1:1/", "http://10.0.0.1/x", "http://169.254.169.254/x", "http://[::1]/"]
)
def test_no_private_address_is_asked_not_even_one_that_the_newsroom_allows(newsroom, source):
    newsroom.hears(source)
    newsroom.works()
    assert newsroom.row.state == "refused"
    assert "private network" in newsroom.row.reason
