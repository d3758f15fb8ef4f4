"""What an editor does about alerts: judge one, snooze one, switch them on or off. Each is logged with who did it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wagtail.log_actions import log

from smeditor.insight.alerts.thresholds import SILENCE
from smeditor.models import Alert, AlertSwitch


def acknowledge(alert: Alert, verdict: Alert.Verdict, user: Any) -> None:
    """Say that ``user`` has seen ``alert`` and what it was; what rang beside it of the same fire gets the same verdict."""
    alert.state, alert.seen_by, alert.verdict = Alert.State.ACKNOWLEDGED, user, verdict
    alert.save(update_fields=["state", "seen_by", "verdict"])
    same = Alert.objects.filter(
        scope=alert.scope, measure=alert.measure, at__range=(alert.at - SILENCE, alert.at + SILENCE), verdict=""
    )
    same.filter(state=Alert.State.OPEN).update(state=Alert.State.ACKNOWLEDGED, seen_by=user)
    same.update(verdict=verdict)
    log(instance=alert, action="smeditor.alert_seen", user=user, data={"verdict": verdict.value})


def snooze(alert: Alert, duration: timedelta, user: Any, now: datetime) -> None:
    """Raise nothing more about the alert's scope until ``now`` (aware) + ``duration``: see ``watch.run_due``."""
    alert.state, alert.seen_by = Alert.State.SNOOZED, user
    alert.snoozed_until = now + duration
    alert.save(update_fields=["state", "seen_by", "snoozed_until"])
    hours = f"{duration / timedelta(hours=1):g}"
    log(instance=alert, action="smeditor.alert_snoozed", user=user, data={"hours": hours})


def switch(on: bool, user: Any) -> AlertSwitch:
    """Switch the raising of alerts ``on`` or off for the whole newsroom. Counting goes on either way."""
    row = AlertSwitch.objects.first() or AlertSwitch()
    row.on, row.user = on, user
    row.save()
    log(instance=row, action="smeditor.alerts_switched", user=user, data={"on": row.on})
    return row
