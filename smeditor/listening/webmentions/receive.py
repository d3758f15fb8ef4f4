"""Taking a stranger's word that a page links to ours: a row, and nothing more. Whether it is true is found out later.

What a request costs does not depend on what it names, nor does the answer tell whether there is such an article.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from smeditor.articles import lie_on_our_sites
from smeditor.listening.identity import fingerprint
from smeditor.models import ReceivedMention
from smeditor.models.insertion import insert_unless_known
from smeditor.models.sources import host_of
from smeditor.networks.webmention.pairs import Pair

HOUR = timedelta(hours=1)
OF_A_HOST = 60
"""Pairs that one host may be the source of within an hour. Whoever sends may name any host: it is asked no more often."""
MOST_WAITING = 2_000
"""Pairs that wait altogether; beyond that new ones are asked to come later."""
PAUSE = timedelta(minutes=1)
"""The least time between two checks of one pair, however often it is sent."""


class Taken(StrEnum):
    """What became of a pair at the door."""

    ACCEPTED = "accepted"
    NOT_OURS = "not ours"
    TOO_MANY = "too many"


def accept(pair: Pair, now: datetime) -> Taken:
    """Keep ``pair``, to be verified. Sent again it is verified again, and stays one row. ``now`` is aware."""
    of_target, of_source = lie_on_our_sites(pair.target, pair.source)
    if not of_target or of_source:
        return Taken.NOT_OURS  # what our own pages say of each other is no reaction
    key, host = key_of(pair), host_of(pair.source)
    if _is_too_much(host, now):
        return Taken.ACCEPTED if _again(key, now) else Taken.TOO_MANY
    row = ReceivedMention(key=key, source=pair.source, target=pair.target, host=host, received_at=now, due_at=now)
    if not insert_unless_known(row):
        _again(key, now)
    return Taken.ACCEPTED


def _again(key: str, now: datetime) -> bool:
    """Let a pair that is known be verified again, at once or a while after its last check. False for an unknown one."""
    known = ReceivedMention.objects.filter(key=key).order_by()
    for checked_at in known.values_list("checked_at", flat=True):
        due_at = now if checked_at is None else max(checked_at + PAUSE, now)
        return bool(known.update(received_at=now, due_at=due_at, tries=0))
    return False


def key_of(pair: Pair) -> str:
    """The keyed fingerprint of a pair, by which it is one row."""
    return fingerprint("mention", f"{pair.source}\n{pair.target}")


def _is_too_much(host: str, now: datetime) -> bool:
    of_host = ReceivedMention.objects.filter(host=host, received_at__gt=now - HOUR).order_by()
    waiting = ReceivedMention.objects.filter(due_at__isnull=False).order_by()
    return of_host[OF_A_HOST - 1 : OF_A_HOST].exists() or waiting[MOST_WAITING - 1 : MOST_WAITING].exists()
