"""What an editor does to a reader's message on its network: hide it, show it again, like it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.reactions import Reaction
from smeditor.networks.base import ReaderOperation

OPERATION_LABELS = {
    ReaderOperation.HIDE: _("hide"),
    ReaderOperation.UNHIDE: _("show again"),
    ReaderOperation.LIKE: _("like"),
    ReaderOperation.UNLIKE: _("take the like back"),
}


class ReactionOperation(models.Model):
    """One operation on one reaction, asked for by a person and never by a machine. The table is the queue.

    Each is harmless to repeat, so that a doubt is resolved by doing it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused by the network")

    reaction = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="operations", db_index=False)
    operation = models.CharField(
        _("operation"), max_length=8, choices=[(o.value, v) for o, v in OPERATION_LABELS.items()]
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("operation on a reaction")
        verbose_name_plural = _("operations on reactions")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"], name="smeditor_operation_due", condition=models.Q(finished_at__isnull=True)
            ),
            models.Index(fields=["reaction", "-id"], name="smeditor_operation_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} → {self.reaction_id}"
