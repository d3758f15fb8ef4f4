"""What publishing writes into Wagtail's own log, in words for the history of a post."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "smeditor.publish": (_("Send"), _("Sent to a network")),
    "smeditor.edit": (_("Edit on the network"), _("Edited on a network")),
    "smeditor.delete": (_("Delete on the network"), _("Deleted on a network")),
    "smeditor.decide": (_("Decide"), _("Decided on a delivery")),
    "smeditor.hold": (_("Hold"), _("Placed a hold")),
    "smeditor.lift": (_("Lift"), _("Lifted a hold")),
    "smeditor.pause": (_("Pause"), _("Paused an account")),
    "smeditor.resume": (_("Resume"), _("Resumed an account")),
}


def register(actions: Any) -> None:
    """Register the actions with Wagtail's log, as its hook ``register_log_actions`` asks."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)


def connect() -> None:
    """Let Wagtail's log know the actions. Registering the same names again changes nothing."""
    hooks.register("register_log_actions", register)
