"""The numbers that call for somebody: each one query, shown in the menu and on the home page."""

from __future__ import annotations

from typing import Any

from smeditor.accounts import health
from smeditor.models import (
    Alert,
    Concern,
    Conversation,
    CorrectionRequest,
    Delivery,
    Hold,
    Reaction,
    Source,
    Tip,
)


def waiting(user: Any) -> int:
    """Threads in the inbox that wait for an answer."""
    open_threads = Conversation.objects.filter(state=Conversation.State.OPEN, reactions__tray=Reaction.Tray.INBOX)
    return open_threads.distinct().count()


def open_concerns(user: Any) -> int:
    states = [Concern.State.OPEN, Concern.State.ASSIGNED]
    return Concern.objects.filter(state__in=states, merged_into__isnull=True).count()


def open_corrections(user: Any) -> int:
    return CorrectionRequest.objects.filter(verdict=CorrectionRequest.Verdict.OPEN, similar_to__isnull=True).count()


def new_tips(user: Any) -> int:
    """New tips that this user is named on: others' are none of theirs."""
    return Tip.objects.filter(state=Tip.State.NEW, readers=user).count()


def open_alerts(user: Any) -> int:
    return Alert.objects.filter(state=Alert.State.OPEN).count()


def undecided(user: Any) -> int:
    states = [Delivery.State.HUMAN, Delivery.State.UNKNOWN, Delivery.State.LATE]
    return Delivery.objects.filter(state__in=states).count()


def open_holds(user: Any) -> int:
    return Hold.objects.filter(lifted_at__isnull=True).count()


def failed_accounts(user: Any) -> int:
    return health.failing().count()


def failing_sources(user: Any) -> int:
    return Source.objects.filter(active=True).exclude(problem="").count()
