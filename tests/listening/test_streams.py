"""Open connections shorten the delay: one worker holds each, what ends is opened again later, nothing depends on them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest
from django.utils import timezone

from smeditor.exceptions import Temporary
from smeditor.listening import poll, streams
from smeditor.listening.streams import Streams, followed, hasten
from smeditor.models import Account, Source
from smeditor.networks.base import Capabilities
from tests.listening import double
from tests.listening.conftest import make_account
from tests.listening.double import MemoryNetwork

pytestmark = pytest.mark.django_db(transaction=True)


class StreamingNetwork(MemoryNetwork):
    """Yields when ``happens`` is set; ends when ``ending`` is."""

    capabilities: ClassVar[Capabilities] = Capabilities(streams=True)
    happens: ClassVar[threading.Event] = threading.Event()
    ending: ClassVar[threading.Event] = threading.Event()
    opened: ClassVar[list[int]] = []
    broken: ClassVar[bool] = False

    def stream(self) -> Iterator[None]:
        self.opened.append(1)
        if self.broken:
            raise Temporary("down")
        while not self.ending.is_set():
            if self.happens.wait(0.02):
                self.happens.clear()
                yield None


@pytest.fixture
def account(settings, monkeypatch, transactional_db):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": f"{__name__}.StreamingNetwork"}}
    monkeypatch.setattr(double, "square", double.Square())
    for event in (StreamingNetwork.happens, StreamingNetwork.ending):
        event.clear()
    StreamingNetwork.opened.clear()
    monkeypatch.setattr(StreamingNetwork, "broken", False)
    made = make_account()
    poll.add_missing_sources()
    Source.objects.update(next_poll_at=timezone.now() + timedelta(hours=1))
    yield made
    StreamingNetwork.ending.set()


def until(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_due(account: Account) -> bool:
    return Source.objects.get(account=account).next_poll_at <= timezone.now()


def closed(streams: Streams) -> None:
    StreamingNetwork.ending.set()
    for stream in list(streams.open.values()):
        stream.join(10)


def test_what_comes_in_lets_the_account_be_read_at_once(account):
    following = Streams()
    following.check(timezone.now())
    assert not is_due(account)
    StreamingNetwork.happens.set()
    assert until(lambda: is_due(account))
    closed(following)


def test_one_worker_alone_follows_an_account(account):
    first, second = Streams(), Streams()
    second.holder = "another:1"
    for following in (first, second, first):
        following.check(timezone.now())
    assert (len(first.open), len(second.open)) == (1, 0)
    closed(first)


def test_when_its_worker_has_died_another_follows(account):
    first, second = Streams(), Streams()
    second.holder = "another:1"
    first.check(timezone.now())
    second.check(timezone.now() + streams.LEASE + timedelta(seconds=1))
    assert len(second.open) == 1
    first.check(timezone.now())
    assert first.open == {}
    closed(second)


def test_a_stream_that_breaks_is_opened_again_ever_more_rarely(account, monkeypatch):
    monkeypatch.setattr(StreamingNetwork, "broken", True)
    following = Streams()
    pauses = []
    for _time in range(3):
        following.again_at.clear()
        following.check(timezone.now())
        stream = following.open[account.pk]
        assert until(lambda stream=stream: not stream.is_alive())
        following.check(timezone.now())
        pauses.append(round(following.again_at[account.pk] - time.monotonic()))
    assert pauses == [30, 120, 600]
    assert not is_due(account)


@pytest.mark.parametrize("change", [{"listens": False}, {"state": Account.State.PAUSED}])
def test_who_is_not_listened_to_is_not_followed(account, change):
    assert followed() == [account]
    Account.objects.update(**change)
    assert followed() == []


def test_what_is_due_already_is_not_hastened_again(account):
    now = timezone.now()
    assert hasten(account.pk, now)
    assert not hasten(account.pk, now)
