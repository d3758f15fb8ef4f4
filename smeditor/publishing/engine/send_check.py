"""The send check: may this delivery go out now? Taken in the transaction that marks it as being sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict, TypeVar

from django.db import connection
from django.db.models import Exists, Max, Model, OuterRef, Subquery
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.articles import visibility_of
from smeditor.articles.page_model import page_model
from smeditor.models import Account, Attempt, Delivery, Hold, Post
from smeditor.publishing import approval, holds, payload, slots
from smeditor.publishing.checks import sending
from smeditor.publishing.engine import rates

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    FreshDelivery = WithAnnotations[Delivery, "Fetched"]

State = Delivery.State
RETRY_AFTER = timedelta(seconds=30)
ON_TIME = timedelta(minutes=1)
"""Within it after the slot, the plan's own gap holds; later than that, the gap to what went out last is kept anew."""
ARTICLE_PATIENCE = timedelta(days=30)
"""How long a post that never grows old waits for an article that is not public; then a person decides."""
PATIENCE_PARAMS = {"days": ARTICLE_PATIENCE.days}
LONGEST_ARTICLE_PAUSE = timedelta(minutes=5)
CHECKED_COLUMNS = (
    *(
        "operation",
        "state",
        "slot",
        "not_before",
        "news_class",
        "payload",
        "payload_hash",
        "approved_hash",
        "approved_by",
        "authors",
        "fast_lane",
        "fence",
        "worker",
    ),
    *("post__live", "post__kind", "post__topics", "post__article_key", "target__state"),
    *("account__network", "account__desk_id", "account__state", "account__sends"),
    *(
        "account__minimum_gap",
        "account__daily_quota",
        "account__approval",
        "account__fast_lane",
        "account__handle",
        "account__remote_id",
    ),
)
"""The columns that the checks compare: the rest of four tables is not fetched for every sending."""


class Answer(StrEnum):
    """What a check says: send it, wait until a time, stop for good, or ask a person because it is late."""

    GO = "go"
    WAIT = "wait"
    STOP = "stop"
    LATE = "late"


@dataclass(frozen=True)
class Verdict:
    """What the check says, why, and, to wait, until when."""

    answer: Answer
    reason: str = ""
    until: datetime | None = None

    @property
    def go(self) -> bool:
        """Whether nothing stands against sending."""
        return self.answer is Answer.GO


GO = Verdict(Answer.GO)


class Fetched(TypedDict):
    """What :func:`fresh` asks of other tables."""

    any_hold: bool
    any_check: bool
    any_spent: bool
    last_attempt: int | None


Row = TypeVar("Row", bound=Delivery)


def wait(until: datetime, reason: str) -> Verdict:
    """Return the verdict to come back at the aware time ``until``, with the sentence that the desk shows."""
    return Verdict(Answer.WAIT, reason, until)


def stop(reason: str) -> Verdict:
    """Return the verdict never to send this, with the sentence that the desk shows."""
    return Verdict(Answer.STOP, reason)


def lock(delivery: Delivery) -> None:
    """Keep holds, the article and the account from changing until the transaction ends (PostgreSQL).

    SQLite: the transaction's first write, to the delivery's own row, locks everybody else out.
    """
    if connection.vendor != "postgresql":
        return
    statements = [holds.gate(alone=False)]
    if delivery.post.article_key:
        statements.append(_row_lock(page_model(), delivery.post.article_key, "FOR SHARE"))
    mode = "FOR NO KEY UPDATE" if delivery.account.daily_quota is not None else "FOR SHARE"
    statements.append(_row_lock(Account, delivery.account_id, mode))
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements))  # one way to the server, each statement after the one before


def _row_lock(model: type[Model], key: int, mode: str) -> str:
    return f"SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)} WHERE id = {int(key)} {mode}"  # noqa: S608


def fresh(key: int, now: datetime) -> FreshDelivery:
    """The delivery as it is now, with post, account and target, and what the checks ask of other tables, in one question.

    ``any_hold``: whether any hold is open; ``any_check``: whether some desk lets a check stop what is being sent;
    ``any_spent``: whether any of the account's rates is spent; ``last_attempt``: the highest number of an attempt, or None.
    """
    spent = rates.spent(now).filter(account_id=OuterRef("account_id"))
    attempts = Attempt.objects.filter(delivery_id=OuterRef("pk")).order_by("-number").values("number")[:1]
    rows = (
        Delivery.objects.select_related("post", "account", "target")
        .only(*CHECKED_COLUMNS)
        .annotate(
            any_hold=Exists(Hold.objects.filter(lifted_at__isnull=True)),
            any_check=Exists(sending.stopping()),
            any_spent=Exists(spent),
            last_attempt=Subquery(attempts),
        )
    )
    return rows.get(pk=key)


def pre_check(delivery: Delivery, now: datetime) -> Verdict:
    """What the claimed row itself tells, without a question to the database: payload, account, slot, embargo, age."""
    return _first((_payload, _approval, _four_eyes, _account, _embargo, _late), delivery, now)


def check(delivery: FreshDelivery, now: datetime) -> Verdict:
    """Check everything that may have changed since the approval. ``delivery`` comes from :func:`fresh`."""
    checks = (
        _payload,
        _approval,
        _four_eyes,
        _account,
        _target,
        _embargo,
        _late,
        _hold,
        _article,
        _rights,
        _checks,
        _rates,
        _pace,
    )
    return _first(checks, delivery, now)


