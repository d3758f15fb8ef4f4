"""Preparing in steps, whatever the network: nothing is made twice, nothing strange is gone on with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import Gone, Refused
from smeditor.networks.containers import LIFETIME, Maker, Plan, Ready, State, pause_after, step
from smeditor.networks.quotas import PAUSE, read_quotas

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


class Workshop(Maker):
    """Makes containers with the states that a test writes, one for each reading; then they are finished."""

    def __init__(self, *states):
        self.states, self.made = list(states), []

    def make(self, params):
        self.made.append(dict(params))
        return str(len(self.made))

    def state(self, container_id):
        found = self.states.pop(0) if self.states else State.FINISHED
        if isinstance(found, Exception):
            raise found
        return found, found.value

    def refusal(self, word):
        return f"no: {word}"


def plan(number=2, subject="x"):
    items = [{"n": str(place)} for place in range(number)]
    return Plan(items if number > 1 else [], lambda ids: {"children": ",".join(ids)}, subject, "Net")


def finished(maker, wanted, so_far=None, most=40):
    reached = so_far or {}
    for _number in range(most):
        result = step(wanted, reached, maker, NOW)
        if isinstance(result, Ready):
            return result
        reached = json.loads(json.dumps(result.so_far))
    raise AssertionError("no end")


@given(st.integers(1, 6), st.lists(st.sampled_from([State.IN_PROGRESS, State.UNKNOWN, Gone("x")]), max_size=2))
def test_each_piece_is_made_once_and_in_order(number, states):
    maker = Workshop(*states)
    ready = finished(maker, plan(number))
    items = [{"n": str(place)} for place in range(number)] if number > 1 else []
    assert maker.made[: len(items)] == items
    assert len(maker.made) == len(items) + 1
    assert ready.container_id == str(len(maker.made))
    assert ready.good_until == NOW + LIFETIME


@given(JSON)
def test_a_strange_memory_never_stops_a_preparation(junk):
    wanted = plan()
    for so_far in ({"for": wanted.fingerprint, "items": junk, "whole": junk}, {"for": junk, "items": []}):
        finished(Workshop(), wanted, so_far)


def test_an_expired_item_is_made_anew_with_all_that_follow():
    maker = Workshop(State.EXPIRED)
    finished(maker, plan(3))
    assert [made.get("n") for made in maker.made] == ["0", "1", "2", "0", "1", "2", None]


def test_an_item_that_is_not_found_three_times_is_made_anew():
    maker = Workshop(Gone("x"), Gone("x"), Gone("x"))
    finished(maker, plan(2))
    assert len(maker.made) == 5


def test_an_error_is_refused_with_its_sentence():
    with pytest.raises(Refused) as caught:
        finished(Workshop(State.ERROR), plan(1))
    assert caught.value.sentence == "no: ERROR"


@given(st.text(max_size=5), st.text(max_size=5))
def test_only_the_same_message_has_the_same_fingerprint(first, second):
    same = plan(subject=first).fingerprint == plan(subject=second).fingerprint
    assert same == (first == second)


@given(st.integers(0, 100_000))
def test_the_pause_grows_to_a_minute(seconds):
    assert timedelta(seconds=3) <= pause_after(timedelta(seconds=seconds)) <= timedelta(minutes=1)


@pytest.mark.parametrize(("used", "wait"), [(0, timedelta(days=1)), (99, timedelta(days=1)), (100, PAUSE)])
def test_a_quota_that_is_used_up_waits_half_an_hour_for_its_window_rolls(used, wait):
    data = {"data": [{"used": used, "config": {"quota_total": 100, "quota_duration": 86400}}]}
    rate = read_quotas(data, {"publish": ("used", "config")}, NOW)["publish"]
    assert (rate.remaining, rate.resets_at) == (100 - used, NOW + wait)


@given(JSON)
def test_strange_quotas_are_left_out(junk):
    names = {"publish": ("used", "config")}
    for data in (junk, {"data": junk}, {"data": [{"used": junk, "config": junk}]}, {"data": [junk]}):
        for rate in read_quotas(data, names, NOW).values():
            assert 0 <= rate.remaining <= rate.limit
