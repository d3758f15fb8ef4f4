"""The two doors: they keep a pair, tell nothing, and cost the same whatever stands in it."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from smeditor.listening.webmentions import receive
from smeditor.listening.webmentions.endpoint import add_link_header
from smeditor.models import ReceivedMention
from smeditor.networks.webmention import xml_rpc
from tests.listening.webmentions.conftest import ENDPOINT, FORM

pytestmark = pytest.mark.django_db
PINGBACK = "/smeditor/pingback/"
SOURCE = "https://blog.example/note"


def post(client, body, kind=FORM, **headers):
    return client.post(ENDPOINT, body, content_type=kind, headers=headers)


def test_a_valid_request_is_accepted_and_has_no_location(client, article):
    answer = post(client, f"source={SOURCE}&target={article.full_url}")
    assert (answer.status_code, "Location" in answer.headers) == (202, False)
    row = ReceivedMention.objects.get()
    assert (row.source, row.target, row.host, row.state) == (SOURCE, article.full_url, "blog.example", "waiting")


def test_no_token_of_a_form_of_ours_is_asked_for(article):
    client = Client(enforce_csrf_checks=True)
    assert post(client, f"source={SOURCE}&target={article.full_url}").status_code == 202


def test_what_is_no_article_is_answered_as_an_article_is(client, article):
    """Whoever asks learns nothing of what is under embargo or a draft, not even by how long it takes."""
    addresses = [article.full_url, f"{article.full_url}not-published-yet/"]
    post(client, f"source={SOURCE}0&target={addresses[0]}")  # what a process does once is done
    answers, work = [], []
    for number, target in enumerate(addresses, 1):
        with CaptureQueriesContext(connection) as queries:
            answers.append(post(client, f"source={SOURCE}{number}&target={target}"))
        work.append(len(queries))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert len(set(work)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "source={source}",
        "target={target}",
        "source=&target={target}",
        "source={source}&target=",
        "source={target}&target={target}",
        "source={target}%23here&target={target}",
        "source={source}&target=https://other.example/",
        "source={target}x&target={target}",
        "source=ftp://blog.example/&target={target}",
        "source=javascript:alert(1)&target={target}",
        "source=/note&target={target}",
        "source=https://&target={target}",
        "source=https://blog.example:99999/&target={target}",
        "source=https://u:p@blog.example/&target={target}",
        "source=https://blog.example/%0d%0aHost:x&target={target}",
        "source=https://blog.example/a%20b&target={target}",
        "source=http://[::1&target={target}",
        "source={source}&source={source}2&target={target}",
        "source={source}&target={target}&target={target}",
        "source=https://blog.example/{long}&target={target}",
        "source=%ff%fe&target={target}",
        "{many}source={source}&target={target}",
    ],
)
def test_what_is_no_valid_request_is_refused(client, article, body):
    target = article.full_url.rstrip("/") + "/"
    answer = post(client, body.format(source=SOURCE, target=target, long="x" * 2100, many="a=1&" * 30))
    assert answer.status_code == 400
    assert not ReceivedMention.objects.exists()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "text/xml"])
def test_another_type_of_body_is_refused(client, article, kind):
    assert post(client, f"source={SOURCE}&target={article.full_url}", kind).status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "patch"])
def test_only_post_is_answered(client, article, method):
    assert getattr(client, method)(ENDPOINT).status_code == 405


def test_a_body_that_is_too_long_is_not_read(client, article):
    body = f"source={SOURCE}&target={article.full_url}&pad={'x' * 20_000}"
    assert post(client, body).status_code == 413
    assert not ReceivedMention.objects.exists()


def test_of_one_host_so_many_are_taken_within_an_hour(client, article, monkeypatch):
    monkeypatch.setattr(receive, "OF_A_HOST", 3)
    answers = [post(client, f"source={SOURCE}{number}&target={article.full_url}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert post(client, f"source=https://other.example/&target={article.full_url}").status_code == 202
    assert post(client, f"source={SOURCE}0&target={article.full_url}").status_code == 202  # known, only again


def test_when_too_many_wait_new_ones_are_asked_to_come_later(client, article, monkeypatch):
    monkeypatch.setattr(receive, "MOST_WAITING", 2)
    answers = [post(client, f"source=https://b{number}.example/&target={article.full_url}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 429, 429]


def ping(client, source, target):
    return client.post(PINGBACK, xml_rpc.call(source, target), content_type="text/xml")


@pytest.fixture
def pingbacks(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "PINGBACKS": True}


def test_there_is_no_pingback_unless_it_is_switched_on(client, article):
    assert ping(client, SOURCE, article.full_url).status_code == 404


def test_a_pingback_is_kept_as_a_webmention_is(client, article, pingbacks):
    answer = ping(client, SOURCE, article.full_url)
    assert (answer.status_code, xml_rpc.read_answer(answer.content).fault) == (200, None)
    assert ReceivedMention.objects.get().source == SOURCE


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"<x/>", xml_rpc.PARSE_ERROR),
        (b"<x>" * 20_000, xml_rpc.PARSE_ERROR),
        (b"<methodCall><methodName>demo.sayHello</methodName></methodCall>", xml_rpc.NO_SUCH_METHOD),
        (xml_rpc.call("ftp://a.example/", "https://paper.example/"), xml_rpc.WRONG_PARAMETERS),
        (xml_rpc.call(SOURCE, "https://other.example/"), xml_rpc.NOT_A_TARGET),
    ],
)
def test_a_pingback_that_is_none_is_a_fault(client, article, pingbacks, body, fault):
    answer = client.post(PINGBACK, body, content_type="text/xml")
    assert xml_rpc.read_answer(answer.content).fault == fault
    assert not ReceivedMention.objects.exists()


def test_an_articles_page_names_the_endpoint(client, article):
    page = client.get(article.full_url, headers={"host": "paper.example"}, secure=True).content.decode()
    assert f'<link rel="webmention" href="{ENDPOINT}">' in page
    assert 'rel="pingback"' not in page


def test_with_pingbacks_on_it_names_both(client, article, pingbacks):
    shown = Template("{% load smeditor_webmention %}{% smeditor_webmention_endpoint %}").render(Context())
    assert f'href="{ENDPOINT}"' in shown
    assert f'<link rel="pingback" href="{PINGBACK}">' in shown


@override_settings(ROOT_URLCONF="tests.articles.urls_by_language")
def test_a_site_without_the_addresses_names_none():
    assert Template("{% load smeditor_webmention %}{% smeditor_webmention_endpoint %}").render(Context()) == ""


def test_a_response_can_name_the_endpoint_in_its_header_beside_others():
    response = HttpResponse(headers={"Link": "</next>; rel=next"})
    add_link_header(response)
    assert response["Link"] == f'</next>; rel=next, <{ENDPOINT}>; rel="webmention"'
