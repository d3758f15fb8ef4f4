"""Polls: how options are read from lines, what each network takes of them, and what an edit does to one that is there."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import Refused
from smeditor.networks import polls
from smeditor.networks.base import Credentials, Limits, Message, Poll, PollLimits, Prepared, Ref
from smeditor.networks.bluesky import Bluesky
from smeditor.networks.limits import breaches, losses, measure, poll_limits
from smeditor.networks.mastodon import Mastodon
from smeditor.networks.mastodon.limits import POLL, read_limits
from smeditor.networks.polls import duration_label, length_of, options_of
from smeditor.networks.registry import network_classes
from smeditor.networks.telegram import Telegram
from smeditor.networks.threads import Threads
from smeditor.networks.x import X
from tests.networks.contract_steps import picture

STATUS = "/api/v1/statuses/1"
DAY = 1440
YES_OR_NO = Poll(("Yes", "No"), DAY)
FAMILY = "👨‍👩‍👧‍👦"


def at(kind, limits: Limits | None = None):
    return kind(Credentials("https://s.example", secret={"bot_token": "1:x"}), client=None, limits=limits)


def codes(kind, poll: Poll, text: str = "A tram to the sea?", **fields) -> list[str]:
    return [breach.code for breach in breaches(at(kind), Message(text, poll=poll, **fields))]


# options


@given(st.text())
def test_options_are_lines_in_normal_form_and_never_empty(text):
    options = options_of(text)
    assert all(option and option == option.strip() and "\n" not in option for option in options)
    assert options_of("\n".join(options)) == options


def test_however_the_same_options_were_typed_they_are_the_same():
    typed = "Oui, à Besançon\n\nשלום\n👩🏽‍🚒"
    others = [
        unicodedata.normalize("NFD", typed),
        typed.replace("\n", "\r\n"),
        f" \n{typed}  \n\n",
        typed.replace("\n", "\r"),
    ]
    assert {options_of(other) for other in others} == {("Oui, à Besançon", "שלום", "👩🏽‍🚒")}


@pytest.mark.parametrize(("unit", "length"), [("grapheme", 1), ("character", 7), ("utf16", 11)])
def test_an_option_is_as_long_as_its_network_counts(unit, length):
    assert length_of(FAMILY, unit) == length


@pytest.mark.parametrize(
    ("minutes", "expected", "french"),
    [(5, "5 minutes", "5 minutes"), (60, "1 hour", "1 heure"), (360, "6 hours", "6 heures"), (DAY, "1 day", "1 jour"),
     (10_080, "7 days", "7 jours"), (43_829, "30 days", "30 jours")],
)  # fmt: skip
def test_a_duration_has_its_label(minutes, expected, french):
    assert duration_label(minutes) == expected
    with translation.override("fr"):
        assert duration_label(minutes) == french


# limits


def test_whoever_declares_polls_says_what_they_may_be():
    declared = [network for network in network_classes() if network.capabilities.polls]
    assert {network.slug for network in declared} == {"mastodon", "x", "threads", "telegram"}
    assert all(network.default_limits.poll for network in declared)


def test_every_limit_of_a_poll_is_read_somewhere():
    source = Path(polls.__file__).read_text() + Path(polls.__file__).with_name("limits.py").read_text()
    assert [name for name in PollLimits.__dataclass_fields__ if f".{name}" not in source] == []


BREAKS = {
    "poll_too_few": (X, Poll(("Yes",), DAY)),
    "poll_too_many": (X, Poll(tuple("abcde"), DAY)),
    "poll_option_too_long": (X, Poll(("a" * 26, "b"), DAY)),
    "poll_options_equal": (X, Poll(("Yes", "Yes"), DAY)),
    "poll_duration": (Threads, Poll(("Yes", "No"), 60)),
    "no_polls": (Bluesky, YES_OR_NO),
}


@pytest.mark.parametrize("code", BREAKS)
def test_each_rule_is_a_breach_when_it_is_broken(code):
    assert codes(*BREAKS[code]) == [code]


def test_a_poll_needs_a_question_and_stands_alone():
    assert codes(Mastodon, YES_OR_NO, "") == ["poll_without_question"]
    assert codes(Mastodon, YES_OR_NO, media=(picture("A tram"),)) == ["poll_beside_media"]
    assert codes(X, YES_OR_NO, quote=Ref("1")) == ["poll_beside_quote"]
    assert codes(Mastodon, YES_OR_NO, comment=True, reply_to=Ref("1")) == ["poll_in_comment"]


def test_options_in_any_script_are_counted_as_readers_see_them_on_mastodon():
    options = tuple(sign * 50 for sign in ("é", "ن", FAMILY, "日"))
    assert codes(Mastodon, Poll(options, DAY)) == []
    assert codes(Mastodon, Poll((*options[:3], "日" * 51), DAY)) == ["poll_option_too_long"]


def test_ten_thousand_characters_and_a_thousand_options_are_said_in_a_few_sentences():
    assert codes(X, Poll(("a" * 10_000, "b"), DAY)) == ["poll_option_too_long"]
    found = codes(X, Poll(tuple(f"{number}{'x' * 30}" for number in range(1000)), DAY))
    assert found == ["poll_too_many", *["poll_option_too_long"] * 4]


def test_a_poll_that_always_lasts_as_long_says_how_long():
    [breach] = breaches(at(Threads), Message("?", poll=replace(YES_OR_NO, minutes=60)))
    assert breach.sentence == "A poll there always runs for 1 day: choose that, or leave the account out."


def test_the_question_of_a_poll_on_telegram_is_shorter_than_a_text():
    network = at(Telegram)
    assert (measure(network, "x", question=True).limit, measure(network, "x").limit) == (300, 4096)
    assert codes(Telegram, YES_OR_NO, "a" * 301) == ["too_long"]
    assert codes(Telegram, YES_OR_NO, "a" * 300) == []
    assert len(losses(network, Message("https://example.org/a ?", poll=YES_OR_NO))) == 1


def test_limits_are_kept_with_those_of_polls_and_older_ones_are_the_documented():
    limits = replace(Mastodon.default_limits, poll=replace(POLL, max_options=9))
    assert Limits.from_json(json.loads(json.dumps(limits.as_json()))) == limits
    older = Limits.from_json({"max_length": 500, "unit": "grapheme"})
    assert poll_limits(at(Mastodon, older)) == POLL
    assert Limits.from_json({"max_length": 1, "unit": "x", "poll": {"max_options": 4}}).poll is None


def test_a_server_says_what_its_polls_may_be():
    declared = {"max_options": 10, "max_characters_per_option": 80, "min_expiration": 90, "max_expiration": 86_400}
    limits = read_limits({"version": "4.5.2", "configuration": {"polls": declared}}).poll
    assert limits == PollLimits(10, 80, 2, DAY, "grapheme")
    pleroma = {"max_options": 20, "max_option_chars": 200, "min_expiration": 0, "max_expiration": 31_536_000}
    limits = read_limits({"version": "2.7.2 (compatible; Pleroma 2.9.1)", "poll_limits": pleroma}).poll
    assert (limits.max_options, limits.max_option_length, limits.min_minutes) == (20, 200, 0)


@pytest.mark.parametrize("nonsense", [None, [], {"max_options": -1, "max_expiration": "long"}, {"max_options": True}])
def test_what_a_server_says_of_polls_and_is_nonsense_is_replaced(nonsense):
    assert read_limits({"version": "4.5.2", "configuration": {"polls": nonsense}}).poll == POLL


# an edit on Mastodon


def edited(mastodon, **changes):
    option = [mastodon.contract.entity("PollOption", title=title) for title in ("Yes", "No")]
    ends = datetime.now(UTC) + timedelta(hours=5)
    fields = {"options": option, "expires_at": ends.isoformat(), "expired": False, "multiple": True, **changes}
    poll = mastodon.contract.entity("Poll", **fields)
    mastodon.on("GET", STATUS, mastodon.ours("1", poll=poll))
    mastodon.on("PUT", STATUS, mastodon.ours("1", edited_at="2026-11-23T12:05:00.000Z"))
    mastodon.network.edit(Ref("1"), Prepared({"status": "Corrected?", "poll": {"options": ["other"]}}))
    return json.loads(mastodon.requests_to("PUT", STATUS)[0].content)["poll"]


def test_an_edit_on_mastodon_repeats_the_poll_that_is_there_with_the_time_that_is_left(mastodon):
    poll = edited(mastodon)
    assert (poll["options"], poll["multiple"]) == (["Yes", "No"], True)
    assert 4.9 * 3600 < poll["expires_in"] <= 5 * 3600


@pytest.mark.parametrize("changes", [{"expired": True}, {"expires_at": "2026-01-01T00:00:00Z"}, {"expires_at": None}])
def test_an_edit_that_would_open_a_poll_anew_is_not_sent(mastodon, changes):
    with pytest.raises(Refused, match="over"):
        edited(mastodon, **changes)
    assert mastodon.requests_to("PUT", STATUS) == []
