"""Links: asked in the background by the guarded client, kept by address, shown as a finding."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from smeditor.models import CheckSetting, Delivery, LinkCheck, Post
from smeditor.networks.client import GuardedClient
from smeditor.publishing import preflight
from smeditor.publishing.checks import link_asking
from smeditor.publishing.engine import tick
from tests.publishing.conftest import NOON

URL = "https://elsewhere.org/page"
State = LinkCheck.State


def unsaved(text: str, *accounts, **fields) -> Post:
    post = Post(text=text, **fields)
    post.accounts = accounts
    return post


def codes(post: Post, now=NOON) -> set[str]:
    return {finding.code for finding in preflight.check(post, now).findings if finding.code.startswith("link_")}


def client(answer) -> GuardedClient:
    return GuardedClient(transport=httpx.MockTransport(answer), resolver=lambda host, port: ["93.184.215.14"])


def answers(status: int, headers=None):
    return client(lambda request: httpx.Response(status, headers=headers or {}, text="x"))


@pytest.fixture
def post(make_account):
    return unsaved(f"Read {URL}", make_account())


def test_a_link_that_nobody_asked_is_said_to_be_unchecked_and_is_asked_once_saved(post):
    assert codes(post) == {"link_unchecked"}
    assert link_asking.ask_for(post, NOON) == 1
    assert codes(post) == {"link_unchecked"}
    assert link_asking.run_due(NOON, answers(200)) == 1
    assert codes(post) == set()
    assert link_asking.run_due(NOON, answers(404)) == 0, "nothing is due"


@pytest.mark.parametrize(
    ("status", "state", "code"),
    [
        (404, State.DEAD, {"link_dead"}),
        (410, State.DEAD, {"link_dead"}),
        (200, State.OPENS, set()),
        (403, State.UNKNOWN, set()),
    ],
)
def test_what_the_server_answers_is_kept_and_shown(post, status, state, code):
    link_asking.ask_for(post, NOON)
    link_asking.run_due(NOON, answers(status))
    row = LinkCheck.objects.get()
    assert (row.state, row.status, row.checked_at) == (state, status, NOON)
    assert codes(post) == code


def test_a_link_that_leads_elsewhere_names_where(post):
    def answer(request):
        if request.url.path == "/page":
            return httpx.Response(301, headers={"location": "/other"})
        return httpx.Response(200)

    link_asking.ask_for(post, NOON)
    link_asking.run_due(NOON, client(answer))
    (found,) = [finding for finding in preflight.check(post, NOON).findings if finding.code == "link_redirected"]
    assert "https://elsewhere.org/other" in found.sentence


def test_a_server_that_does_not_answer_is_asked_thrice_more_before_it_counts(post):
    def fail(request):
        raise httpx.ConnectError("no")

    link_asking.ask_for(post, NOON)
    now = NOON
    for _try in range(3):
        assert link_asking.run_due(now, client(fail)) == 1
        assert codes(post, now) == {"link_unchecked"}
        now += timedelta(hours=1)
    link_asking.run_due(now, client(fail))
    assert codes(post, now) == {"link_unreachable"}


def test_a_private_address_is_never_asked(make_account):
    post = unsaved("Read", make_account(), link="http://192.168.1.1/admin")
    link_asking.ask_for(post, NOON)
    link_asking.run_due(NOON)
    assert LinkCheck.objects.get().state == State.UNKNOWN


def test_saving_again_asks_no_sooner_than_after_some_hours(post):
    link_asking.ask_for(post, NOON)
    link_asking.run_due(NOON, answers(200))
    assert link_asking.ask_for(post, NOON + timedelta(hours=1)) == 0
    assert link_asking.ask_for(post, NOON + timedelta(hours=7)) == 1


def test_two_workers_ask_an_address_once(post):
    link_asking.ask_for(post, NOON)
    asked = []

    def answer(request):
        asked.append(request.url)
        assert link_asking.run_due(NOON, answers(200)) == 0, "the other worker finds nothing to do"
        return httpx.Response(200)

    link_asking.run_due(NOON, client(answer))
    assert len(asked) == 1


def test_the_link_of_the_posts_own_article_is_never_asked_over_the_web(make_account, article):
    post = unsaved("Read it", make_account(), article=article, link=article.get_full_url())
    assert codes(post) <= {"link_missing"}
    assert link_asking.ask_for(post, NOON) == 0


def test_an_article_of_ours_that_is_not_public_is_a_dead_link(make_account, article):
    url = article.get_full_url()
    post = unsaved(f"Read {url}", make_account(), link=url)
    assert codes(post) == set()
    article.unpublish()
    assert codes(post) == {"link_dead"}


def test_what_nobody_links_to_is_forgotten(post):
    link_asking.ask_for(post, NOON)
    link_asking.run_due(NOON + timedelta(days=91), answers(200))
    assert not LinkCheck.objects.exists()


def test_a_desk_lets_a_dead_link_stop_a_post_that_is_about_to_be_sent(make_account, make_post, no_time_passes):
    post = make_post(make_account(), text=f"Read {URL}")
    due = Delivery.objects.get(post=post).slot
    CheckSetting.objects.create(code="link_dead", severity="error")
    LinkCheck.objects.update(asked_at=due, checked_at=due, state=State.DEAD, due_at=None)
    tick(due, "worker")
    delivery = Delivery.objects.get(post=post)
    assert (delivery.state, delivery.due_at > due) == ("scheduled", True)
    assert "does not exist" in delivery.state_reason
    LinkCheck.objects.update(state=State.OPENS)
    tick(delivery.due_at, "worker")
    assert Delivery.objects.get(post=post).state == "sent"


def test_where_no_desk_says_so_a_dead_link_stops_nothing_that_is_sent(make_account, make_post, no_time_passes):
    post = make_post(make_account(), text=f"Read {URL}")
    due = Delivery.objects.get(post=post).slot
    LinkCheck.objects.update(asked_at=due, checked_at=due, state=State.DEAD, due_at=None)
    tick(due, "worker")
    assert Delivery.objects.get(post=post).state == "sent"
