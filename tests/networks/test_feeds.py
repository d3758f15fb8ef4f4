"""Feeds from a real server on loopback, and feeds as they should not be."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown, RateLimited, SmeditorError, Temporary, TooLarge
from smeditor.networks.base import Kind
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import FeedSource, read_feed

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://blog.example/feed"

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Valley blog</title><language>en</language><ttl>30</ttl>
<item><guid isPermaLink="false">17</guid><title>The tram</title><link>https://blog.example/tram</link>
<author>lea@blog.example (L\xc3\xa9a)</author><pubDate>Tue, 10 Mar 2026 10:00:00 +0100</pubDate>
<description>&lt;p&gt;They &lt;a href="https://paper.example/tram/"&gt;write&lt;/a&gt; it is free
&lt;script&gt;alert(1)&lt;/script&gt;.&lt;/p&gt;</description></item>
</channel></rss>"""

ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>Comments</title><id>tag:blog.example,2026:c</id><updated>2026-03-10T10:00:00Z</updated>
<entry><id>tag:blog.example,2026:c1</id><title>Re: tram</title><published>2026-03-10T09:00:00Z</published>
<updated>2026-03-10T09:30:00Z</updated><author><name>Max</name><uri>https://max.example/</uri></author>
<content type="html">And on Sundays?</content><thr:in-reply-to ref="https://blog.example/tram" href="https://blog.example/tram"/>
</entry></feed>"""


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        status, headers, body = self.server.answer
        if status == 200 and self.headers.get("If-None-Match") == headers.get("ETag", "none"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for chunk in body if isinstance(body, list) else [body]:
            try:
                self.wfile.write(chunk)
            except OSError:
                return

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.url = [], f"http://127.0.0.1:{server.server_port}/feed"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source():
    with GuardedClient(allowed_private_hosts=["127.0.0.1"], timeout=5) as client:
        yield FeedSource(client)


def test_an_entry_is_read_with_its_words_links_and_author(server, source):
    server.answer = (200, {"Content-Type": "application/rss+xml"}, RSS)
    result = source.fetch(server.url)
    entry = result.entries[0]
    assert result.title == "Valley blog"
    assert (entry.kind, entry.native_id, entry.url) == (Kind.FEED, f"{server.url}#17", "https://blog.example/tram")
    assert entry.text.startswith("The tram\n\nThey write (https://paper.example/tram/) it is free")
    assert "alert" not in entry.text
    assert entry.links == ("https://paper.example/tram/", "https://blog.example/tram")
    assert entry.published_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    assert (entry.author.display_name, "@" in entry.author.handle) == ("Léa", False)


def test_a_feed_that_did_not_change_is_not_sent_again(server, source):
    server.answer = (200, {"ETag": '"v1"', "Last-Modified": "Tue, 10 Mar 2026 10:00:00 GMT"}, RSS)
    first = source.fetch(server.url)
    second = source.fetch(server.url, first.etag, first.last_modified)
    assert (second.not_modified, second.entries, second.etag) == (True, (), '"v1"')
    assert server.asked[1]["If-Modified-Since"] == "Tue, 10 Mar 2026 10:00:00 GMT"


def test_a_feed_that_is_not_xml_ends_in_a_sentence(server, source):
    server.answer = (200, {"Content-Type": "text/plain"}, b"PK\x03\x04 this is a zip file")
    with pytest.raises(BadAnswer) as caught:
        source.fetch(server.url)
    assert caught.value.sentence == "There is no feed at this address: what came is not XML. Check the address."


def test_a_page_instead_of_a_feed_names_the_feed_that_it_has():
    page = (
        b'<html><head><link rel="alternate" type="application/atom+xml" href="/atom.xml"></head><body>Hi</body></html>'
    )
    with pytest.raises(BadAnswer) as caught:
        read_feed(page, URL, NOW)
    assert caught.value.sentence.endswith("Its feed is at https://blog.example/atom.xml")


def test_fifty_megabytes_are_not_read_to_their_end(server, source):
    server.answer = (200, {"Content-Type": "application/rss+xml"}, [b"x" * 1_000_000] * 50)
    with pytest.raises(TooLarge):
        source.fetch(server.url)


def test_a_server_that_asks_for_patience_gets_it(server, source):
    server.answer = (503, {"Retry-After": "3600"}, b"")
    with pytest.raises(RateLimited) as caught:
        source.fetch(server.url)
    assert timedelta(minutes=59) < caught.value.until - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(("status", "error"), [(500, Temporary), (404, Gone), (410, Gone)])
def test_what_a_status_means(server, source, status, error):
    server.answer = (status, {}, b"")
    with pytest.raises(error):
        source.fetch(server.url)


def test_a_server_that_breaks_off_is_named(server, source):
    server.answer = (200, {"Content-Length": "5000"}, b"<rss>")
    with pytest.raises(OutcomeUnknown):
        source.fetch(server.url)


def test_the_pauses_that_a_server_asks_for_are_kept(server, source):
    server.answer = (200, {"Cache-Control": "public, max-age=7200"}, RSS)
    assert source.fetch(server.url).pause == timedelta(hours=2)


def test_a_comment_says_what_it_answers_and_that_it_was_edited():
    entry = read_feed(ATOM, URL, NOW).entries[0]
    assert (entry.kind, entry.in_reply_to) == (Kind.COMMENT, "https://blog.example/tram")
    assert entry.edited_at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    assert entry.author.remote_id == "https://max.example/"


def test_entries_without_id_link_or_date_are_known_again():
    bare = b"<rss version='2.0'><channel><item><description>Only words.</description></item></channel></rss>"
    first, second = (read_feed(bare, URL, now).entries[0] for now in (NOW, NOW + timedelta(days=1)))
    assert first.native_id == second.native_id
    assert first.published_at == NOW


def test_a_broken_feed_is_read_as_far_as_possible():
    result = read_feed(RSS.replace(b"</channel>", b"<oops"), URL, NOW)
    assert len(result.entries) == 1
    assert result.problem


def test_entities_do_not_multiply():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8))
        + b"]><rss version='2.0'><channel><item><title>&i;</title></item></channel></rss>"
    )
    try:
        result = read_feed(bomb, URL, NOW)
    except BadAnswer:
        return
    assert sum(len(entry.text) for entry in result.entries) < 100_000


@fuzzing(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, len(RSS)))
def test_nothing_that_a_server_sends_is_more_than_an_error_with_a_sentence(noise, at):
    for content in (noise, RSS[:at] + noise + RSS[at:], RSS[:at]):
        with suppress(SmeditorError):
            read_feed(content, URL, NOW)


def rss(*items: str, site: str = "https://blog.example/") -> bytes:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>Blog</title><link>{site}</link>{entries}</channel></rss>".encode()


STORY = "https://paper.example/tram/"


@pytest.mark.parametrize(
    "items",
    [
        [f"<title>Look {n}</title><link>{STORY}</link>" for n in range(3)],
        [f"<guid>{STORY}</guid><title>Look {n}</title>" for n in range(3)],
        [f"<guid isPermaLink='false'>x</guid><title>Look {n}</title>" for n in range(3)],
        [
            f"<guid>https://blog.example/live</guid><link>https://blog.example/live</link><title>{n}</title>"
            for n in "abc"
        ],
        ["<title>Thank you</title>"] * 3,
    ],
    ids=["one link", "one foreign guid", "one guid", "one page", "the same words"],
)
def test_an_address_that_several_entries_share_is_the_identity_of_none(items):
    """L1: what is shared identifies nobody, be it the link, the guid or both."""
    entries = read_feed(rss(*items), URL, NOW).entries
    assert len({entry.native_id for entry in entries}) == 3
    assert {entry.permalink for entry in entries} == {""}
    assert STORY not in {entry.native_id for entry in entries}


@pytest.mark.parametrize(
    "item", [f"<link>{STORY}</link>", f"<guid>{STORY}</guid>", f"<guid isPermaLink='true'>{STORY}</guid>"]
)
def test_the_address_of_another_site_is_not_the_entry_s_own(item):
    """L1: a link blog gives the address of what it writes about, even as its only entry."""
    (entry,) = read_feed(rss(f"{item}<title>Worth reading</title>"), URL, NOW).entries
    assert (entry.permalink, entry.native_id.startswith(URL)) == ("", True)


def test_an_entry_s_own_address_is_known_by_every_way_in_which_a_feed_gives_it():
    first, second = read_feed(
        rss(
            "<guid>https://blog.example/1</guid>",
            "<guid isPermaLink='false'>2</guid><link>https://blog.example/2</link>",
        ),
        URL,
        NOW,
    ).entries
    assert (first.permalink, second.permalink) == ("https://blog.example/1", "https://blog.example/2")


def test_a_feed_is_the_whole_only_where_it_says_so():
    """L2: RFC 5005 has a mark for it; every other feed is a window."""
    assert not read_feed(ATOM, URL, NOW).complete
    whole = ATOM.replace(b"<title>C", b"<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/><title>C", 1)
    assert read_feed(whole, URL, NOW).complete


def test_a_name_or_an_address_that_several_use_makes_nobody_one():
    """L4: five who sign alike are five, two names on one address are two."""
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>C</title>{}</feed>".format(
        "".join(
            f"<entry><id>tag:c,{n}</id><title>Words {n}</title><author><name>{name}</name>{uri}</author></entry>"
            for n, (name, uri) in enumerate(
                [("Nobody", ""), ("Nobody", ""), ("Léa", "<uri>https://guest.example/</uri>")]
                + [("Max", "<uri>https://guest.example/</uri>"), ("Zoé", "<uri>https://zoe.example/</uri>")] * 2
            )
        )
    )
    people = [entry.author.remote_id for entry in read_feed(atom.encode(), URL, NOW).entries]
    assert len(set(people)) == 6
    assert people[4] == people[6] == "https://zoe.example/"


def test_what_nobody_signed_is_the_blog_s_own_word():
    entries = read_feed(
        rss("<guid>https://blog.example/1</guid>", "<guid>https://blog.example/2</guid>"), URL, NOW
    ).entries
    assert {entry.author.remote_id for entry in entries} == {URL}


def with_media(description: str, media: str) -> bytes:
    return f"""<rss version="2.0" xmlns:m="http://search.yahoo.com/mrss/"><channel><title>Ana</title>
