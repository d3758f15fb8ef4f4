"""The last look: may this delivery go out now? Taken in the transaction that marks it as being sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _
from wagtail.models import Page

from smeditor import conf
from smeditor.articles import article_adapter
from smeditor.models import Account, Delivery, Post, RateLimit
from smeditor.publishing import holds, payload, slots

State = Delivery.State
RETRY_LOOK = timedelta(seconds=30)
ON_TIME = timedelta(minutes=1)
"""Within it after the slot, the plan's own gap holds; later than that, the gap to what went out last is kept anew."""
OTHER_BUCKETS = ("media", "delete")


class Answer(StrEnum):
    GO = "go"
    WAIT = "wait"
    STOP = "stop"
    LATE = "late"


@dataclass(frozen=True)
class Verdict:
    """What the look says, why, and, to wait, until when."""

    answer: Answer
    reason: str = ""
    until: datetime | None = None

    @property
    def go(self) -> bool:
        return self.answer is Answer.GO


GO = Verdict(Answer.GO)
Check = Callable[[Delivery, datetime], Verdict]


def wait(until: datetime, reason: str) -> Verdict:
    return Verdict(Answer.WAIT, reason, until)


def stop(reason: str) -> Verdict:
    return Verdict(Answer.STOP, reason)


def lock(delivery: Delivery) -> None:
    """Keep holds, the article and the account from changing until the transaction ends (PostgreSQL).

    SQLite: the transaction's first write, to the delivery's own row, locks everybody else out.
    """
    holds.pass_gate(alone=False)
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if delivery.post.article_key:
            table = connection.ops.quote_name(Page._meta.db_table)
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE", [delivery.post.article_key])  # noqa: S608
        mode = "FOR NO KEY UPDATE" if delivery.account.daily_quota is not None else "FOR SHARE"
        table = connection.ops.quote_name(Account._meta.db_table)
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s {mode}", [delivery.account_id])  # noqa: S608


def glance(delivery: Delivery, now: datetime) -> Verdict:
    """What the claimed row itself tells, without a question to the database: payload, account, slot, embargo, age."""
    return _first((_payload, _approval, _account, _embargo, _late), delivery, now)


def look(delivery: Delivery, now: datetime) -> Verdict:
    """Look at everything that may have changed since the approval. ``delivery`` is fresh, with post and account."""
    checks = (_payload, _approval, _account, _target, _embargo, _late, _hold, _article, _rates, _pace)
    return _first(checks, delivery, now)


def _first(checks: Iterable[Check], delivery: Delivery, now: datetime) -> Verdict:
    verdicts = (check(delivery, now) for check in checks)
    return next((verdict for verdict in verdicts if not verdict.go), GO)


def _payload(delivery: Delivery, now: datetime) -> Verdict:
    if payload.digest(delivery.payload) == delivery.payload_hash == delivery.approved_hash:
        return GO
    return stop(_("The text is not the one that was approved. Approve the post again."))


def _approval(delivery: Delivery, now: datetime) -> Verdict:
    if delivery.post.live or delivery.act == Delivery.Act.DELETE:
        return GO
    return stop(_("The approval was withdrawn."))


def _account(delivery: Delivery, now: datetime) -> Verdict:
    account = delivery.account
    if not account.sends:
        return stop(_("The account only listens."))
    if account.state == Account.State.PAUSED:
        return wait(now + RETRY_LOOK, _("The account is paused."))
    if account.state == Account.State.FAILED:
        return wait(now + RETRY_LOOK, _("The account must be reconnected."))
    return GO


def _target(delivery: Delivery, now: datetime) -> Verdict:
    """An edit or a deletion needs what it changes to be there."""
    if delivery.act == Delivery.Act.PUBLISH:
        return GO
    target = delivery.target
    if target is not None and target.state == State.SENT:
        return GO
    if target is not None and target.state in (State.SENDING, State.UNKNOWN, State.HUMAN):
        return wait(now + RETRY_LOOK, _("What it changes is not known to be published yet."))
    return stop(_("What it changes was never published."))