def _first(checks: Iterable[Callable[[Row, datetime], Verdict]], delivery: Row, now: datetime) -> Verdict:
    verdicts = (check(delivery, now) for check in checks)
    return next((verdict for verdict in verdicts if not verdict.go), GO)


def _payload(delivery: Delivery, now: datetime) -> Verdict:
    if delivery.payload.get("version") != payload.VERSION:
        return stop(_("It was approved under an older version of the desk. Approve the post again."))
    if payload.digest(delivery.payload) == delivery.payload_hash == delivery.approved_hash:
        return GO
    return stop(_("The text is not the one that was approved. Approve the post again."))


def _approval(delivery: Delivery, now: datetime) -> Verdict:
    if delivery.post.live or delivery.operation == Delivery.Operation.DELETE:
        return GO
    return stop(_("The approval was withdrawn."))


def _four_eyes(delivery: Delivery, now: datetime) -> Verdict:
    """Asked again: the account may have come under the rule since, and an approval by a road that did not ask it."""
    sentence = approval.delivery_objection(delivery)
    return stop(sentence) if sentence else GO


def _account(delivery: Delivery, now: datetime) -> Verdict:
    account = delivery.account
    if not account.sends:
        return stop(_("The account only listens."))
    if account.state == Account.State.PAUSED:
        return wait(now + RETRY_AFTER, _("The account is paused."))
    if account.state == Account.State.FAILED:
        return wait(now + RETRY_AFTER, _("The account must be reconnected."))
    if account.state == Account.State.DISCONNECTED:
        return wait(now + RETRY_AFTER, _("The account is disconnected."))
    return GO


def _target(delivery: Delivery, now: datetime) -> Verdict:
    """An edit or a deletion needs what it changes to be there."""
    if delivery.operation == Delivery.Operation.PUBLISH:
        return GO
    target = delivery.target
    if target is not None and target.state == State.SENT:
        return GO
    if target is not None and target.state in (State.SENDING, State.UNKNOWN, State.HUMAN):
        return wait(now + RETRY_AFTER, _("What it changes is not known to be published yet."))
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
    if delivery.operation != Delivery.Operation.PUBLISH or delivery.post.kind == Post.Kind.REPLY:
        return False
    allowed = conf.late_after(delivery.news_class)
    return allowed is not None and now - delivery.slot > allowed


def late_reason(delivery: Delivery) -> str:
    """The sentence that says how many minutes after its time a post of this class is too late."""
    allowed = conf.late_after(delivery.news_class) or timedelta()
    minutes = int(allowed.total_seconds() // 60)
    return _("Too late by itself: more than %(minutes)d minutes after its time.") % {"minutes": minutes}


def _hold(delivery: FreshDelivery, now: datetime) -> Verdict:
    hold = holds.binding(holds.open_holds(), delivery) if delivery.any_hold else None
    return wait(now + RETRY_AFTER, holds.reason(hold)) if hold else GO


def _article(delivery: Delivery, now: datetime) -> Verdict:
    post = delivery.post
    if delivery.operation != Delivery.Operation.PUBLISH or post.article_key is None or post.kind == Post.Kind.REPLY:
        return GO
    page = page_model().objects.filter(pk=post.article_key).first()
    if page is None:
        return stop(_("The article was deleted."))
    visibility = visibility_of(page, now)
    if visibility.public:
        return GO
    if visibility.until is not None:
        return wait(visibility.until, visibility.reason)
    waited = now - max(delivery.slot, delivery.not_before or delivery.slot)
    if waited > ARTICLE_PATIENCE:
        return Verdict(Answer.LATE, _("It has waited %(days)d days for its article to be public.") % PATIENCE_PARAMS)
    return wait(now + min(max(waited / 10, RETRY_AFTER), LONGEST_ARTICLE_PAUSE), visibility.reason)


def _rights(delivery: Delivery, now: datetime) -> Verdict:
    sentence = sending.rights_objection(delivery)
    return stop(sentence) if sentence else GO


def _checks(delivery: FreshDelivery, now: datetime) -> Verdict:
    """What a desk lets stop a post until the end: it waits, for a link may open again; in the end a person decides."""
    sentence = sending.objection(delivery, now) if delivery.any_check or sending.own_stop() else ""
    if not sentence:
        return GO
    waited = now - max(delivery.slot, delivery.not_before or delivery.slot)
    if waited > ARTICLE_PATIENCE:
        return Verdict(Answer.LATE, sentence)
    return wait(now + min(max(waited / 10, RETRY_AFTER), LONGEST_ARTICLE_PAUSE), sentence)


def _rates(delivery: FreshDelivery, now: datetime) -> Verdict:
    resets = rates.resets_at(delivery, now) if delivery.any_spent else None
    return wait(resets, _("The network asks to wait: too many requests.")) if resets else GO


def _pace(delivery: Delivery, now: datetime) -> Verdict:
    """The day's quota, and after an outage the gap: what has waited goes out one by one, not all at once."""
    account = delivery.account
    if delivery.operation != Delivery.Operation.PUBLISH or delivery.post.kind == Post.Kind.REPLY:
        return GO
    others = Delivery.objects.filter(account=account, operation=Delivery.Operation.PUBLISH).exclude(pk=delivery.pk)
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
