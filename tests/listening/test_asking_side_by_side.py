"""Whether it is still there is asked of many sites side by side: a slow one holds up no other, and none is asked twice at once."""

import threading
import time
from datetime import timedelta

import pytest

from smeditor.listening import claims, recheck, web_presence
from smeditor.models import Reaction
from smeditor.networks.base import Kind
from tests.listening.double import T0
from tests.networks.raw_server import raw_server, whole

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE = whole(b"<html><body>Here</body></html>", "Content-Type: text/html")


class Site:
    """A site on loopback that counts who asks at the same time."""

    def __init__(self, wait) -> None:
        self.wait = wait
        self.asked: list[bytes] = []
        self.under_way = self.at_once = 0
        self.lock = threading.Lock()

    def answer(self, connection, head):
        with self.lock:
            self.asked.append(head.split()[1])
            self.under_way += 1
            self.at_once = max(self.at_once, self.under_way)
        self.wait()
        with self.lock:
            self.under_way -= 1
        PAGE(connection, head)


def known(*addresses: str) -> list[Reaction]:
    """A reaction at each address, collected at ten o'clock."""
    return [
        Reaction.objects.create(
            network="web",
            kind=Kind.FEED,
            native_id=address,
            permalink=address,
            published_at=T0,
            collected_at=T0,
            next_check_at=T0 + HOUR,
        )
        for address in addresses
    ]


def test_two_sites_are_asked_at_the_same_time():
    meeting = threading.Barrier(2, timeout=20)
    with raw_server(Site(meeting.wait).answer) as first:
        rows = known(f"http://127.0.0.1:{first}/a", f"http://localhost:{first}/b")
        recheck.recheck(T0 + HOUR)
    assert Reaction.objects.filter(pk__in=[row.pk for row in rows], checked_at=T0 + HOUR).count() == 2


def test_of_a_site_one_page_is_asked_at_a_time():
    site = Site(lambda: time.sleep(0.05))
    with raw_server(site.answer) as port:
        known(*(f"http://127.0.0.1:{port}/{number}" for number in range(5)))
        recheck.recheck(T0 + HOUR)
    assert (len(site.asked), site.at_once) == (5, 1)


def test_when_the_time_is_over_nobody_is_asked_any_more_and_the_rest_is_asked_the_next_time(monkeypatch):
    monkeypatch.setattr(claims, "seconds_to_ask", lambda: 0.3)
    site = Site(lambda: time.sleep(0.2))
    with raw_server(site.answer) as port:
        rows = known(*(f"http://127.0.0.1:{port}/{number}" for number in range(6)))
        result = web_presence.check_on_web(rows, T0 + HOUR)
    assert 1 <= len(result.presence) < 6
    assert result.later == {}


def test_who_reads_the_answers_is_the_thread_that_began(monkeypatch):
    """What the answers mean is looked up in the database, which the threads that ask do not touch."""
    judged = []
    judge = web_presence._WebCheck._judge

    def noting(check, question, answer):
        judged.append(threading.current_thread())
        judge(check, question, answer)

    monkeypatch.setattr(web_presence._WebCheck, "_judge", noting)
    with raw_server(PAGE) as port:
        web_presence.check_on_web(known(f"http://127.0.0.1:{port}/a"), T0 + HOUR)
    assert judged == [threading.current_thread()]
