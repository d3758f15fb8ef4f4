"""Telling pages of an article's links: once for each revision, never before the public can read it, politely."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from smeditor.mentions import announcements
from smeditor.models import OutgoingMention
from smeditor.networks.client import GuardedClient
from tests.mentions.test_outbox import write
from tests.networks.mention_site import running_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sends(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "WEBMENTION_SENDS": True}


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(announcements, "outside_client", lambda: GuardedClient(allowed_private_hosts=["127.0.0.1"]))
    with running_site() as site:
        site.listen("/w")
        site.show("/post", "<html><link rel=webmention href=/w></html>")
        yield site


class Clock:
    def __init__(self):
        self.now = timezone.now()

    def run(self, **later):
        self.now += timedelta(**later)
        return announcements.run_due(self.now + timedelta(seconds=5))


@pytest.fixture
def clock():
    return Clock()


def row():
    return OutgoingMention.objects.get()


def forms(site):
    return [posted.form for posted in site.posted]


def test_a_page_is_told_once_of_a_revision(article, site, clock):
    page = write(article, f"{site.url}/post")
    for _round in range(3):
        clock.run(minutes=10)
    assert forms(site) == [{"source": [page.full_url], "target": [f"{site.url}/post"]}]
    assert (row().state, row().due_at, row().endpoint) == ("sent", None, f"{site.url}/w")


def test_update_case_1_the_old_page_and_the_new_one_are_told(article, site, clock):
    """https://webmention.rocks/update/1."""
    write(article, f"{site.url}/post")
    clock.run()
    site.listen("/w2")
    site.show("/post2", "<html><link rel=webmention href=/w2></html>")
    write(article, f"{site.url}/post", f"{site.url}/post2")
    clock.run(minutes=1)
    clock.run(minutes=1)
    assert sorted(posted.path for posted in site.posted) == ["/w", "/w", "/w2"]


def test_update_case_2_the_page_whose_link_was_taken_out_is_told_too(article, site, clock):
    """https://webmention.rocks/update/2."""
    site.listen("/w2")
    site.show("/post2", "<html><link rel=webmention href=/w2></html>")
    for links in ((f"{site.url}/post", f"{site.url}/post2"), (f"{site.url}/post",)):
        write(article, *links)
        clock.run(minutes=1)
        clock.run(minutes=1)
    assert sorted(posted.path for posted in site.posted) == ["/w", "/w", "/w2", "/w2"]


@pytest.mark.parametrize("withdraw", ["unpublish", "delete"])
def test_delete_case_1_the_page_is_told_when_the_article_is_gone(article, site, clock, withdraw, client):
    """https://webmention.rocks/delete/1."""
    page = write(article, f"{site.url}/post")
    address = page.full_url
    clock.run()
    getattr(page, withdraw)()
    clock.run(minutes=1)
    assert forms(site)[1]["source"] == [address]
    assert client.get(address, headers={"host": "paper.example"}, secure=True).status_code == 404


def test_nothing_is_sent_before_the_end_of_the_embargo(article, site, clock):
    article.embargo_until = clock.now + timedelta(hours=3)
    write(article, f"{site.url}/post")
    clock.run(hours=2)
    assert site.posted == []
    assert not site.asked
    assert (row().reason, row().due_at) == ("The article is under embargo.", article.embargo_until)
    clock.run(hours=1)
    assert len(site.posted) == 1


def test_nothing_is_sent_of_a_private_page_until_it_is_opened(article, site, clock):
    restriction = PageViewRestriction.objects.create(page=article, restriction_type="login")
    write(article, f"{site.url}/post")
    clock.run(minutes=1)
    assert site.posted == []
    assert not site.asked
    restriction.delete()
    clock.run(hours=2)
    assert len(site.posted) == 1


def test_an_article_that_is_never_opened_is_given_up(article, site, clock):
    PageViewRestriction.objects.create(page=article, restriction_type="login")
    write(article, f"{site.url}/post")
    for _day in range(40):
        clock.run(days=1)
    assert (row().state, row().due_at, site.posted) == ("failed", None, [])


