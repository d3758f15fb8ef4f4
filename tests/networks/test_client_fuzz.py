"""Whatever bytes a server sends, only the desk's own exceptions leave the client, in time."""

from __future__ import annotations

import gzip
import itertools
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import SmeditorError, TooLarge
from smeditor.listening.shorteners import Expander
from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.charsets import charset_of
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import FeedSource
from smeditor.networks.http import JsonApi
from smeditor.networks.pages import PageSource
from smeditor.networks.rates import Rates
from tests.networks.raw_server import raw_server

HERE = ["127.0.0.1"]
LIMIT = 50_000
BOMB = gzip.compress(b"0" * 20_000_000)
LOCATIONS = [
    b"http://[", b"http://[::1", b"//", b"http://xn--a/", b"http://xn--0.example/", b"http://a..b/", b"http://%00/", b"http://\xe9t\xe9.example/",
    b"http://\xff\xfe/", b"http://127.0.0.1:99999/", b"http://127.0.0.1:port/", b"https://user:pw@example.org/", b"javascript:1", b"http://" + b"a" * 64 + b".fr/",
    b"http://-a-.fr/", b"\t", b"", b"/", b"?", b"#", b"http:", b"http:///x", b"http://\xc2\xad/", b"http://" + b"a." * 400, b"\xf0\x9f\xa6\x8b", b"/" + b"x" * 70_000,
]  # fmt: skip
ANSWERS = {
    "nothing": b"",
    "no-status": b"\r\n\r\n",
    "http-0.9": b"<html>hello",
    "http-1.0": b"HTTP/1.0 200 OK\r\n\r\nfine",
    "http-2": b"HTTP/2.0 200 OK\r\n\r\n",
    "status-of-words": b"HTTP/1.1 fine OK\r\n\r\n",
    "status-99": b"HTTP/1.1 99 x\r\n\r\n",
    "status-999": b"HTTP/1.1 999 x\r\n\r\n",
    "switching-protocols": b"HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n",
    "interim-flood": b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" * 40_000 + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "huge-header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 900_000 + b"\r\n\r\n",
    "many-headers": b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 19_000 + b"\r\n",
    "latin-1-header": b"HTTP/1.1 200 OK\r\nX-Title: caf\xe9\r\nContent-Length: 2\r\n\r\n{}",
    "utf-8-header": "HTTP/1.1 200 OK\r\nX-Title: été 🦋\r\nContent-Length: 2\r\n\r\n{}".encode(),
    "latin-1-reason": b"HTTP/1.1 404 Pas trouv\xe9\r\n\r\n",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "negative-length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
    "endless-length": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nab",
    "short-body": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nab",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
    "endless-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\nab",
    "one-byte-chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 900 + b"\r\na\r\n" + b"1\r\na\r\n" * 100_000,
    "cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "unknown-transfer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
    "gzip-bomb": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + BOMB,
    "gzip-not": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nhello",
    "gzip-twice": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(BOMB),
    "deflate-bomb": b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"0" * 20_000_000),
    "brotli": b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x1b\x03\x00",
    "html-for-json": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n<html>Log in</html>",
    "cookies": b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b; expires=" + b"0 " * 20_000 + b"\r\n\r\n{}",
    "rate": b"HTTP/1.1 429 x\r\nRetry-After: " + b"9" * 5000 + b"\r\nRateLimit-Limit: \xb2\r\nRateLimit-Remaining: " + b"1" * 5000 + b"\r\n\r\n",
    **{f"charset-{name}": f"HTTP/1.1 {status} x\r\nContent-Type: text/html; charset={name}\r\n\r\n<p>caf\xe9 &eacute;".encode("latin-1")
       for name, status in itertools.product(("base64", "rot13", "undefined", "idna", "punycode", "utf-7", "x" * 300, "\"", "utf-16", "\xe9"), (200, 403))},
    **{f"location-{place}": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n" for place, location in enumerate(LOCATIONS)},
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    """(an address, a list whose last item is what it answers)."""
    answers = [b""]
    with raw_server(lambda connection, _head: connection.sendall(answers[-1])) as port:
        yield f"http://127.0.0.1:{port}", answers


def readers(url):
    """Every way in which the desk reads a foreign server."""
    client = GuardedClient(timeout=3.0, allowed_private_hosts=HERE, max_bytes=LIMIT)
    api = JsonApi(url, client, label="Example", rates=Rates())
    return {
        "get": lambda: client.get(f"{url}/").text,
        "head": lambda: client.request("HEAD", f"{url}/"),
        "json": lambda: api.call("GET", "/x"),
        "publish": lambda: api.call("POST", "/x", effect=True, json={}),
        "feed": lambda: FeedSource(client).fetch(f"{url}/feed"),
        "page": lambda: PageSource(client).fetch(f"{url}/page"),
    }


def read_in_every_way(url):
    for read in readers(url).values():
        with suppress(SmeditorError):
            read()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_broken_answer_is_one_of_our_errors(server, name):
    """L9: every exception at the border is mapped."""
    url, answers = server
    answers.append(ANSWERS[name])
    read_in_every_way(url)


LINE = st.one_of(
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.1 302 x", b"HTTP/1.0 500 ", b"HTTP/1.1 100", b"HTTP/1.1 429 x", b"", b" folded"]),
    st.builds(
        lambda key, value: key + b": " + value,
        st.sampled_from([b"Location", b"Content-Type", b"Content-Length", b"Transfer-Encoding", b"Content-Encoding", b"Retry-After", b"Set-Cookie",
                         b"Cache-Control", b"ETag", b"Last-Modified", b"Link"]),
        st.sampled_from([*LOCATIONS[:24], b"gzip", b"chunked", b"text/html; charset=zlib", b"application/rss+xml", b"0", b"7", b"max-age=99999999"])
        | st.binary(max_size=30),
    ),
    st.binary(max_size=40),
)  # fmt: skip
BODY = st.binary(max_size=200) | st.sampled_from(
    [b"{}", b"[[", b"<rss><channel><item>", b"<p>", b"5\r\nhello\r\n0\r\n\r\n", gzip.compress(b"{}")]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.lists(LINE, max_size=6), BODY)
def test_no_bytes_raise_anything_else(server, polite, lines, body):
    url, answers = server
    head = [b"HTTP/1.1 200 OK", *lines] if polite else lines
    answers.append(b"\r\n".join([*head, b"", body]))
    read_in_every_way(url)


def test_a_flood_before_the_body_is_not_read_to_its_end(server):
    """Interim answers are thrown away beneath the client, so that only bytes on the wire can bound them."""
    url, answers = server
    answers.append(ANSWERS["interim-flood"])
    with pytest.raises(TooLarge):
        readers(url)["get"]()


def test_a_header_beyond_ascii_harms_nothing(server):
    url, answers = server
    for name in ("latin-1-header", "utf-8-header"):
        answers.append(ANSWERS[name])
        assert readers(url)["json"]().data == {}


def test_one_bad_short_link_leaves_the_others(server, monkeypatch):
    """L9: a shortener's ``Location`` that is no valid host stopped its source for ever."""
    _url, answers = server
    port = _url.rpartition(":")[2]
    monkeypatch.setattr("smeditor.listening.shorteners.SHORTENERS", frozenset({"short.example"}))
    client = GuardedClient(
        allowed_private_hosts=["short.example"], resolver=lambda host, port: ["127.0.0.1"], timeout=3.0
    )
    expander = Expander(client)
    for place, location in enumerate([*LOCATIONS[:18], b"https://news.example/article"]):
        # The server closes after each answer and says so: the next request must not go out on a dying connection.
        head = b"HTTP/1.1 301 x\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
        answers.append(head + location + b"\r\n\r\n")
        link = f"http://short.example:{port}/{place}"
        (expanded,) = expander.expand([a_message(link)])
    assert expanded.links == (link, "https://news.example/article")


def a_message(link):
    return InboundItem(
        kind=Kind.FEED,
        native_id="1",
        author=Author("a", "a"),
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
        text="x",
        links=(link,),
    )


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("text/html; charset=UTF-8", "utf-8"),
        ('text/xml; charset="iso-8859-15"; x=y', "iso8859-15"),
        ("text/html;charset='windows-1252'", "cp1252"),
        ("text/html", ""),
        ("text/html; charset=base64", ""),
        ("text/html; charset=punycode", ""),
        ("text/html; charset=utf_7", ""),
        ("text/html; charset=no-such-thing", ""),
        ("text/html; charset=\x00", ""),
    ],
)
def test_only_what_a_text_can_be_written_in_is_a_charset(content_type, encoding):
    assert charset_of(content_type) == encoding