<item><guid>https://blog.example/1</guid><link>https://blog.example/1</link><description>{description}</description>{media}</item>
<item><guid>https://blog.example/2</guid><link>https://blog.example/2</link><description>Nothing attached</description></item>
</channel></rss>""".encode()


DAM = '<m:content url="https://blog.example/a.jpg"><m:description type="plain">A dam that broke &amp; the valley below it, seen from a plane</m:description></m:content>'
TRAM = '<m:content url="https://blog.example/b.jpg"><m:description>A tram</m:description></m:content>'


@pytest.mark.parametrize(
    ("description", "media", "text"),
    [
        ("Water", DAM, "Water\n\n[A dam that broke & the valley below it, seen from a plane]"),
        (
            "Water",
            DAM + TRAM,
            "Water\n\n[A dam that broke & the valley below it, seen from a plane]\n\n[A tram]",
        ),
        ("", f"<m:group>{TRAM}</m:group>", "A tram"),
        ("Water", "<m:description></m:description>", "Water"),
        ("Water", "<m:description>" + "<b>x</b>" * 3 + "</m:description>", "Water\n\n[xxx]"),
    ],
)
def test_what_describes_a_picture_stands_below_the_text_and_not_for_it(description, media, text):
    """The longest of both was taken for what the author wrote, the other was lost."""
    first, second = read_feed(with_media(description, media), URL, NOW).entries
    assert (first.text, second.text) == (text, "Nothing attached")


def test_descriptions_without_end_are_bounded():
    [first, _second] = read_feed(with_media("Water", TRAM * 500), URL, NOW).entries
    assert first.text.count("[A tram]") < 20