def test_a_page_without_an_endpoint_is_asked_once(article, site, clock):
    write(article, site.show("/plain", "<p>Hello</p>"))
    for _round in range(3):
        clock.run(days=1)
    assert (row().state, site.asked["/plain"]) == ("unwanted", 1)


def test_a_page_that_is_gone_does_not_want_to_hear(article, site, clock):
    write(article, f"{site.url}/nowhere")
    clock.run()
    assert row().state == "unwanted"


def test_an_endpoint_in_trouble_is_tried_again_ever_more_rarely_and_given_up(article, site, clock):
    site.listen("/w", 503)
    write(article, f"{site.url}/post")
    for _hour in range(24 * 20):
        clock.run(hours=1)
    assert (row().state, row().due_at) == ("failed", None)
    assert len(site.posted) == 7


def test_an_endpoint_that_recovers_is_told(article, site, clock):
    site.listen("/w", 500)
    write(article, f"{site.url}/post")
    clock.run()
    assert (row().state, row().tries) == ("waiting", 1)
    site.listen("/w", 200)
    clock.run(minutes=11)
    assert row().state == "sent"


def test_an_endpoint_that_asks_to_wait_is_waited_for(article, site, clock):
    site.listen("/w", 429, b"", ("Retry-After", "7200"))
    write(article, f"{site.url}/post")
    clock.run()
    assert row().due_at >= clock.now + timedelta(minutes=115)


def test_a_refusal_is_final_for_this_revision(article, site, clock):
    site.listen("/w", 400)
    write(article, f"{site.url}/post")
    for _day in range(3):
        clock.run(days=1)
    assert (row().state, len(site.posted)) == ("refused", 1)
    site.listen("/w", 202)
    write(article, f"{site.url}/post")
    clock.run(minutes=1)
    assert row().state == "sent"


def test_of_one_host_one_page_is_told_at_a_time(article, site, clock):
    write(article, *(site.show(f"/post{number}", "<link rel=webmention href=/w>") for number in range(4)))
    assert clock.run() == 1
    assert clock.run(seconds=10) == 1
    assert len(site.posted) == 2


def test_what_another_worker_holds_is_left_alone(article, site, clock):
    write(article, f"{site.url}/post")
    OutgoingMention.objects.update(lease_until=clock.now + timedelta(minutes=4))
    assert clock.run() == 0
    assert clock.run(minutes=5) == 1


@pytest.mark.parametrize(
    "endpoint", ["http://10.0.0.1/", "http://[::1]/w", "https://paper.example/smeditor/webmention/"]
)
def test_an_endpoint_in_a_private_network_or_of_our_own_gets_nothing(article, site, clock, endpoint):
    write(article, site.show("/trap", f"<link rel=webmention href='{endpoint}'>"))
    clock.run()
    assert row().state == "refused"


def test_what_is_published_while_it_is_sent_is_sent_again(article, site, clock, monkeypatch):
    write(article, f"{site.url}/post")
    real = announcements._send

    def send(*args):
        write(article, f"{site.url}/post")
        return real(*args)

    monkeypatch.setattr(announcements, "ThreadPoolExecutor", InThisThread)
    monkeypatch.setattr(announcements, "_send", send)
    clock.run()
    assert (row().state, row().sent_at is not None, row().due_at is not None) == ("waiting", True, True)
    monkeypatch.setattr(announcements, "_send", real)
    clock.run(minutes=1)
    assert (row().state, len(site.posted)) == ("sent", 2)


def test_what_is_withdrawn_while_it_is_sent_is_told_afterwards(article, site, clock, monkeypatch):
    page = write(article, f"{site.url}/post")
    real = announcements._send

    def send(*args):
        page.unpublish()
        return real(*args)

    monkeypatch.setattr(announcements, "ThreadPoolExecutor", InThisThread)
    monkeypatch.setattr(announcements, "_send", send)
    clock.run()
    monkeypatch.setattr(announcements, "_send", real)
    clock.run(minutes=1)
    assert len(site.posted) == 2
    assert (row().linked, row().state, row().due_at) == (False, "sent", None)


class InThisThread:
    """A pool without threads: what the test does in between must see the test's own transaction."""

    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exit):
        pass

    map = staticmethod(map)
