"""Holds: graded stops that bind everything not yet being sent from the instant they are committed.

The last look (:mod:`smeditor.publishing.engine.look`) takes the gate shared, placing a hold takes it alone: so a hold
is committed either before a delivery's last look, which then sees it, or after that delivery's ``sending``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.articles import article_adapter
from smeditor.models import Account, Delivery, Hold

logger = logging.getLogger("smeditor.publishing")

GATE = 0x736D65_6761_7465 & 0x7FFFFFFF
"""Key of PostgreSQL's advisory lock ("smegate")."""
STOPPABLE = (Delivery.State.SCHEDULED, Delivery.State.LATE)


def pass_gate(*, alone: bool) -> None:
    """Wait for the gate until the end of the transaction: shared for a last look, alone for a hold.

    SQLite needs none: one writer at a time, and the last look writes before it reads.
    """
    if connection.vendor == "postgresql":
        function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [GATE])


def open_holds() -> list[Hold]:
    return list(Hold.objects.filter(lifted_at__isnull=True).order_by("pk"))


def binding(holds: Iterable[Hold], delivery: Delivery) -> Hold | None:
    """The first of ``holds`` that stops ``delivery`` (read with its post and account), or None."""
    return next((hold for hold in holds if binds(hold, delivery)), None)


def binds(hold: Hold, delivery: Delivery) -> bool:
    account, post = delivery.account, delivery.post
    match hold.scope:
        case Hold.Scope.ALL:
            return True
        case Hold.Scope.NETWORK:
            return hold.network == account.network
        case Hold.Scope.ACCOUNT:
            return hold.account_id == account.pk
        case Hold.Scope.DESK:
            return hold.desk_id is not None and hold.desk_id == account.desk_id
        case Hold.Scope.TOPIC:
            return hold.topic.strip().casefold() in (post.topics or [])
        case Hold.Scope.ARTICLE:
            return hold.article_id is not None and hold.article_id == post.article_key
    return False


def bound(hold: Hold) -> Q | None:
    """The deliveries that a hold stops, as a condition; None for a topic, which only Python can match."""
    match hold.scope:
        case Hold.Scope.ALL:
            return Q(pk__isnull=False)
        case Hold.Scope.NETWORK:
            return Q(account__network=hold.network)
        case Hold.Scope.ACCOUNT:
            return Q(account_id=hold.account_id)
        case Hold.Scope.DESK:
            return Q(account__desk_id=hold.desk_id, account__desk__isnull=False)
        case Hold.Scope.ARTICLE:
            return Q(post__article_key=hold.article_id)
    return None


def reason(hold: Hold) -> str:
    return _("On hold: %(reason)s") % {"reason": hold.reason}


def place(scope: str, reason: str, user: Any, *, review_at: datetime | None = None, **target: Any) -> Hold:
    """Place a hold and return it. ``target``: ``network``, ``account``, ``desk``, ``topic`` or ``article`` by scope.

    When this returns outside a transaction, nothing that it binds will begin to be sent any more.
    """
    with transaction.atomic():
        pass_gate(alone=True)
        hold = Hold.objects.create(scope=scope, reason=reason[:500], placed_by=user, review_at=review_at, **target)
        log(hold, "smeditor.hold", user=user, data={"scope": scope, "reason": reason[:500]})
    logger.info("hold placed: id=%s scope=%s", hold.pk, scope)
    return hold


def lift(hold: Hold, user: Any, now: datetime) -> list[Delivery]:
    """Lift a hold. What missed its slot meanwhile is not fired: it becomes late and waits for a person. Returns it."""
    with transaction.atomic():
        pass_gate(alone=True)
        hold.refresh_from_db()
        if hold.lifted_at is not None:
            return []
        missed = held(hold).filter(slot__lt=now)
        late = [delivery for delivery in missed if binds(hold, delivery)]
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in late], state=Delivery.State.SCHEDULED).update(
            state=Delivery.State.LATE,
            fence=F("fence") + 1,
            lease_until=None,
            state_changed_at=now,
            state_reason=_("Its time passed while it was on hold (%(reason)s).") % {"reason": hold.reason[:400]},
        )
        still = held(hold).filter(slot__gte=now)
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in still if binds(hold, delivery)]).update(
            state_reason=""
        )
        hold.lifted_by, hold.lifted_at = user, now
        hold.save(update_fields=["lifted_by", "lifted_at"])
        log(hold, "smeditor.lift", user=user, data={"late": len(late)})
    logger.info("hold lifted: id=%s late=%s", hold.pk, len(late))
    return late


def held(hold: Hold) -> QuerySet[Delivery]:
    """The scheduled deliveries that a hold may stop (for a topic: all; ask :func:`binds`)."""
    rows = Delivery.objects.filter(state=Delivery.State.SCHEDULED).select_related("post", "account")
    condition = bound(hold)
    return rows if condition is None else rows.filter(condition)


def would_stop(hold: Hold) -> int:
    """How many scheduled deliveries a hold, saved or not, stops: what the form tells before it is placed."""
    condition = bound(hold)
    if condition is not None:
        return Delivery.objects.filter(condition, state=Delivery.State.SCHEDULED).count()
    return sum(binds(hold, delivery) for delivery in held(hold))


def stop_article(article_key: int, *, withdrawn: bool) -> int:
    """Stop the deliveries of an article that is being unpublished or deleted, in that very transaction."""
    sentence = _("The article was unpublished.") if withdrawn else _("The article was deleted.")
    return _stoppable(article_key).update(
        state=Delivery.State.STOPPED,
        state_reason=sentence,
        state_changed_at=timezone.now(),
        fence=F("fence") + 1,
        lease_until=None,
        worker="",
    )


def follow_article(page: Any, now: datetime) -> int:
    """An article was published (again): its deliveries wait for a new embargo. Returns how many were moved."""
    embargo = article_adapter().facts(page).embargo_until
    if embargo is None or embargo <= now:
        return _stoppable(page.pk).filter(not_before__gt=now).update(not_before=None)
    waiting = _stoppable(page.pk)
    waiting.filter(slot__lt=embargo).update(slot=embargo)
    return waiting.update(not_before=embargo, due_at=embargo)


def _stoppable(article_key: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        post__article_key=article_key, act=Delivery.Act.PUBLISH, state__in=STOPPABLE
    ).exclude(post__kind="reply")


def pause_account(account: Account, user: Any, reason: str, now: datetime) -> None:
    """Pause an account: nothing of it begins to be sent once this is committed."""
    with transaction.atomic():
        pass_gate(alone=True)
        Account.objects.filter(pk=account.pk).update(
            state=Account.State.PAUSED, state_reason=reason[:500], state_since=now
        )
        log(account, "smeditor.pause", user=user, data={"reason": reason[:500]})
    account.refresh_from_db()
