"""Bounded before parsed: bytes, items, depth, field length; twice as much takes no more than twice the steps.

Steps are counted, not timed: lines and calls of Python, the feed parser's own included.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smeditor.exceptions import BadAnswer
from smeditor.networks.charsets import decode
from smeditor.networks.feed_bounds import LONGEST_BODY, MAX_DEPTH, MAX_FIELDS, MAX_ITEMS, bound_feed
from smeditor.networks.feeds import read_feed, without_mail
from smeditor.networks.http import decode as decode_json
from smeditor.networks.markup import bound_markup
from smeditor.networks.mastodon.content import links, plain
from smeditor.networks.pages import read_page
from tests.steps import steps

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
URL = "https://blog.example/feed"
MOTIFS = [
    "<", "<!", "<!--", "<?", "<![CDATA[", "</", "<a ", '<a b="', "<a b='c'", '<a b="c" ', "<a>", "</a>", "<a/>", "<p>", "<div><p>", "<li>", "<blockquote>",
    "<style>", '<p style=" ', "<script>", "<!DOCTYPE [", "&", "&a", "&#", "&amp;", "&x;", " ", "@", "a@", "a@a.a ", '"', "'", "(", "a", "a:", "]]>", "-->",
    "<item>", "<item><title>x</title></item>", "<category>x</category>", "<title>", "<x:y>", "é", "\x00", "<a href='/x'>", "<img alt='x'>",
    "<li id='comment-1'><p>x", "<div class='comment'>",
]  # fmt: skip


def as_field(name):
    return lambda text: read(
        f"<rss version='2.0'><channel><item><title>t</title><{name}>{text}</{name}></item></channel></rss>"
    )


def read(xml):
    try:
        return read_feed(xml.encode(), URL, NOW)
    except BadAnswer:
        return None


READERS = {
    "bounds": bound_feed,
    "feed": read,
    "author": as_field("author"),
    "description": as_field("description"),
    "date": as_field("pubDate"),
    "category": as_field("category"),
    "cdata": lambda text: as_field("description")(f"<![CDATA[{text}]]>"),
    "mail": without_mail,
    "markup": bound_markup,
    "charset": lambda text: decode(text.encode()),
    "page": lambda text: read_page(text.encode(), URL, [], NOW),
    "links": links,
    "plain": plain,
    "quoted": lambda text: plain(f"<p class='quote-inline'>{text}"),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_no_more_than_twice_the_steps(name):
    """L10: author mails, unclosed tags, attributes, nesting, styles, comments, entities, spaces."""
    reader = READERS[name]
    wrong = {}
    for motif in MOTIFS:
        reader(motif * 3)  # what is loaded once is loaded now
        short, long = (steps(reader, (motif * size)[:size]) for size in (600, 1200))
        if long > 2.3 * short + 150:
            wrong[motif] = (short, long)
    assert wrong == {}


@pytest.mark.parametrize("motif", MOTIFS, ids=repr)
def test_sixty_kilobytes_of_it_come_to_an_end(motif):
    """Inside the libraries no steps can be counted; what is bounded before cannot keep them busy for long."""
    text = (motif * 60_000)[:60_000]
    for name in ("feed", "cdata", "author", "quoted"):
        READERS[name](text)


def test_a_feed_of_a_hundred_nested_bodies_is_read_in_one_go():
    nested = "&lt;blockquote&gt;" * 3000
    entries = "".join(f"<item><guid>{n}</guid><description>{nested}x</description></item>" for n in range(30))
    assert len(read(f"<rss version='2.0'><channel>{entries}</channel></rss>").entries) == 30


def test_items_fields_depth_and_length_are_bounded():
    items = "<item><title>t</title></item>" * (MAX_ITEMS + 50)
    many = bound_feed(f"<rss><channel>{items}</channel></rss>")
    assert (many.xml.count("<item>"), many.cut) == (MAX_ITEMS, True)
    wide = bound_feed("<rss><channel><item>" + "<category>x</category>" * 1000 + "</item></channel></rss>")
    assert (wide.xml.count("<category>"), wide.cut) == (MAX_FIELDS, True)
    assert bound_feed("<rss><channel><item>" + "<b>" * 1000).xml.count("<b>") <= MAX_DEPTH
    long = bound_feed(f"<rss><channel><item><description>{'x' * 200_000}</description></item></channel></rss>")
    assert len(long.xml) < LONGEST_BODY + 200


def test_what_is_cut_is_not_the_whole():
    """Law 4: absence is never read from a part."""
    items = "".join(f"<item><guid>{n}</guid><title>t{n}</title></item>" for n in range(MAX_ITEMS + 1))
    mark = "<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>"
    result = read(f"<rss version='2.0'><channel>{mark}{items}</channel></rss>")
    assert (len(result.entries), result.complete, bool(result.problem)) == (MAX_ITEMS, False, True)


@pytest.mark.parametrize(
    "written",
    [
        "<rss version='2.0'><channel><title>T</title><item><title>A &eacute; &amp; B</title><link>https://blog.example/1</link></item></channel></rss>",
        "<rss version='2.0'><channel><title>T</title><item><title>A \xe9 & B</title><link>https://blog.example/1<br></link></channel>",
        "<!DOCTYPE rss [<!ENTITY x 'y'>]><rss version='2.0'><channel><title>T</title><item dc:x='1' dc:x='2'><title><![CDATA[A \xe9 & B]]></title>"
        "<media:y/><link>https://blog.example/1</link></item></channel></rss>",
    ],
    ids=["sound", "broken", "odd"],
)
def test_what_is_written_anew_says_the_same(written):
    result = read(written)
    assert [(entry.text, entry.url) for entry in result.entries] == [("A é & B", "https://blog.example/1")]


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "iso-8859-1", "café"),
        ("café".encode("utf-16"), "", "café"),
        (b"caf\xe9", "", "café"),
        (b"caf\xe9 \x80", "iso-8859-1", "café €"),
        (b"<?xml version='1.0' encoding='koi8-r'?>\xc1", "", "<?xml version='1.0' encoding='koi8-r'?>а"),
        (b"<meta charset=base64>\xc3\xa9", "", "<meta charset=base64>é"),
        (b"<meta charset=punycode>\xc3\xa9", "undefined", "<meta charset=punycode>é"),
        (b"<meta charset=utf-16>\xc3\xa9", "", "<meta charset=utf-16>é"),
        (b"a\x00b\xff", "utf-8", "ab\ufffd"),
    ],
)
def test_a_text_is_decoded_by_what_a_text_can_be_written_in(content, charset, text):
    assert decode(content, charset) == text


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b'{"a":' * 200_000, b"1" * 100_000, b'"' + b"\\u0000" * 50_000 + b'"']
)
def test_json_is_bounded_in_depth_and_digits(content):
    try:
        decode_json(content)
    except BadAnswer:
        return
    assert content.startswith(b'"')
