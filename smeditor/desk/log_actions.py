"""The desk's acts in Wagtail's own log: what a history and the site report call them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "smeditor.account_connected": (_("Connect account"), _("Connected an account")),
    "smeditor.reaction_moved": (_("Move reaction"), _("Moved a reaction to another tray")),
    "smeditor.tip_sealed": (_("Seal tip"), _("Sealed a tip")),
    "smeditor.tip_opened": (_("Open tip"), _("Opened a tip")),
    "smeditor.tip_reader_named": (_("Name reader"), _("Named a further reader of a tip")),
    "smeditor.concern_answered": (_("Answer concern"), _("Answered a concern")),
    "smeditor.concern_merged": (_("Merge concerns"), _("Merged two concerns")),
    "smeditor.concern_split": (_("Split concern"), _("Split a concern")),
    "smeditor.concern_moved": (_("Move reaction"), _("Moved a reaction into a concern")),
    "smeditor.concern_declined": (_("Decline concern"), _("Declined a concern")),
    "smeditor.concern_assigned": (_("Assign concern"), _("Assigned a concern")),
    "smeditor.concern_renamed": (_("Rename concern"), _("Renamed a concern")),
    "smeditor.concern_undone": (_("Undo"), _("Took an edit of a concern back")),
    "smeditor.correction_decided": (_("Decide correction"), _("Decided on a correction request")),
    "smeditor.answered_by_mail": (_("Answer by mail"), _("Answered a reader by mail")),
    "smeditor.digest_sent": (_("Send letter"), _("Sent a letter")),
    "smeditor.alert_seen": (_("See alert"), _("Acknowledged an alert")),
    "smeditor.alert_snoozed": (_("Snooze alert"), _("Snoozed an alert")),
}


def register(actions: Any) -> None:
    """Register what no room has registered itself."""
    for name, (label, message) in ACTIONS.items():
        if name not in actions.formatters:
            actions.register_action(name, label, message)
