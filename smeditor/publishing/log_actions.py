"""What publishing writes into Wagtail's own log, in words for the history of a post."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "smeditor.publish": (_("Send"), _("Sent to a network")),
    "smeditor.edit": (_("Edit on the network"), _("Edited on a network")),
    "smeditor.delete": (_("Delete on the network"), _("Deleted on a network")),
    "smeditor.correct": (_("Correct"), _("Began to correct a post")),
    "smeditor.correction_declined": (_("Leave as it is"), _("Left a post as it is though its article was corrected")),
    "smeditor.reuse": (_("Use again"), _("Wrote the post once more")),
    "smeditor.decide": (_("Decide"), _("Decided on a delivery")),
    "smeditor.fast_lane": (_("Fast lane"), _("Approved by who wrote it, to be read afterwards")),
    "smeditor.reviewed": (_("Read afterwards"), _("Read afterwards what went by the fast lane")),
    "smeditor.hold": (_("Hold"), _("Placed a hold")),
    "smeditor.lift": (_("Lift"), _("Lifted a hold")),
    "smeditor.clash_left": (_("Let it go out"), _("Let a post go out beside breaking news")),
    "smeditor.rule_undone": (_("Take back"), _("Took back what a rule did about an article")),
    "smeditor.drift_left": (_("Leave as it is"), _("Left the post as it is though its article changed")),
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
