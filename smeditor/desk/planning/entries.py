"""A delivery as a cell of the calendar shows it. Hundreds stand on a page: no model is made for one, and no template."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from smeditor import conf
from smeditor.models import Delivery
from smeditor.models.posts import title_of

TEXT_SHOWN = 48
"""Characters of a post in the calendar."""
MOVED_FROM_HERE = (Delivery.State.SCHEDULED, Delivery.State.LATE)
"""What the calendar moves. What was stopped or refused has a reason, which is read on its own page first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery of the calendar; ``move_url`` is "" where this user may not give it another time."""

    pk: int
    account: int
    url: str
    move_url: str
    state: str
    state_display: str
    slot: str
    """ISO 8601, to the microsecond: what the page showed when somebody moves it."""
    time: str
    """On the newsroom's clock."""
    own_time: str
    """On the editor's own clock; "" where it shows the same."""
    text: str
    marks: tuple[str, ...] = ()
    """Why it lies badly, in a word each."""


def own_clock(moment: datetime, zone: tzinfo) -> str:
    """What the clock of ``zone`` shows at the aware ``moment``, with its day where that is another; "" where nothing differs.

    Compared with the newsroom's clock: many zones of different names show the same.
    """
    here, there = timezone.localtime(moment, conf.zone()), timezone.localtime(moment, zone)
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    return f"{there:%H:%M}" if here.date() == there.date() else date_format(there, "SHORT_DATETIME_FORMAT")


def entries(
    rows: QuerySet[Delivery], keys: list[int], movable: Collection[int], marks: Mapping[int, Sequence[str]]
) -> dict[int, Entry]:
    """Those of ``rows`` with these ``keys``, by key. ``movable``: the accounts whose deliveries this user may move.

    ``marks``: why some of them lie badly, by key.
    """
    before, after = reverse("smeditor:delivery", args=[0]).rsplit("0", 1)
    states = {value: str(label) for value, label in Delivery.State.choices}
    found = rows.filter(pk__in=keys).order_by()
    own, shown = timezone.get_current_timezone(), {}
    columns = ("pk", "account", "state", "slot", "post__text", "post__article_title")
    for pk, account, state, slot, text, title in found.values_list(*columns):
        at, line = timezone.localtime(slot, conf.zone()), title_of(text, title) or f"#{pk}"
        may_move = account in movable and state in MOVED_FROM_HERE
        shown[pk] = Entry(
            pk=pk,
            account=account,
            url=f"{before}{pk}{after}",
            move_url=reverse("smeditor:delivery_move", args=[pk]) if may_move else "",
            state=state,
            state_display=states[state],
            slot=slot.isoformat(),
            time=f"{at:%H:%M}",
            own_time=own_clock(slot, own),
            text=line if len(line) <= TEXT_SHOWN else Truncator(line).chars(TEXT_SHOWN),
            marks=tuple(marks.get(pk, ())),
        )
    return shown
