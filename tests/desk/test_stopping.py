"""Stopping: one click from every page of the desk, counted before it is confirmed, and never refused for a number."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Account, Delivery, Desk, Hold, Role
from smeditor.publishing import holds, stopping
from tests.desk import screens, world

pytestmark = pytest.mark.django_db
ADD = "smeditor_holds:add"


@pytest.fixture
def quiet(desk):
    Hold.objects.all().delete()
    Delivery.objects.all().delete()
    return desk


def queue(account: Account, *minutes: int, **fields) -> list[Delivery]:
    now = timezone.now()
    post = world.make_post(accounts=[account])
    return [
        world.make_delivery(
            post, account, slot=now + timedelta(minutes=after), occurrence=next(world.numbers), **fields
        )
        for after in minutes
    ]


def page_of(client, address: str = "") -> BeautifulSoup:
    return BeautifulSoup(client.get(address or reverse(ADD)).content, "html.parser")


def counts(page: BeautifulSoup) -> list[str]:
    return [cell.text for cell in page.select("#sme-stop dd")]


def filled_in(page: BeautifulSoup) -> dict[str, str]:
    """The form as the page has it, unchanged: what one click on its button sends."""
    form = page.select_one("#w-editor-form")
    fields = {
        field["name"]: field.get("value", "")
        for field in form.select("input[name]")
        if field.get("type") not in ("radio", "checkbox") or field.has_attr("checked")
    }
    return {**fields, **{area["name"]: area.text.strip() for area in form.select("textarea[name]")}}


def say(response) -> str:
    return unescape(BeautifulSoup(response.content, "html.parser").select_one(".messages").text)


def test_every_page_of_the_desk_leads_to_the_stop_in_one_click(desk, client, as_role):
    as_role(Role.CHIEF)
    missing = []
    for address in screens.samples(desk.article.pk):
        answer = client.get(address, headers={"accept": "text/html"})
        whole = answer.status_code == 200 and not answer.streaming and b"w-slim-header" in answer.content
        if whole and address != reverse(ADD) and reverse(ADD).encode() not in answer.content:
            missing.append(address)
    # Wagtail's own views of histories and usage are no pages of the desk.
    assert [page for page in missing if not screens.WAGTAILS_OWN.search(page) and "workflow_history" not in page] == []


def test_who_may_not_stop_is_not_led_there(desk, client, as_role):
    as_role(Role.JOURNALIST)
    assert reverse(ADD) not in client.get(reverse("smeditor_posts:list")).content.decode()
    assert client.get(reverse(ADD)).status_code == 302


@pytest.fixture
def noon():
    """A time of day whose next hour is of the same day."""
    with time_machine.travel(datetime(2026, 3, 10, 12, 0, tzinfo=UTC)):
        yield


def test_the_page_counts_before_anybody_confirms(noon, quiet, client, as_role):
    as_role(Role.CHIEF)
    queue(quiet.account, -5, 30, 60 * 24 * 3)
    queue(quiet.account, 0, state=Delivery.State.SENDING)
    page = page_of(client)
    assert tuple(counts(page)) == ("2", "2", "3")
    assert "1 is being sent at this moment" in page.select_one("#sme-stop").text
    assert not Hold.objects.exists()


def test_one_click_more_stops_everything(quiet, client, as_role):
    me = as_role(Role.CHIEF)
    queue(quiet.account, 30, 90)
    answer = client.post(reverse(ADD), filled_in(page_of(client)), follow=True)
    hold = Hold.objects.get()
    assert (hold.scope, hold.placed_by) == ("all", me)
    assert hold.reason
    assert timezone.now() < hold.review_at <= timezone.now() + timedelta(hours=1)
    assert "2 deliveries wait" in say(answer)
    assert "had counted" not in say(answer)


def test_what_came_between_the_page_and_the_click_is_said_and_stops_nothing(quiet, client, as_role):
    as_role(Role.CHIEF)
    queue(quiet.account, 30)
    form = filled_in(page_of(client))
    queue(quiet.account, 40)
    answer = client.post(reverse(ADD), form, follow=True)
    assert Hold.objects.count() == 1
    assert "2 deliveries wait" in say(answer)
    assert "The page had counted 1" in say(answer)


def test_a_page_that_lay_open_for_hours_still_stops(quiet, client, as_role):
    as_role(Role.CHIEF)
    form = filled_in(page_of(client))
    old = "2026-01-01T09:00"
    client.post(reverse(ADD), {**form, "review_at": old, "proposed_review": old})
    assert Hold.objects.get().review_at > timezone.now()


def test_a_time_that_somebody_chose_must_lie_ahead(quiet, client, as_role):
    as_role(Role.CHIEF)
    answer = client.post(reverse(ADD), {**filled_in(page_of(client)), "review_at": "2026-01-01T09:00"})
    assert "This time has passed" in answer.content.decode()


def test_an_account_is_chosen_by_a_link_and_counted_alone(quiet, client, as_role):
    as_role(Role.CHIEF)
    other = world.make_account("sport")
    queue(quiet.account, 10, 20)
    queue(other, 30)
    page = page_of(client)
    [link] = [row.a["href"] for row in page.select(".sme-stop__parts tr") if "sport" in row.text]
    page = page_of(client, reverse(ADD) + link)
    assert counts(page)[2] == "1"
    form = filled_in(page)
    assert form["scope"] == "account"
    client.post(reverse(ADD), {**form, "account": other.pk})
    assert Hold.objects.get().account == other


def test_a_topic_is_counted_before_it_is_stopped(quiet, client, as_role):
    as_role(Role.CHIEF)
    [about, _other] = queue(quiet.account, 10, 20)
    about.post.topics = ["aviation"]
    about.post.save()
    form = filled_in(page_of(client)) | {"scope": "topic", "topic": "Aviation", "count": "1"}
    page = BeautifulSoup(client.post(reverse(ADD), form).content, "html.parser")
    assert counts(page)[2] == "2"  # both deliveries are of one post
    assert not Hold.objects.exists()


def test_another_desks_account_is_not_offered_and_not_taken(quiet, client, as_role):
    as_role(Role.DESK_EDITOR)
    theirs = world.make_account("sport", desk=Desk.objects.create(name="Sport", slug="sport"))
    queue(theirs, 10)
    page = page_of(client)
    [row] = [row for row in page.select(".sme-stop__parts tr") if str(theirs) in row.text]
    assert row.a is None
    client.post(reverse(ADD), {**filled_in(page), "scope": "account", "account": theirs.pk})
    assert not Hold.objects.exists()


def test_a_stop_of_one_post_binds_its_deliveries_alone(quiet, desk):
    [held] = queue(quiet.account, 10)
    [free] = queue(quiet.account, 10)
    hold = holds.place(Hold.Scope.POST, "A clash", desk.author, post=held.post)
    assert holds.binds(hold, held)
    assert not holds.binds(hold, free)
    assert stopping.forecast(hold, timezone.now()).whole.total == 1


def test_what_missed_its_time_under_a_hold_waits_for_a_person(quiet, desk):
    [passed] = queue(quiet.account, -10)
    [ahead] = queue(quiet.account, 10)
    hold = holds.place(Hold.Scope.ALL, "Wait", desk.author)
    assert holds.lift(hold, desk.author, timezone.now()) == 1
    passed.refresh_from_db()
    ahead.refresh_from_db()
    assert (passed.state, ahead.state) == (Delivery.State.LATE, Delivery.State.SCHEDULED)


def test_of_many_it_counts_the_earliest_and_says_that_there_are_more(quiet, monkeypatch):
    monkeypatch.setattr(stopping, "MOST", 3)
    queue(quiet.account, 10, 20, 30, 90, 600)
    found = stopping.forecast(Hold(scope=Hold.Scope.ALL), timezone.now()).whole
    assert (found.soon, found.total, found.more) == (3, 3, True)