def _embargo(delivery: Delivery, now: datetime) -> Verdict:
    if delivery.slot > now:
        return wait(delivery.slot, "")
    if delivery.not_before is not None and delivery.not_before > now:
        return wait(delivery.not_before, _("The article is under embargo."))
    return GO


def _late(delivery: Delivery, now: datetime) -> Verdict:
    return Verdict(Answer.LATE, late_reason(delivery)) if is_late(delivery, now) else GO


def is_late(delivery: Delivery, now: datetime) -> bool:
    """Whether the delivery has grown too old for its class. Answers to readers, edits and deletions never do."""
    if delivery.act != Delivery.Act.PUBLISH or delivery.post.kind == Post.Kind.REPLY:
        return False
    allowed = conf.late_after(delivery.news_class)
    return allowed is not None and now - delivery.slot > allowed


def late_reason(delivery: Delivery) -> str:
    allowed = conf.late_after(delivery.news_class) or timedelta()
    minutes = int(allowed.total_seconds() // 60)
    return _("Too late by itself: more than %(minutes)d minutes after its time.") % {"minutes": minutes}


def _hold(delivery: Delivery, now: datetime) -> Verdict:
    hold = holds.binding(holds.open_holds(), delivery)
    return wait(now + RETRY_LOOK, holds.reason(hold)) if hold else GO


def _article(delivery: Delivery, now: datetime) -> Verdict:
    post = delivery.post
    if delivery.act != Delivery.Act.PUBLISH or post.article_key is None or post.kind == Post.Kind.REPLY:
        return GO
    page = Page.objects.filter(pk=post.article_key).first()
    if page is None:
        return stop(_("The article was deleted."))
    if not page.live:
        return stop(_("The article was unpublished."))
    adapter = article_adapter()
    article = page.specific
    if adapter.public_now(article, now):
        return GO
    embargo = adapter.facts(article).embargo_until
    if embargo is not None and embargo > now:
        return wait(embargo, _("The article is under embargo."))
    return stop(_("The article is not open to the public."))


def _rates(delivery: Delivery, now: datetime) -> Verdict:
    spent = RateLimit.objects.filter(account_id=delivery.account_id, remaining__lte=0, resets_at__gt=now)
    resets = spent.exclude(bucket__in=OTHER_BUCKETS).aggregate(at=Max("resets_at"))["at"]
    return wait(resets, _("The network asks to wait: too many requests.")) if resets else GO


def _pace(delivery: Delivery, now: datetime) -> Verdict:
    """The day's quota, and after an outage the gap: what has waited goes out one by one, not all at once."""
    account = delivery.account
    if delivery.act != Delivery.Act.PUBLISH or delivery.post.kind == Post.Kind.REPLY:
        return GO
    others = Delivery.objects.filter(account=account, act=Delivery.Act.PUBLISH).exclude(pk=delivery.pk)
    if account.daily_quota is not None:
        midnight = slots.midnight_before(now, conf.zone())
        begun = others.filter(state__in=[State.SENDING, State.SENT, State.UNKNOWN], state_changed_at__gte=midnight)
        if begun.count() >= account.daily_quota:
            tomorrow = slots.repeated(midnight, 1, conf.zone())
            return wait(tomorrow, _("The account has had its posts for today."))
    if account.minimum_gap and now - delivery.slot > ON_TIME:
        last = others.filter(state__in=[State.SENDING, State.SENT, State.UNKNOWN]).exclude(post__kind=Post.Kind.REPLY)
        changed = last.aggregate(at=Max("state_changed_at"))["at"]
        free = changed + timedelta(minutes=account.minimum_gap) if changed else now
        if free > now:
            return wait(free, _("Another post went out a moment ago: the gap between two is kept."))
    return GO
