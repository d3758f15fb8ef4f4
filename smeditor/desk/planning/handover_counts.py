"""The figures of a handover: counted once, by what their maker may see, and kept; read by who may see such figures at all.

Only numbers and the names of accounts are kept: no post's text, nothing of a reader's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from smeditor import conf
from smeditor.accounts import health
from smeditor.accounts.spending import month_of
from smeditor.desk import counts as desk_counts
from smeditor.desk.capped import capped_count
from smeditor.desk.capped import shown as shown_count
from smeditor.models import Account, Delivery, RateLimit, Spending
from smeditor.permissions import (
    CHANGE_CORRECTION,
    VIEW_ACCOUNT,
    VIEW_CORRECTION,
    VIEW_DELIVERY,
    VIEW_HOLD,
    VIEW_POST,
    VIEW_REACTION,
)
from smeditor.permissions.visibility import accounts_visible_to, deliveries_visible_to
from smeditor.publishing.slots import midnight_before, repeated

State = Delivery.State
Rows = list[dict[str, Any]]
MOST_ROWS = 20
"""Accounts named under one figure."""
LITTLE_LEFT = 5
"""A quota is named when less than one part in this many is left of it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom and for what time the figures are made."""

    user: Any
    since: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is called, who may see it, how it is counted, and where the present one is."""

    name: str
    label: StrOrPromise
    permissions: tuple[str, ...]
    """Any of them lets somebody see it: at its making, and whenever the note is read."""
    count: Callable[[Scope], tuple[int, Rows]]
    address: Callable[[], str]
    row: StrOrPromise = ""
    """The sentence of one row."""

    def seen_by(self, user: Any) -> bool:
        """Whether ``user`` may see such a figure."""
        return any(user.has_perm(permission) for permission in self.permissions)


def deliveries(states: tuple[str, ...], moment: str = "") -> Callable[[Scope], tuple[int, Rows]]:
    """A count of deliveries in ``states``; of those whose ``moment`` (a field's name) lies in the shift, if one is named."""

    def count(scope: Scope) -> tuple[int, Rows]:
        rows = deliveries_visible_to(scope.user).filter(state__in=states)
        if moment:
            rows = rows.filter(**{f"{moment}__gte": scope.since, f"{moment}__lte": scope.now})
        return capped_count(rows), []

    return count


def of_user(count: Callable[[Any], int]) -> Callable[[Scope], tuple[int, Rows]]:
    """One of the desk's own counts (``smeditor.desk.counts``)."""
    return lambda scope: (count(scope.user), [])


def failing(scope: Scope) -> tuple[int, Rows]:
    """The accounts that their network refuses."""
    rows = health.failing().filter(pk__in=accounts_visible_to(scope.user).values("pk")).order_by("network", "handle")
    named = [{"account": str(account), "reason": account.failing_reason or account.state_reason} for account in rows]
    return len(named), named[:MOST_ROWS]


def expiring(scope: Scope) -> tuple[int, Rows]:
    """The accounts that a person must connect again within a fortnight."""
    visible = set(accounts_visible_to(scope.user).values_list("pk", flat=True))
    named = [
        {"account": str(account), "at": account.reconnect_by.isoformat()}
        for account in health.expiring(scope.now)
        if account.pk in visible and account.reconnect_by is not None
    ]
    return len(named), named[:MOST_ROWS]


def quotas(scope: Scope) -> tuple[int, Rows]:
    """What is nearly used up: of a network's own limits, as it told last, and of the posts a day that we allow."""
    visible = accounts_visible_to(scope.user)
    limits = RateLimit.objects.filter(account__in=visible.values("pk"), resets_at__gt=scope.now, limit__gt=0)
    limits = limits.filter(remaining__lt=F("limit") / LITTLE_LEFT).select_related("account").order_by("resets_at", "pk")
    found = [
        {"account": str(row.account), "left": row.remaining, "most": row.limit, "at": row.resets_at.isoformat()}
        for row in limits
    ]
    midnight = midnight_before(scope.now, conf.zone())
    sent = deliveries_visible_to(scope.user).filter(operation=Delivery.Operation.PUBLISH, sent_at__gte=midnight)
    numbers = dict(sent.order_by().values_list("account").annotate(number=Count("pk")))
    tomorrow = repeated(midnight, 1, conf.zone())
    for account in visible.filter(daily_quota__isnull=False).order_by("network", "handle"):
        most = account.daily_quota or 0
        left = max(most - numbers.get(account.pk, 0), 0)
        if left * LITTLE_LEFT < most or not left:
            found.append({"account": str(account), "left": left, "most": most, "at": tomorrow.isoformat()})
    return len(found), found[:MOST_ROWS]


def spending(scope: Scope) -> tuple[int, Rows]:
    """What the calls of each account have cost this month."""
    visible = {account.pk: account for account in accounts_visible_to(scope.user)}
    rows = Spending.objects.filter(month=month_of(scope.now), account__in=visible).order_by()
    sums = rows.values_list("account").annotate(amount=Sum("amount")).order_by("-amount", "account")
    found = [
        {"account": str(visible[account]), "amount": f"{amount:.2f}", "ceiling": ceiling(visible[account])}
        for account, amount in sums
        if amount
    ]
    return len(found), found[:MOST_ROWS]


