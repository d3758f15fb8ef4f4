"""What lies badly in the calendar, and when readers answer, in sentences with the way to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor import conf
from smeditor.articles.page_model import page_model
from smeditor.models import Account
from smeditor.publishing.collisions import Collision, Kind
from smeditor.publishing.slots import Plan, instant, taken_by_account
from smeditor.publishing.timing import GoodTime, cases_of, good_times

SHOWN = 10
"""Sentences about what lies badly; how many more there are stands below them."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence, and where to go with it; "" for nowhere."""

    sentence: str
    url: str = ""


def when(moment: datetime) -> str:
    """A time on the newsroom's clock, with its day."""
    local = moment.astimezone(conf.zone())
    return f"{date_format(local, 'D j')}, {local:%H:%M}"


def about_collisions(found: Iterable[Collision], accounts: Mapping[int, Account]) -> list[Advice]:
    """A sentence for each of ``found``, with the way to the later delivery. ``accounts``: by id, those of all of them."""
    rows = list(found)
    keys = {row.later.story for row in rows if row.kind is Kind.STORY}
    titles = dict(page_model().objects.filter(pk__in=keys - {None}).values_list("pk", "title")) if keys else {}
    return [
        Advice(_sentence(row, accounts, titles), reverse("smeditor:delivery", args=[row.later.delivery]))
        for row in rows
        if row.later.account in accounts and (row.earlier is None or row.earlier.account in accounts)
    ]


def _sentence(row: Collision, accounts: Mapping[int, Account], titles: Mapping[int, str]) -> str:
    account = accounts[row.later.account]
    params = {"account": account, "later": when(row.later.slot)}
    if row.earlier is None:
        quiet = {"begin": f"{account.quiet_from:%H:%M}", "end": f"{account.quiet_until:%H:%M}"}
        return _("%(account)s: %(later)s lies in its quiet hours, %(begin)s to %(end)s.") % {**params, **quiet}
    params |= {"earlier": when(row.earlier.slot), "other": accounts[row.earlier.account]}
    if row.kind is Kind.STORY:
        story = titles.get(row.later.story or 0, f"#{row.later.story}")
        sentence = _("Two desks on “%(story)s”: %(other)s on %(earlier)s, %(account)s on %(later)s.")
        return sentence % {**params, "story": story}
    minutes = int((row.later.slot - row.earlier.slot) / timedelta(minutes=1))
    sentence = ngettext(
        "%(account)s: %(earlier)s and %(later)s are %(n)d minute apart; it asks for %(gap)d.",
        "%(account)s: %(earlier)s and %(later)s are %(n)d minutes apart; it asks for %(gap)d.",
        minutes,
    )
    return sentence % {**params, "n": minutes, "gap": account.minimum_gap}


def about_times(account: Account, now: datetime, *, writes: bool) -> list[Advice]:
    """When readers of ``account`` answer, from its own past, with the cases; empty where that says nothing certain.

    ``writes``: whether to lead to the form of a new post for the next such hour that has room.
    """
    advice = []
    for good, moment in next_good_times([account], now)[account.pk]:
        query = urlencode({"account": account.pk, "send_at": moment.isoformat()}) if writes and moment else ""
        advice.append(Advice(reason(good), f"{reverse('smeditor_posts:add')}?{query}" if query else ""))
    return advice


Moments = list[tuple[GoodTime, datetime | None]]


def next_good_times(accounts: Sequence[Account], now: datetime) -> dict[int, Moments]:
    """By id of each account, the hours at which its readers answer, the best first, each with its next free moment, if any."""
    prefetch_related_objects(accounts, "slots")
    plans = {account.pk: Plan.of(account) for account in accounts}
    widest = max((plan.gap for plan in plans.values()), default=timedelta())
    taken = taken_by_account(plans, now - widest, now + timedelta(days=9))
    cases = cases_of(accounts, now)
    return {
        key: [(good, next_at(good, plan, taken.get(key, []), now)) for good in good_times(cases[key])]
        for key, plan in plans.items()
    }


def reason(good: GoodTime) -> str:
    """Why an hour is proposed: what its posts did, and the others."""
    hours = {"begin": f"{good.hour:02}:00", "end": f"{(good.hour + 1) % 24:02}:00"}
    days = _("At the weekend") if good.weekend else _("From Monday to Friday")
    sentence = _(
        "%(days)s, %(begin)s–%(end)s: %(readers)s people answered a post on average (%(cases)d posts in half a year); at "
        "other times %(other_readers)s (%(other_cases)d posts)."
    )
    means = {"readers": localize(round(good.readers, 1)), "other_readers": localize(round(good.other_readers, 1))}
    return sentence % {**hours, **means, "days": days, "cases": good.cases, "other_cases": good.other_cases}


def next_at(good: GoodTime, plan: Plan, taken: list[datetime], now: datetime) -> datetime | None:
    """The first moment of such an hour, within eight days from ``now``, with the gap kept and outside the quiet hours."""
    today: date = now.astimezone(plan.zone).date()
    for offset in range(8):
        day = today + timedelta(days=offset)
        if (day.weekday() >= 5) != good.weekend:
            continue
        begin = instant(day, time(good.hour), plan.zone)
        moment = plan.next_moment(max(begin, now), taken)
        if moment < begin + timedelta(hours=1):
            return moment
    return None
