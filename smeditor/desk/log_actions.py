"""The desk's own acts in Wagtail's log. What the other rooms write there, they name themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "smeditor.account_connected": (_("Connect account"), _("Connected an account")),
    "smeditor.account_reconnected": (_("Reconnect account"), _("Connected an account again")),
    "smeditor.account_disconnected": (_("Disconnect account"), _("Disconnected an account")),
    "smeditor.app_entered": (_("Enter app keys"), _("Entered the keys of the newsroom's app at a network")),
    "smeditor.reaction_moved": (_("Move reaction"), _("Moved a reaction to another queue")),
}


def register(actions: Any) -> None:
    """Name each of :data:`ACTIONS` in Wagtail's registry of log actions."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)
