"""What a check of a reaction told, written down: when it is checked again, and what two checks did not find.

A failure is never a deletion: two checks, at least ten minutes apart, must both find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from smeditor.listening import erase, plan
from smeditor.models import Delivery, Reaction
from smeditor.networks.base import Presence

SCHEDULE = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))
"""After how long a reaction is checked again. With the last of these ends the asking of what nobody would say."""
SECOND_CHECK = timedelta(minutes=10)
"""The least time between the two checks that make a deletion."""
MISSING = {Presence.DELETED, Presence.PROTECTED}
CHUNK = 500
NOTED = ["presence", "checked_at", "missing_since", "next_check_at"]


def note(rows: Sequence[Reaction], result: Mapping[int, Presence], now: datetime) -> int:
    """Write down what one check told, by reaction id; erase what two checks did not find, and return how many."""
    gone, kept = [], []
    for row in rows:
        presence = result.get(row.pk, Presence.UNKNOWN)
        if is_gone(row, presence, now):
            gone.append(row)
            continue
        _note_presence(row, presence, now)
        kept.append(row)
    Reaction.objects.bulk_update(kept, NOTED, batch_size=CHUNK)
    edited = {
        row.delivery_id for row in kept if row.delivery_id and row.presence == Presence.EDITED and not row.edited_at
    }
    # The new text comes with the thread: it is read in the next round.
    Delivery.objects.filter(pk__in=edited, sent_at__gt=now - plan.oldest()).update(polled_at=None)
    return erase.erase_all(gone, now)


def is_gone(row: Reaction, presence: Presence, now: datetime) -> bool:
    """Whether this check is the second one that misses ``row``."""
    return presence in MISSING and row.missing_since is not None and now - row.missing_since >= SECOND_CHECK


def _note_presence(row: Reaction, presence: Presence, now: datetime) -> None:
    if presence in MISSING:
        row.missing_since = row.missing_since or now
        row.next_check_at = row.missing_since + SECOND_CHECK
    elif presence == Presence.UNKNOWN:
        row.next_check_at = after_silence(row, now)
    elif presence == Presence.SUSPENDED:  # it may come back, and nothing is erased for it
        row.presence = presence.value
        row.missing_since, row.next_check_at = None, after_silence(row, now)
    else:
        edited = presence == Presence.EDITED or row.presence == Presence.EDITED
        kept = Presence.EDITED if edited else Presence.ALIVE
        row.presence = (Presence.HIDDEN if presence == Presence.HIDDEN else kept).value
        row.checked_at, row.missing_since = now, None
        row.next_check_at = next_check(row.collected_at, now)


def next_check(collected_at: datetime, now: datetime) -> datetime | None:
    """The next time of the schedule after ``now``; None when the last one is over."""
    return next((collected_at + step for step in SCHEDULE if collected_at + step > now), None)


def after_silence(row: Reaction, now: datetime) -> datetime | None:
    """When ``row`` is checked again after a check that told nothing.

    None when the schedule is over: then it is asked about only where it would be shown.
    """
    if now - row.collected_at >= SCHEDULE[-1]:
        return None
    return now + plan.after_silence(max(filter(None, (row.checked_at, row.collected_at))), now)


def silent(rows: Sequence[Reaction], now: datetime) -> int:
    """Nothing could be asked: come back ever more rarely. Return 0, the number of reactions erased."""
    return note(rows, {}, now)


def put_off(rows: Iterable[Reaction], at: datetime) -> int:
    """Check ``rows`` again at ``at``. Return 0, the number of reactions erased."""
    Reaction.objects.filter(pk__in=[row.pk for row in rows]).update(next_check_at=at)
    return 0
