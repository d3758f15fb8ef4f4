"""Where a page wants to hear of links: the 23 cases of webmention.rocks, rebuilt from its descriptions, and further ones.

https://webmention.rocks/ and its repository ``aaronpk/webmention.rocks`` (lib/Rocks/DiscoveryTestData.php), 2026-11-30.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import FetchRefused, RateLimited, Refused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.webmention.discovery import Endpoint, discover
from smeditor.networks.webmention.link_header import links_of
from smeditor.networks.webmention.pairs import Pair
from smeditor.networks.webmention.sending import NoEndpoint, announce
from tests.networks.mention_site import running_site

SOURCE = "https://paper.example/tram/"
OURS = "https://rocks.example"


@pytest.fixture(scope="module")
def site():
    with running_site() as site:
        yield site


@pytest.fixture
def client():
    with GuardedClient(allowed_private_hosts=["127.0.0.1"]) as client:
        yield client


@dataclass(frozen=True)
class Case:
    """One test of the suite: what the page sends, and the only endpoint that may be sent to."""

    number: int
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    endpoint: str = "/test/{n}/webmention"


def link(value: str, name: str = "Link") -> tuple[str, str]:
    return (name, value)


CASES = [
    Case(1, headers=(link("</test/1/webmention>; rel=webmention"),)),
    Case(2, headers=(link("<{url}/test/2/webmention>; rel=webmention"),)),
    Case(3, '<link rel="webmention" href="/test/3/webmention">'),
    Case(4, '<link href="{url}/test/4/webmention" rel="webmention">'),
    Case(5, '<a rel="webmention" href="/test/5/webmention">Endpoint</a>'),
    Case(6, '<a href="{url}/test/6/webmention" rel="webmention">Endpoint</a>'),
    Case(7, headers=(link("<{url}/test/7/webmention>; rel=webmention", "LinK"),)),
    Case(8, headers=(link('<{url}/test/8/webmention>; rel="webmention"'),)),
    Case(9, '<link rel="webmention somethingelse" href="{url}/test/9/webmention">'),
    Case(10, headers=(link('<{url}/test/10/webmention>; rel="webmention somethingelse"'),)),
    Case(
        11,
        '<link rel="webmention" href="/test/11/error"><a href="/test/11/error" rel="webmention">no</a>',
        (link('</test/11/webmention>; rel="webmention"'),),
    ),
    Case(12, '<link rel="not-webmention" href="/test/12/error"><a href="/test/12/webmention" rel="webmention">yes</a>'),
    Case(
        13,
        '<!-- <a href="/test/13/error" rel="webmention"></a> --><a href="/test/13/webmention" rel="webmention">yes</a>',
    ),
    Case(
        14,
        '<code>&lt;a href="/test/14/error" rel="webmention"&gt;&lt;/a&gt;</code>'
        '<a href="/test/14/webmention" rel="webmention">yes</a>',
    ),
    Case(15, '<link rel="webmention" href="">', endpoint="/test/15"),
    Case(16, '<a href="/test/16/webmention" rel="webmention">a</a><link rel="webmention" href="/test/16/error">'),
    Case(17, '<link rel="webmention" href="/test/17/webmention"><a href="/test/17/error" rel="webmention">a</a>'),
    Case(
        18,
        headers=(link('<{url}/test/18/error>; rel="other"'), link('<{url}/test/18/webmention>; rel="webmention"')),
    ),
    Case(
        19,
        headers=(link('<{url}/test/19/error>; rel="other", <{url}/test/19/webmention>; rel="webmention"'),),
    ),
    Case(20, '<link rel="webmention"><a href="/test/20/webmention" rel="webmention">this endpoint</a>'),
    Case(21, '<link rel="webmention" href="/test/21/webmention?query=yes">', endpoint="/test/21/webmention?query=yes"),
    Case(22, '<link rel="webmention" href="22/webmention">'),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"case {case.number}")
def test_the_endpoint_of_each_case_hears_of_the_link_and_no_other_one(site, client, case):
    site.posted.clear()
    endpoint = case.endpoint.format(n=case.number)
    site.listen(endpoint.partition("?")[0])
    headers = [(name, value.format(url=site.url)) for name, value in case.headers]
    target = site.show(
        f"/test/{case.number}",
        f"<html><head></head><body>{case.html.format(url=site.url)}</body></html>",
        200,
        *headers,
    )
    announce(client, Pair(SOURCE, target))
    assert [(posted.path, posted.form) for posted in site.posted] == [
        (endpoint, {"source": [SOURCE], "target": [target]})
    ]


def test_case_23_the_endpoint_is_relative_to_where_the_target_redirects_to(site, client):
    site.posted.clear()
    site.listen("/test/23/page/endpoint")
    target = site.show("/test/23/start", "", 302, ("Location", "/test/23/page/there"))
    site.show("/test/23/page/there", '<html><link rel="webmention" href="endpoint"></html>')
    announce(client, Pair(SOURCE, target))
    assert [posted.path for posted in site.posted] == ["/test/23/page/endpoint"]
    assert site.posted[0].form["target"] == [target]  # as it stands in the article


def read(html: str = "", *headers: tuple[str, str], kind: str = "text/html", pingbacks: bool = False):
    response = httpx.Response(
        200,
        headers=[("Content-Type", kind), *headers],
        content=html.encode(),
        request=httpx.Request("GET", f"{OURS}/a/page?x=1"),
    )
    return discover(response, pingbacks=pingbacks)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<base href='/b/'><link rel=webmention href=w>", f"{OURS}/b/w"),
        ("<base href='https://cdn.example/'><a rel=webmention href=w>w</a>", "https://cdn.example/w"),
        ("<LINK REL='WebMention' HREF='/w'>", f"{OURS}/w"),
        ("<link rel=webmention href='/w#there'>", f"{OURS}/w"),
        ("<link rel='webmention http://webmention.org/' href='/w'>", f"{OURS}/w"),
        ("<link rel=webmention href='?endpoint=1'>", f"{OURS}/a/page?endpoint=1"),
        ("<link rel=webmention href=' /w '>", f"{OURS}/w"),
        ("<link rel=webmention href='/w?a=1&amp;b=2'>", f"{OURS}/w?a=1&b=2"),
        ("<b rel=webmention href='/error'>b</b>", None),
        ("<template><link rel=webmention href='/error'></template>", None),
        ("<script>var x = '<link rel=webmention href=/error>'</script>", None),
        ("<textarea><link rel=webmention href=/error></textarea>", None),
        ("<link rel=webmention href='javascript:alert(1)'>", None),
        ("<link rel=webmention href='ftp://files.example/'>", None),
        ("<link rel=webmention href='https://u:p@rocks.example/w'>", None),
        ("<link rel=webmention href='http://[::1/'>", None),
        ("", None),
    ],
)
def test_what_else_a_page_may_write(html, expected):
    assert read(f"<html>{html}</html>") == (Endpoint(expected) if expected else None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<>; rel=webmention", f"{OURS}/a/page?x=1"),
        ("</w>;rel=webmention", f"{OURS}/w"),
        ('</w> ; title="a, b; c" ; rel = "other webmention"', f"{OURS}/w"),
        ('</error>; rel="other"; rel="webmention"', None),
        ('</error>; anchor="/elsewhere"; rel="webmention"', None),
        ('</error>; rel="webmentions"', None),
        ("</w>; rel=WEBMENTION", f"{OURS}/w"),
        ("/w; rel=webmention", None),
    ],
)
def test_what_else_a_header_may_say(header, expected):
    assert read("<html></html>", ("Link", header)) == (Endpoint(expected) if expected else None)


def test_what_is_no_web_page_has_no_endpoint_but_that_of_its_header():
    assert read("<link rel=webmention href=/w>", kind="image/svg+xml") is None
    assert read("", ("Link", "</w>; rel=webmention"), kind="application/pdf") == Endpoint(f"{OURS}/w")


def test_a_pingback_server_counts_only_where_it_is_wanted_and_there_is_nothing_better():
    header = ("X-Pingback", "/xmlrpc")
    assert read("<html></html>", header) is None
    assert read("<html></html>", header, pingbacks=True) == Endpoint(f"{OURS}/xmlrpc", pingback=True)
    found = read('<link rel="pingback" href="/x?a&amp;b">', pingbacks=True)
    assert found == Endpoint(f"{OURS}/x?a&b", pingback=True)
    assert read("<link rel=webmention href=/w>", header, pingbacks=True) == Endpoint(f"{OURS}/w")
    assert read('<a rel="pingback" href="/x">x</a>', pingbacks=True) is None


@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_header_breaks_the_reading_of_headers(values):
    list(links_of(values))


@given(st.text(alphabet='<>;,="\\ relwbmntio/', max_size=300))
def test_no_page_and_no_header_made_of_marks_breaks_discovery(text):
    read(f"<html>{text}", ("Link", text.encode("ascii", "ignore").decode()), pingbacks=True)


# sending


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (403, Refused), (404, Refused), (500, Temporary), (429, RateLimited)]
)
def test_what_the_endpoint_answers_decides_whether_it_is_tried_again(site, client, status, error):
    site.listen(f"/w{status}", status)
    target = site.show(f"/page{status}", f"<link rel=webmention href=/w{status}>")
    with pytest.raises(error):
        announce(client, Pair(SOURCE, target))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 303])
def test_every_status_that_accepts_is_accepted(site, client, status):
    site.listen(f"/w{status}", status, b"", ("Location", "/status"))
    target = site.show(f"/page{status}", f"<link rel=webmention href=/w{status}>")
    assert announce(client, Pair(SOURCE, target)).endpoint.url == f"{site.url}/w{status}"


def test_an_endpoint_that_has_moved_gets_the_same_request_where_it_is_now(site, client):
    site.posted.clear()
    site.listen("/old", 301, b"", ("Location", "/new"))
    site.listen("/new")
    announce(client, Pair(SOURCE, site.show("/moved", "<link rel=webmention href=/old>")))
    assert [(posted.path, posted.form["source"]) for posted in site.posted] == [("/old", [SOURCE]), ("/new", [SOURCE])]


def test_an_endpoint_that_redirects_for_ever_is_given_up(site, client):
    site.listen("/loop", 307, b"", ("Location", "/loop"))
    with pytest.raises(FetchRefused):
        announce(client, Pair(SOURCE, site.show("/looping", "<link rel=webmention href=/loop>")))


def test_a_page_without_an_endpoint_is_no_failure(site, client):
    with pytest.raises(NoEndpoint):
        announce(client, Pair(SOURCE, site.show("/plain", "<p>Hello</p>")))


@pytest.mark.parametrize(
    "endpoint", ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]/", "http://0/"]
)
def test_nothing_is_sent_to_a_private_address_that_a_page_names(site, client, endpoint):
    target = site.show("/trap", f"<link rel=webmention href='{endpoint}'>")
    with pytest.raises(FetchRefused):
        announce(client, Pair(SOURCE, target))


def test_nothing_is_sent_to_ourselves(site, client):
    site.posted.clear()
    with pytest.raises(FetchRefused):
        announce(client, Pair(SOURCE, site.show("/mirror", "<link rel=webmention href=/w>")), own_hosts={"127.0.0.1"})
    assert site.posted == []


def test_an_endpoint_that_redirects_back_to_us_gets_nothing_there(site, client):
    site.listen("/back", 307, b"", ("Location", "https://paper.example/smeditor/webmention/"))
    with pytest.raises(FetchRefused):
        announce(client, Pair(SOURCE, site.show("/b", "<link rel=webmention href=/back>")), own_hosts={"paper.example"})
