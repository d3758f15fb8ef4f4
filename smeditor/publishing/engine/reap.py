"""What time does to deliveries: a dead worker's sending becomes unknown, and what is too late waits for a person."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import clients
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Attempt, Delivery, NewsClass, Post
from smeditor.networks.base import Capabilities
from smeditor.publishing.engine import claim, fault_points, outcome
from smeditor.publishing.engine.send_check import late_reason

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State


def reap(now: datetime, limit: int = 100) -> int:
    """Turn sendings whose lease ended into doubts, never back into something due. Returns how many."""
    dead = claim.unfinished().filter(claim.free(now), state=State.SENDING, due_at__lte=now)
    return sum(_reap_one(delivery, now) for delivery in dead.select_related("account")[:limit])


def _reap_one(delivery: Delivery, now: datetime) -> bool:
    sentence = _("The worker stopped in the middle of sending.")
    with transaction.atomic():
        row = claim.owned(delivery).filter(claim.free(now), state=State.SENDING)
        if not row.update(fence=F("fence") + 1):
            return False
        delivery.fence += 1
        open_attempts = delivery.attempts.filter(state=Attempt.State.SENDING)
        open_attempts.update(state=Attempt.State.UNKNOWN, finished_at=now, sentence=sentence)
        outcome.doubt(delivery, now, sentence, _capabilities(delivery.account))
    fault_points.reach("reaped")
    logger.warning("reaped: delivery=%s worker=%s", delivery.pk, delivery.worker)
    return True


def _capabilities(account: Account) -> Capabilities:
    try:
        return clients.network_class(account).capabilities
    except ConfigurationError:
        return Capabilities()  # cannot be read back: a person decides


def expire(now: datetime) -> int:
    """Move what has grown too late for its class to the triage list. Returns how many."""
    moved = 0
    waiting = (
        claim.unfinished()
        .filter(claim.free(now), state=State.SCHEDULED, operation=Delivery.Operation.PUBLISH, due_at__lte=now)
        .exclude(post__kind=Post.Kind.REPLY)
    )
    for news_class in NewsClass.values:
        allowed = conf.late_after(news_class)
        if allowed is None:
            continue
        late = waiting.filter(Q(news_class=news_class), slot__lt=now - allowed)
        sample = late.first()
        if sample is not None:
            moved += late.update(
                state=State.LATE, state_changed_at=now, state_reason=late_reason(sample), fence=F("fence") + 1
            )
    if moved:
        logger.warning("late: %s deliveries wait for a decision", moved)
    return moved
