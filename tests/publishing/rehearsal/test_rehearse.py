"""The rehearsal: a day against failing networks, in which nobody hears anything twice, nothing is lost and nothing leaves the house."""

from __future__ import annotations

import json
import socket
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from smeditor.models import Account, Delivery, Hold, Post, Slot
from smeditor.publishing import holds
from smeditor.publishing.rehearsal import faults
from smeditor.publishing.rehearsal.day import Settings, rehearse
from smeditor.publishing.rehearsal.faults import Fault
from smeditor.publishing.rehearsal.isolation import SocketRefused, isolated
from tests.approved import write_deliveries

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
CLOCKS_GO_FORWARD, CLOCKS_GO_BACK = date(2027, 3, 28), date(2026, 10, 25)


@pytest.fixture(autouse=True)
def in_paris(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def account(db):
    return Account.objects.create(
        network="mastodon",
        handle="paper",
        server_url="https://social.example",
        secret={"access_token": "x"},
        minimum_gap=0,
    )


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), UTC)


def queue(account: Account, *slots: datetime, text: str = "Post", **fields) -> list[Post]:
    posts = [Post.objects.create(text=f"{text} {n}", live=True, **fields) for n in range(len(slots))]
    write_deliveries(account, posts, lambda place: slots[place])
    return posts


def everything() -> dict[str, list]:
    """All rows of all tables of ours."""
    models = [model for model in apps.get_app_config("smeditor").get_models() if model._meta.managed]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}


def run(**options) -> dict:
    out = StringIO()
    call_command("smeditor_rehearse", stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_day_of_faults_nobody_hears_anything_twice_and_nothing_is_lost(seed):
    outcome = rehearse(Settings(DAY, share=0.5, seed=seed, invented=True))
    assert (outcome.doubled, outcome.lost) == (0, 0)
    assert outcome.planned > 100
    assert outcome.found
    assert outcome.absent
    met = {label for label, _number, _states in outcome.faults}
    assert {str(faults.LABELS[fault]) for fault in Fault} == met
    assert outcome.sockets == []


def test_without_faults_all_of_it_is_sent_once_and_in_time(account):
    outcome = rehearse(Settings(DAY, share=0, invented=True))
    late = [row for row in outcome.rows if row.state != Delivery.State.SENT]
    assert late == []
    assert outcome.sent_once == outcome.planned
    assert outcome.longest_delay < 3


@pytest.mark.parametrize(("day", "hours"), [(CLOCKS_GO_FORWARD, 23), (CLOCKS_GO_BACK, 25), (DAY, 24)])
def test_the_night_in_which_the_clocks_change_has_its_own_length_and_each_slot_once(account, day, hours):
    outcome = rehearse(Settings(day, share=0, invented=True))
    assert len(outcome.hours) == hours
    assert outcome.sent_once == outcome.planned
    assert outcome.doubled == outcome.lost == 0


def test_the_queue_itself_is_rehearsed_and_stays_as_it_is(account):
    queue(account, at(9), at(10), at(11))
    before = everything()
    outcome = rehearse(Settings(DAY, share=1))
    assert outcome.planned == 3
    assert {row.account for row in outcome.rows} == {str(account)}
    assert everything() == before
    assert Delivery.objects.filter(state=Delivery.State.SCHEDULED).count() == 3


def test_what_is_not_of_that_day_is_not_rehearsed(account):
    queue(account, at(9), at(9) + timedelta(days=1), at(9) - timedelta(days=1))
    assert rehearse(Settings(DAY)).planned == 1


def test_nothing_leaves_the_house(account, monkeypatch, mailoutbox):
    def fail(*args, **kwargs):
        raise AssertionError("a socket was used")

    monkeypatch.setattr(socket.socket, "connect", fail)
    queue(account, at(9), at(10))
    outcome = rehearse(Settings(DAY, share=1))
    assert outcome.sockets == []
    assert mail.outbox == []


def test_a_socket_is_refused_and_told_of():
    with isolated({}) as refused:
        with pytest.raises(SocketRefused):
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        with pytest.raises(SocketRefused):
            socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("192.0.2.1", 80))
    assert len(refused) == 2
    assert "connect" not in vars(socket.socket)


def test_the_newsrooms_database_is_back_when_a_rehearsal_breaks(account):
    kept = connection.settings_dict

    def break_off() -> None:
        with isolated({}):
            assert not Account.objects.exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert connection.settings_dict is kept
    assert Account.objects.exists()


def test_what_a_hold_stops_waits_with_its_reason(account, django_user_model):
    queue(account, at(9))
    holds.place(Hold.Scope.ALL, "A crash", django_user_model.objects.create(username="nora"))
    outcome = rehearse(Settings(DAY, share=0))
    assert outcome.summary()["sent"] == 0
    assert outcome.summary()["waiting"] == 1


def test_after_an_outage_what_is_too_old_waits_for_a_person(account):
    queue(account, at(9), news_class="breaking")
    outcome = rehearse(Settings(DAY, share=0, outage=(at(8), at(12))))
    [row] = outcome.rows
    assert row.state == Delivery.State.LATE
    assert not row.there


def test_a_post_with_an_article_waits_for_the_public_as_in_life(account, section):
    from tests.newsroom import factories

    public, draft = factories.make_article(section, "One"), factories.make_article(section, "Two", live=False)
    queue(account, at(9), text="Public", article=public, article_key=public.pk)
    queue(account, at(9), text="Draft", article=draft, article_key=draft.pk)
    states = {row.text: row.state for row in rehearse(Settings(DAY, share=0)).rows}
    assert states == {"Public 0": Delivery.State.SENT, "Draft 0": Delivery.State.LATE}


def test_generated_posts_stand_in_the_accounts_own_slots(account):
    Slot.objects.create(account=account, weekday=DAY.weekday(), time=time(7, 30))
    outcome = rehearse(Settings(DAY, invented=True, share=0))
    assert [row.slot for row in outcome.rows] == [at(6, 30)]


def test_the_same_seed_meets_the_same_faults():
    messages = [faults.Message(1, f"text {number}") for number in range(100)]
    assert faults.plan(messages, 0.3, 7) == faults.plan(messages, 0.3, 7)
    assert faults.plan(messages, 0.3, 7) != faults.plan(messages, 0.3, 8)
    assert faults.plan(messages, 0, 7) == {}


def test_the_report_is_one_page_that_loads_and_runs_nothing(tmp_path, account):
    queue(account, at(9), text="<script>alert(1)</script>")
    summary = run(date=DAY, out=tmp_path / "page.html", faults=1.0)
    page = BeautifulSoup((tmp_path / "page.html").read_text(encoding="utf-8"), "html.parser")
    assert "Rehearsal of 2026-03-10" in page.h1.text
    assert not page.select("script, img, link, [style], [onclick], iframe, form")
    policy = page.select_one("meta[http-equiv]")["content"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (summary["doubled"], summary["lost"], summary["planned"]) == (0, 0, 1)


def test_a_day_without_a_queue_says_how_to_fill_it(tmp_path, capsys):
    out = StringIO()
    call_command("smeditor_rehearse", date=DAY, out=tmp_path / "page.html", stdout=out)
    assert "--generated" in out.getvalue()


@pytest.mark.parametrize("options", [["--faults", "2"], ["--date", "soon"], ["--outage", "15:00-14:00"]])
def test_what_cannot_be_rehearsed_is_a_sentence(options, tmp_path):
    with pytest.raises(CommandError):
        call_command("smeditor_rehearse", *options, "--out", str(tmp_path / "page.html"))
