"""What networks told of their own accord: kept until the account is read, and then only that it was told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.fields import EncryptedJSONField


class WebhookEvent(models.Model):
    """One event of a webhook. It is stored before the network is answered, and read with the account's next poll.

    What it says is encrypted and goes as soon as it was read; that it came stays a while, so that a repeat is known.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="webhook_events", db_index=False)
    key = models.CharField(max_length=64)
    """Fingerprint of the event: the same thing told again has the same."""
    data = EncryptedJSONField(default=dict, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="smeditor_webhook_once")]
        indexes = [
            models.Index(
                fields=["account", "id"], name="smeditor_webhook_unread", condition=models.Q(read_at__isnull=True)
            ),
            models.Index(fields=["received_at"], name="smeditor_webhook_received"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.received_at:%Y-%m-%d %H:%M}"
