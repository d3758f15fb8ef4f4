"""Holds: graded stops that bind everything not yet being sent from the instant they are committed.

The send check (:mod:`smeditor.publishing.engine.send_check`) takes the gate shared, placing a hold takes it alone: so a hold
is committed either before a delivery's send check, which then sees it, or after that delivery's ``sending``.
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
from wagtail.models import AbstractPage

from smeditor.accounts import health
from smeditor.articles import article_adapter
from smeditor.articles.page_model import page_model
from smeditor.models import Account, Delivery, Hold

logger = logging.getLogger("smeditor.publishing")

GATE = 0x736D65_6761_7465 & 0x7FFFFFFF
"""Key of PostgreSQL's advisory lock ("smegate")."""
STOPPABLE = (Delivery.State.SCHEDULED, Delivery.State.LATE)


def pass_gate(*, alone: bool) -> None:
    """Wait for the gate until the end of the transaction: shared for a send check, alone for a hold.

    SQLite needs none: one writer at a time, and the send check writes before it reads.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(gate(alone=alone))


def gate(*, alone: bool) -> str:
    """The statement that waits for the gate on PostgreSQL."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    return f"SELECT {function}({GATE})"


def open_holds() -> list[Hold]:
    """The holds that nobody has lifted, the oldest first."""
    return list(Hold.objects.filter(lifted_at__isnull=True).order_by("pk"))


def binding(holds: Iterable[Hold], delivery: Delivery) -> Hold | None:
    """The first of ``holds`` that stops ``delivery`` (read with its post and account), or None."""
    return next((hold for hold in holds if binds(hold, delivery)), None)


def binds(hold: Hold, delivery: Delivery) -> bool:
    """Whether ``hold`` stops ``delivery`` (read with its post and account)."""
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
        case Hold.Scope.POST:
            return hold.post_id == delivery.post_id
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
        case Hold.Scope.POST:
            return Q(post_id=hold.post_id)
    return None


def reason(hold: Hold) -> str:
    """The sentence that a delivery shows while ``hold`` stops it."""
    return _("On hold: %(reason)s") % {"reason": hold.reason}


def place(scope: str, reason: str, user: Any, *, review_at: datetime | None = None, **target: Any) -> Hold:
    """Place a hold and return it. ``target``: ``network``, ``account``, ``desk``, ``topic``, ``article`` or ``post`` by scope.

    When this returns outside a transaction, nothing that it binds will begin to be sent any more.
    """
    with transaction.atomic():
        pass_gate(alone=True)
        hold = Hold.objects.create(scope=scope, reason=reason[:500], placed_by=user, review_at=review_at, **target)
        log(hold, "smeditor.hold", user=user, data={"scope": scope, "reason": reason[:500]})
    logger.info("hold placed: id=%s scope=%s", hold.pk, scope)
    return hold


def lift(hold: Hold, user: Any, now: datetime) -> int:
    """Lift a hold. What missed its slot meanwhile is not fired: it waits for a person. Returns how many did."""
    with transaction.atomic():
        pass_gate(alone=True)
        hold.refresh_from_db()
        if hold.lifted_at is not None:
            return 0
        bound_now = [delivery for delivery in held(hold) if binds(hold, delivery)]
        sentence = _("Its time passed while it was on hold (%(reason)s).") % {"reason": hold.reason[:400]}
        late = missed(bound_now, sentence, now)
        keys = [delivery.pk for delivery in bound_now]
        Delivery.objects.filter(pk__in=keys, state=Delivery.State.SCHEDULED).update(state_reason="", due_at=F("slot"))
        hold.lifted_by, hold.lifted_at = user, now
        hold.save(update_fields=["lifted_by", "lifted_at"])
        log(hold, "smeditor.lift", user=user, data={"late": late})
    logger.info("hold lifted: id=%s late=%s", hold.pk, late)
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


def withdraw_article(article_key: int) -> int:
    """An article is being unpublished: its deliveries wait until it is published again, and no worker goes on with one.

    Returns how many wait. Being withdrawn passes; what is too late by then waits for a person as always.
    """
    return (
        _stoppable(article_key)
        .filter(state=Delivery.State.SCHEDULED)
        .update(
            state_reason=_("The article was unpublished: the post waits until it is published again."),
            fence=F("fence") + 1,
            lease_until=None,
            worker="",
        )
    )


def stop_article(article_key: int) -> int:
    """Stop the deliveries of an article that is being deleted, in that very transaction. Returns how many."""
    return _stoppable(article_key).update(
        state=Delivery.State.STOPPED,
        state_reason=_("The article was deleted."),
        state_changed_at=timezone.now(),
        fence=F("fence") + 1,
        lease_until=None,
        worker="",
    )


def follow_article(page: Any, now: datetime) -> int:
    """An article was published (again): its deliveries wait for a new embargo, and what waited for it is checked again.

    Returns how many were moved.
    """
    embargo = article_adapter().facts(page).embargo_until
    if embargo is None or embargo <= now:
        _check_again(_stoppable(page.pk), now)
        return _stoppable(page.pk).filter(not_before__gt=now).update(not_before=None)
    waiting = _stoppable(page.pk).filter(state=Delivery.State.SCHEDULED)
    moved = waiting.filter(slot__lt=embargo).update(slot=embargo, due_at=embargo)
    waiting.update(not_before=embargo, fence=F("fence") + 1)
    return moved


def check_again_below(page: AbstractPage, now: datetime) -> int:
    """Let a worker check the waiting deliveries of ``page`` and of every page below it at once. Returns how many."""
    below = page_model().objects.descendant_of(page, inclusive=True).values("pk")
    return _check_again(Delivery.objects.filter(post__article_key__in=below, operation=Delivery.Operation.PUBLISH), now)


def _check_again(rows: QuerySet[Delivery], now: datetime) -> int:
    return rows.filter(state=Delivery.State.SCHEDULED, slot__lte=now, due_at__gt=now).update(due_at=now)


def _stoppable(article_key: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        post__article_key=article_key, operation=Delivery.Operation.PUBLISH, state__in=STOPPABLE
    ).exclude(post__kind="reply")


def missed(deliveries: Iterable[Delivery], sentence: str, now: datetime) -> int:
    """Let scheduled deliveries whose slot has passed wait for a person. Returns how many."""
    keys = [delivery.pk for delivery in deliveries if delivery.slot < now]
    rows = Delivery.objects.filter(pk__in=keys, state=Delivery.State.SCHEDULED)
    return rows.update(
        state=Delivery.State.LATE,
        state_changed_at=now,
        state_reason=sentence[:500],
        fence=F("fence") + 1,
        lease_until=None,
    )


def resume_account(account: Account, user: Any, now: datetime) -> int:
    """Let a paused account send again. What missed its slot waits for a person; returns how many did."""
    with transaction.atomic():
        pass_gate(alone=True)
        if not health.resume(account, now):
            return 0
        waiting = Delivery.objects.filter(account=account, state=Delivery.State.SCHEDULED, slot__lt=now)
        late = missed(waiting, _("Its time passed while the account was paused."), now)
        log(account, "smeditor.resume", user=user, data={"late": late})
    account.refresh_from_db()
    return late


def pause_account(account: Account, user: Any, reason: str, now: datetime) -> None:
    """Pause an account: nothing of it begins to be sent once this is committed."""
    with transaction.atomic():
        pass_gate(alone=True)
        health.pause(account, reason, now)
        log(account, "smeditor.pause", user=user, data={"reason": reason[:500]})
    account.refresh_from_db()
