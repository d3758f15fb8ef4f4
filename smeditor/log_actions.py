"""What the packages between the networks and the desk write into Wagtail's log, by whom: never a reader's text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = [
    ("smeditor.concern_answered", _("Answer"), _("Concern answered")),
    ("smeditor.concern_assigned", _("Assign"), _("Concern assigned")),
    ("smeditor.concern_declined", _("Decline"), _("Concern declined")),
    ("smeditor.concern_kept_apart", _("Keep apart"), _("Said that two reactions do not raise the same")),
    ("smeditor.concern_kept_together", _("Keep together"), _("Said that two reactions raise the same")),
    ("smeditor.concern_tightened", _("Make tighter"), _("Concern made tighter")),
    ("smeditor.concern_broadened", _("Make broader"), _("Concern made broader")),
    ("smeditor.concern_merged", _("Merge"), _("Concerns merged")),
    ("smeditor.concern_moved", _("Move"), _("Reaction moved to this concern")),
    ("smeditor.concern_renamed", _("Rename"), _("Concern renamed")),
    ("smeditor.concern_reopened", _("Reopen"), _("Concern reopened")),
    ("smeditor.concern_split", _("Split"), _("Concern split")),
    ("smeditor.concern_undone", _("Undo"), _("Edit of a concern undone")),
    ("smeditor.match_rejected", _("Reject"), _("Said that two concerns are not the same")),
    ("smeditor.labels_exported", _("Export"), _("Exported the labels of editors")),
    ("smeditor.model_promoted", _("Promote"), _("Learned model promoted")),
    ("smeditor.model_demoted", _("Demote"), _("Learned model put back into the shadow")),
    ("smeditor.rules_replayed", _("Apply rules"), _("New rules applied to what was labelled before")),
    ("smeditor.rerun_undone", _("Undo"), _("Re-run of the rules undone")),
    ("smeditor.tip_sealed", _("Seal"), _("Reaction sealed as a tip")),
    ("smeditor.correction_decided", _("Decide correction"), _("Decided on a correction request")),
    ("smeditor.alert_seen", _("See alert"), _("Said what an alert was")),
    ("smeditor.alert_snoozed", _("Snooze alert"), _("Snoozed an alert")),
    ("smeditor.alerts_switched", _("Switch alerts"), _("Switched alerts on or off")),
    ("smeditor.tip_reader_named", _("Name reader"), _("Named a further reader of a tip")),
    ("smeditor.tip_opened", _("Open"), _("Tip opened")),
    ("smeditor.reader_erased", _("Erase reader"), _("Erased all that a reader wrote, at their request")),
    ("smeditor.reaction_hide", _("Hide"), _("Asked to hide a reaction on its network")),
    ("smeditor.reaction_unhide", _("Show again"), _("Asked to show a hidden reaction again")),
    ("smeditor.reaction_like", _("Like"), _("Asked to like a reaction")),
    ("smeditor.reaction_unlike", _("Unlike"), _("Asked to take a like back")),
    ("smeditor.legal_hold_placed", _("Keep"), _("Kept for a legal claim")),
    ("smeditor.legal_hold_lifted", _("End legal hold"), _("Ended a legal hold")),
    ("smeditor.digest_sent", _("Send"), _("Digest sent")),
    ("smeditor.answered_by_mail", _("Answer"), _("Reader answered by mail")),
]


def register(actions: Any) -> None:
    """Register the desk's actions with Wagtail's log, as its hook ``register_log_actions`` asks."""
    for name, label, message in ACTIONS:
        actions.register_action(name, label, message)


def connect() -> None:
    """Called when the app is ready."""
    hooks.register("register_log_actions", register)
