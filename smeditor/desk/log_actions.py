"""The desk's own acts in Wagtail's log. What the other rooms write there, they name themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "smeditor.account_connected": (_("Connect account"), _("Connected an account")),
    "smeditor.reaction_moved": (_("Move reaction"), _("Moved a reaction to another tray")),
    "smeditor.tip_reader_named": (_("Name reader"), _("Named a further reader of a tip")),
    "smeditor.correction_decided": (_("Decide correction"), _("Decided on a correction request")),
    "smeditor.alert_seen": (_("See alert"), _("Acknowledged an alert")),
    "smeditor.alerts_switched": (_("Switch alerts"), _("Switched alerts on or off")),
    "smeditor.alert_snoozed": (_("Snooze alert"), _("Snoozed an alert")),
}


def register(actions: Any) -> None:
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)
