"""The day on the home page: today's line of posts, what just happened, and what calls for this very person."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.desk import home_today
from smeditor.models import Approval, Delivery, Desk, Hold, HoldProposal, Role, SensitiveEvent
from tests.desk import world

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
State = Delivery.State


@pytest.fixture(autouse=True)
def noon(settings):
    settings.LANGUAGE_CODE = "en"
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def chief(db, client):
    user = world.make_user("nora", Role.CHIEF)
    client.force_login(user)
    return user


@pytest.fixture
def account(db):
    return world.make_account()


def post_at(account, slot: datetime, text: str = "The tram opens.", **fields) -> Delivery:
    return world.make_delivery(world.make_post(text, accounts=[account]), account, slot=slot, **fields)


def home(client) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")


def entries(client) -> list[str]:
    return [" ".join(entry.text.split()) for entry in home(client).select(".sme-today__entry")]


def test_the_line_has_todays_posts_in_their_order_and_no_other_day(chief, client, account):
    post_at(account, NOON + timedelta(hours=2), "Second")
    post_at(account, NOON - timedelta(hours=1), "First", state=State.SENT, sent_at=NOON)
    post_at(account, NOON + timedelta(days=1), "Tomorrow")
    first, second = entries(client)
    assert "First" in first
    assert "Second" in second


def test_of_a_full_day_the_line_shows_what_lies_around_now_and_leads_to_the_rest(chief, client, account):
    for minute in range(1, 30):
        post_at(account, NOON + timedelta(minutes=minute), f"Ahead {minute}")
        post_at(account, NOON - timedelta(minutes=minute), f"Behind {minute}", state=State.SENT, sent_at=NOON)
    shown = entries(client)
    assert len(shown) == home_today.BEHIND + home_today.AHEAD
    assert "Behind 3" in shown[0]
    assert "Ahead 1" in shown[home_today.BEHIND]
    [more] = [link for link in home(client).select(".sme-more") if "More of today" in link.text]
    assert client.get(more["href"]).status_code == 200


def test_what_a_hold_stops_says_so_on_the_line(chief, client, account):
    post_at(account, NOON + timedelta(hours=1))
    Hold.objects.create(scope="account", account=account, reason="Wait")
    [entry] = entries(client)
    assert "on hold" in entry


def test_what_just_happened_is_one_list_the_latest_first(chief, client, account):
    sent = post_at(account, NOON, "Sent one", state=State.SENT, sent_at=NOON - timedelta(minutes=1))
    post_at(account, NOON, "Refused one", state=State.REFUSED, state_changed_at=NOON - timedelta(minutes=2))
    Approval.objects.create(post=sent.post, user=chief, text_hash="0" * 64, at=NOON - timedelta(minutes=3))
    sentences = [event.sentence for event in home_today.happened(chief)]
    assert ["Sent to" in sentences[0], "Refused by" in sentences[1], "Approved by" in sentences[2]] == [True] * 3
    for event in home_today.happened(chief):
        assert client.get(event.url).status_code == 200


def test_nobody_reads_there_what_they_may_not_see(chief, account):
    reader = world.make_user("samir", Role.CONTRIBUTOR)
    post_at(account, NOON, state=State.SENT, sent_at=NOON)
    assert home_today.happened(chief)
    assert [event for event in home_today.happened(reader) if "Sent" in event.sentence] == []
    assert home_today.line(reader, [], NOON)["entries"] == []


def test_a_clash_calls_for_somebody_and_leads_to_its_page(chief, client, account):
    event = SensitiveEvent.objects.create(
        article_key=1, title="Fire", noticed_at=NOON, active_until=NOON + timedelta(hours=9)
    )
    delivery = post_at(account, NOON + timedelta(hours=1))
    HoldProposal.objects.create(event=event, post=delivery.post, proposed_at=NOON)
    [call] = [link for link in home(client).select(".sme-todo") if "clash" in link.text]
    assert call["href"] == reverse("smeditor:clashes")
    assert call.select_one(".sme-todo__n").text == "1"


def test_of_holds_to_review_one_sees_those_that_one_may_lift(db, client, account):
    own = world.make_user("samir", Role.SOCIAL_EDITOR)
    account.desk = Desk.objects.create(name="Sport", slug="sport")
    account.save()
    hold = Hold.objects.create(
        scope="account", account=account, reason="Look again", review_at=timezone.now() - timedelta(hours=1)
    )
    Hold.objects.filter(pk=hold.pk).update(placed_at=NOON - timedelta(hours=2))
    client.force_login(own)
    assert "Holds to review" not in home(client).text
    account.desk.members.add(own)
    assert "Holds to review" in home(client).text


def test_the_home_page_stops_everything_in_one_click(chief, client):
    assert home(client).select(f'a.button[href="{reverse("smeditor_holds:add")}"]')


def test_the_day_asks_as_often_however_much_happened(chief, client, account):
    def queries() -> int:
        home(client)
        with CaptureQueriesContext(connection) as asked:
            home(client)
        return len(asked)

    def more(times: int) -> None:
        for number in range(times):
            post_at(account, NOON + timedelta(minutes=number), f"Post {number}")
            sent = post_at(account, NOON - timedelta(minutes=number), state=State.SENT, sent_at=NOON)
            post_at(account, NOON, state=State.REFUSED)
            Approval.objects.create(post=sent.post, user=chief, text_hash="0" * 64, at=NOON)
            Hold.objects.create(scope="topic", topic=f"t{number}", reason="Wait", placed_by=chief)

    more(2)
    few = queries()
    more(20)
    assert queries() <= few
