"""Where a feed's and a page's links lead, what stands for their pictures, and feeds that are JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from smeditor.exceptions import BadAnswer
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import FeedSource, read_feed
from smeditor.networks.pages import PageSource, read_page
from smeditor.text.links import links_in
from smeditor.text.sanitise import to_plain, with_alternatives

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
RSS = (
    b"<rss version='2.0'><channel><title>T</title><item><title>Hi</title><link>/2026/post-1</link>"
    b"<description>&lt;a href='../about'&gt;here&lt;/a&gt;</description></item></channel></rss>"
)
PAGE = b"<html><body><ol><li id='comment-4' class='comment'><cite>Ana</cite><div class='comment-content'><p>See <a href='about'>this</a></p></div></li></ol></body></html>"


def moved(body, kind):
    def handle(request):
        if request.url.host == "old.example":
            return httpx.Response(301, headers={"location": "https://new.example/blog/feed.xml"})
        return httpx.Response(200, content=body, headers={"content-type": kind})

    return GuardedClient(transport=httpx.MockTransport(handle), resolver=lambda host, port: ["93.184.216.34"])


def test_a_feed_s_links_are_relative_to_the_address_that_answered():
    """L8."""
    (entry,) = FeedSource(moved(RSS, "application/rss+xml")).fetch("http://old.example/feed").entries
    assert entry.url == "https://new.example/2026/post-1"
    assert entry.links == ("https://new.example/about", "https://new.example/2026/post-1")
    assert "https://new.example/about" in entry.text


def test_a_page_s_links_are_relative_to_the_address_that_answered():
    result = PageSource(moved(PAGE, "text/html")).fetch("http://old.example/page")
    assert result.comments[0].links == ("https://new.example/blog/about",)
    assert "(https://new.example/blog/about)" in result.comments[0].text


@pytest.mark.parametrize(
    ("base", "link"),
    [("https://cdn.example/x/", "https://cdn.example/x/1"), ("/sub/", "https://blog.example/sub/1")],
)
def test_xml_base_is_what_links_are_relative_to(base, link):
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{base}'><title>T</title><entry><title>x</title><id>tag:x,1</id>"
        "<link href='1'/><content type='html'>&lt;a href='1'&gt;one&lt;/a&gt;</content></entry></feed>"
    )
    (entry,) = read_feed(atom.encode(), "https://blog.example/feed", NOW).entries
    assert (entry.url, entry.links) == (link, (link,))


def test_a_relative_address_goes_where_nothing_says_to_what():
    """L11: a reader's text keeps no bare path."""
    assert to_plain('<p>See <a href="/contact">us</a></p>') == "See us"
    assert to_plain('<a href="?p=2">x</a> <a href="//cdn.example/y">y</a>', "https://a.example/b") == (
        "x (https://a.example/b?p=2) y (https://cdn.example/y)"
    )
    assert links_in('<a href="/contact">us</a>') == []


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>Look <img src="x.png" alt="A flooded street"></p>', "Look [A flooded street]"),
        ('<p>Yes <img alt="😀" class="emoji"></p>', "Yes 😀"),
        ('<img alt=":blobcat:">', ":blobcat:"),
        ('<img src="x.png">', ""),
        ('<img alt="&lt;b&gt; &quot;x&quot;">', '[<b> "x"]'),
    ],
)
def test_a_reader_s_alternative_text_is_kept(html, text):
    assert to_plain(html) == text


def test_alternative_texts_of_attachments_follow_the_message():
    assert with_alternatives("See", ["A  map", "", "🦋"]) == "See\n\n[A map]\n\n🦋"


ITEM = {
    "id": "https://blog.example/7",
    "url": "https://blog.example/7",
    "title": "On the tram",
    "content_html": "<p>It is <a href='/free'>free</a>.</p>",
    "date_published": "2026-11-01T10:00:00+01:00",
    "authors": [{"name": "Ana", "url": "https://ana.example/"}],
    "language": "en",
}


def json_feed(*items, **more):
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "T",
            "home_page_url": "https://blog.example/",
            "items": items,
            **more,
        }
    ).encode()


def test_a_json_feed_is_read():
    """L11: https://www.jsonfeed.org/version/1.1/."""
    result = read_feed(json_feed(ITEM), "https://blog.example/feed.json", NOW, "application/feed+json")
    (entry,) = result.entries
    assert (result.title, entry.native_id, entry.permalink) == ("T", "https://blog.example/7", "https://blog.example/7")
    assert entry.text == "On the tram\n\nIt is free (https://blog.example/free)."
    assert (entry.author.display_name, entry.author.url) == ("Ana", "https://ana.example/")
    assert entry.published_at == datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    assert "https://blog.example/free" in entry.links


def test_an_odd_json_feed_loses_its_odd_items_only():
    items = [
        {"id": 5, "content_text": "Five <3 & more"},
        {"id": None},
        "x",
        {"id": "b", "title": ["?"], "date_published": "soon"},
        ITEM,
    ]
    result = read_feed(json_feed(*items), "https://blog.example/feed.json", NOW)
    assert [entry.text.split("\n")[0] for entry in result.entries] == ["Five <3 & more", "On the tram"]


@pytest.mark.parametrize(
    "content",
    [b"{}", b'{"version": 1, "items": []}', b'{"version": "https://jsonfeed.org/version/1", "items": 3}', b"{"],
)
def test_other_json_is_no_feed(content):
    with pytest.raises(BadAnswer):
        read_feed(content, "https://blog.example/feed.json", NOW, "application/json")


def test_a_comment_s_picture_is_told_in_words():
    page = PAGE.replace(b"this</a>", b"this</a> <img src=x alt='a bar chart'>")
    assert "[a bar chart]" in read_page(page, "https://blog.example/x", [], NOW).comments[0].text
