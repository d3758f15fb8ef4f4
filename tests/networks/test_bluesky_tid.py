"""Record keys: what the specification says of a TID (https://atproto.com/specs/tid)."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.bluesky.tid import ALPHABET, TID, TidClock, clock, decode, encode

moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
clock_ids = st.integers(0, 1023)


@given(moments, clock_ids)
def test_a_tid_keeps_its_microsecond_and_its_clock(moment, clock_id):
    assert decode(TidClock(clock_id).mint(moment)) == (moment, clock_id)


@given(moments, moments, clock_ids)
def test_tids_sort_like_their_times(earlier, later, clock_id):
    first, second = (TidClock(clock_id).mint(moment) for moment in (earlier, later))
    assert (first < second) == (earlier < later)


@given(st.lists(moments, min_size=2, max_size=30))
def test_a_clock_only_rises_even_if_the_time_goes_back(times):
    clock = TidClock()
    minted = [clock.mint(moment) for moment in times]
    assert minted == sorted(set(minted))


@given(st.integers(0, (1 << 53) - 1), clock_ids)
def test_every_tid_has_the_specified_form(microseconds, clock_id):
    tid = encode(microseconds, clock_id)
    assert len(tid) == 13
    assert set(tid) <= set(ALPHABET)
    assert TID.fullmatch(tid)


def test_threads_never_mint_the_same():
    clock, minted, now = TidClock(), [], datetime.now(UTC)
    threads = [threading.Thread(target=lambda: minted.extend(clock.mint(now) for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(minted)) == 2000


@pytest.mark.parametrize("valid", ["3jzfcijpj2z2a", "7777777777777", "2222222222222", "3zzzzzzzzzzzz"])
def test_the_specifications_examples_are_taken(valid):
    assert TID.fullmatch(valid)


@pytest.mark.parametrize(
    "invalid",
    [
        "3jzfcijpj2z21",
        "0000000000000",
        "3jzfcijpj2z2aa",
        "3jzfcijpj2z2",
        "3jzf-cij-pj2z-2a",
        "zzzzzzzzzzzzz",
        "kjzfcijpj2z2a",
    ],
)
def test_the_specifications_counterexamples_are_refused(invalid):
    with pytest.raises(ValueError):
        decode(invalid)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError):
        encode(-1, 0)
    with pytest.raises(ValueError):
        encode(1, 1024)
    assert decode(encode(1, 0))[0] == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=1)


def test_forked_workers_mint_under_clocks_of_their_own():
    def minted_in_a_fork() -> str:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, clock.mint(datetime(2026, 1, 1, tzinfo=UTC)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        return os.read(reading, 13).decode()

    assert len({minted_in_a_fork() for _ in range(6)}) > 1