def ceiling(account: Account) -> str:
    """The most that ``account`` may spend in a month, in US dollars; "–" for no such bound."""
    return "–" if account.monthly_ceiling is None else f"{account.monthly_ceiling:.2f}"


def listed(states: tuple[str, ...] = ()) -> Callable[[], str]:
    """The address of the list of deliveries in ``states``."""
    return lambda: f"{reverse('smeditor:deliveries')}?{'&'.join(f'state={state}' for state in states)}"


def at(name: str, query: str = "") -> Callable[[], str]:
    """The address of the page with this name."""
    return lambda: f"{reverse(name)}{query}"


COUNTS = (
    Figure("sent", _("Posts that went out"), (VIEW_DELIVERY,), deliveries((State.SENT,), "sent_at"), listed(("sent",))),
    Figure("planned", _("Posts that wait for their time"), (VIEW_DELIVERY,), deliveries((State.SCHEDULED,)),
           at("smeditor:calendar")),
    Figure("doubtful", _("Nobody knows whether they are there"), (VIEW_DELIVERY,),
           deliveries((State.HUMAN, State.UNKNOWN)), at("smeditor:late")),
    Figure("late", _("Too late, wait for a decision"), (VIEW_DELIVERY,), deliveries((State.LATE,)), at("smeditor:late")),
    Figure("refused", _("Refused or stopped in this shift"), (VIEW_DELIVERY,),
           deliveries((State.REFUSED, State.STOPPED), "state_changed_at"), listed(("refused", "stopped"))),
    Figure("approvals", _("Posts that wait for approval"), (VIEW_POST,), of_user(desk_counts.awaiting_approval),
           at("smeditor_posts:list", "?stage=waiting")),
    Figure("holds", _("Holds in force"), (VIEW_HOLD,), of_user(desk_counts.open_holds), at("smeditor_holds:index")),
    Figure("failing", _("Accounts that must be reconnected"), (VIEW_ACCOUNT,), failing, at("smeditor_accounts:index"),
           _("%(account)s: %(reason)s")),
    Figure("expiring", _("Accounts whose token ends within a fortnight"), (VIEW_ACCOUNT,), expiring,
           at("smeditor_accounts:index"), _("%(account)s: connect it again by %(at)s")),
    Figure("quotas", _("Quotas that are nearly used up"), (VIEW_ACCOUNT,), quotas, at("smeditor_accounts:index"),
           _("%(account)s: %(left)d of %(most)d left until %(at)s")),
    Figure("spending", _("Accounts that cost money this month"), (VIEW_ACCOUNT,), spending, at("smeditor_accounts:index"),
           _("%(account)s: %(amount)s US dollars, at most %(ceiling)s")),
    Figure("to_correct", _("Posts to correct"), (VIEW_DELIVERY,), of_user(desk_counts.posts_to_correct),
           at("smeditor:post_corrections")),
    Figure("corrections", _("Claimed errors to check"), (VIEW_CORRECTION, CHANGE_CORRECTION),
           of_user(desk_counts.open_corrections), at("smeditor:corrections", "?verdict=open")),
    Figure("waiting", _("Threads that wait for an answer"), (VIEW_REACTION,), of_user(desk_counts.waiting),
           at("smeditor:inbox", "?waiting=waiting")),
)  # fmt: skip
"""In the order in which a shift is handed over."""
BY_NAME = {figure.name: figure for figure in COUNTS}


def made(user: Any, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Every figure that ``user`` may see, counted by what ``user`` sees, as a note keeps it."""
    scope = Scope(user, since, now)
    found = []
    for figure in COUNTS:
        if figure.seen_by(user):
            n, rows = figure.count(scope)
            found.append({"name": figure.name, "n": n, "rows": rows})
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept figure as the page shows it."""

    label: StrOrPromise
    n: int
    rows: list[str]
    url: str

    @property
    def shown(self) -> str:
        """The number as it is read: a count stops at a thousand."""
        return shown_count(self.n)


def shown(counts: Any, user: Any) -> list[Shown]:
    """Those of the kept ``counts`` that ``user`` may see; a figure that this version does not know is left out."""
    found = []
    for kept in counts if isinstance(counts, list) else []:
        figure = BY_NAME.get(kept["name"])
        if figure is not None and figure.seen_by(user):
            rows = [str(figure.row) % _params(row) for row in kept["rows"]]
            found.append(Shown(figure.label, kept["n"], rows, figure.address()))
    return found


def _params(row: dict[str, Any]) -> dict[str, Any]:
    moment = parse_datetime(row["at"]) if "at" in row else None
    if moment is None:
        return row
    local = moment.astimezone(conf.zone())
    return {**row, "at": f"{date_format(local, 'j F')}, {local:%H:%M}"}
