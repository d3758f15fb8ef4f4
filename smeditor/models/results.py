"""What became of what was sent: the newest numbers of each publication, and the series that they come from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.deliveries import Delivery

COUNTS = ("likes", "reposts", "replies", "quotes", "views")
"""What a network may tell of a post; a field is None where it does not tell, or nobody asked yet."""


REACTIONS = ("likes", "reposts", "replies", "quotes")
"""What readers did to a post; what they saw is none of it."""


class Counts(models.Model):
    """The numbers of one post at one time."""

    likes = models.PositiveIntegerField(_("likes"), null=True, blank=True)
    reposts = models.PositiveIntegerField(_("reposts"), null=True, blank=True)
    replies = models.PositiveIntegerField(_("replies"), null=True, blank=True)
    quotes = models.PositiveIntegerField(_("quotes"), null=True, blank=True)
    views = models.PositiveBigIntegerField(_("views"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    """Distinct readers whose reactions the desk holds, colleagues and automatic accounts aside."""
    visits = models.PositiveIntegerField(_("visits"), null=True, blank=True)
    """Visits to the article with this publication's link token, where the host tells; None where it does not."""

    class Meta:
        abstract = True

    def reactions(self) -> int:
        """Likes, reposts, replies and quotes together, as far as they are known."""
        return sum(getattr(self, name) or 0 for name in REACTIONS)


class DeliveryResult(Counts):
    """The newest numbers of a publication, and when they are asked for next."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="result")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    sent_at = models.DateTimeField()
    """Both as the delivery has them, so that the newest of an account are found by one index."""
    engagement = models.PositiveIntegerField(_("reactions"), default=0)
    """Likes, reposts, replies and quotes together, as far as they are known."""
    measured_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    """When to ask next; None: never again."""
    missing_since = models.DateTimeField(null=True, blank=True)
    """Its network said that it does not exist; what it says twice is deleted."""
    own_counts = models.BooleanField(default=False)
    """The network tells no numbers: what is shown was counted among the reactions that came home."""

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["-sent_at"]
        indexes = [
            # Of what is still asked for, a week's posts, however many there ever were. The condition compares with no
            # value: SQLite uses a partial index only where it needs no parameter to prove it.
            models.Index(fields=["next_at"], name="smeditor_result_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["-sent_at", "-id"], name="smeditor_result_sent"),
            models.Index(fields=["account", "-sent_at", "-id"], name="smeditor_result_account"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.engagement}"


class Measurement(Counts):
    """The numbers of a publication at one time of its plan."""

    result = models.ForeignKey(DeliveryResult, on_delete=models.CASCADE, related_name="measurements", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["result", "at"], name="smeditor_measurement_once")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.at:%Y-%m-%d %H:%M}"
