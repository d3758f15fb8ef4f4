"""What an editor does about alerts: acknowledge one, snooze one, switch them on or off. Each is logged with who did it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wagtail.log_actions import log

from smeditor.models import Alert, AlertSwitch


def acknowledge(alert: Alert, user: Any) -> None:
    """Say that ``user`` knows of ``alert``."""
    alert.state, alert.seen_by = Alert.State.ACKNOWLEDGED, user
    alert.save(update_fields=["state", "seen_by"])
    log(instance=alert, action="smeditor.alert_seen", user=user)


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
