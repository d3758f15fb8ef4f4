"""Accounts: one presence on one network, its slots and its rate limits."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from smeditor import conf
from smeditor.models.desks import Desk
from smeditor.models.fields import EncryptedJSONField, LinkField
from smeditor.models.text_fields import NormalTextField
from smeditor.networks import choices


def network_choices() -> list[tuple[str, str]]:
    """Return (slug, label) of every network that ``SMEDITOR["NETWORKS"]`` names."""
    return choices(conf.get("NETWORKS"))


class Account(ClusterableModel, models.Model):
    """One presence on one network. Its secret lies encrypted and is never shown again once saved."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("account", "active")
        PAUSED = "paused", _("paused")
        FAILED = "failed", _("must be reconnected")

    class Approval(models.TextChoices):
        NONE = "none", _("no approval: the author may publish")
        ONE = "one", _("one editor approves")
        FOUR_EYES = "four_eyes", _("another editor than the author approves")

    network = models.CharField(_("network"), max_length=30, choices=network_choices)
    handle = models.CharField(_("handle"), max_length=255, blank=True)
    display_name = models.CharField(_("shown as"), max_length=255, blank=True)
    server_url = LinkField(_("server"), max_length=255)
    remote_id = models.CharField(_("id on the network"), max_length=255, blank=True)
    profile_url = LinkField(_("profile"), max_length=500, blank=True)
    secret = EncryptedJSONField(_("secret"), default=dict, blank=True)
    expires_at = models.DateTimeField(_("token expires"), null=True, blank=True)

    desk = models.ForeignKey(
        Desk, verbose_name=_("desk"), null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts"
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    tone = NormalTextField(_("tone"), blank=True, help_text=_("How this account speaks: shown beside the text field."))
    approval = models.CharField(_("approval"), max_length=12, choices=Approval.choices, default=Approval.ONE)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(_("reason"), max_length=500, blank=True)
    failing_reason = models.CharField(max_length=500, blank=True, editable=False)
    """What the network said when it refused the account; empty while it accepts it. A paused account may fail, too."""
    state_since = models.DateTimeField(_("since"), null=True, blank=True)
    sends = models.BooleanField(_("posts are sent"), default=True)
    listens = models.BooleanField(_("reactions are collected"), default=True)

    minimum_gap = models.PositiveIntegerField(_("minutes between two posts"), default=10)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    daily_quota = models.PositiveIntegerField(_("posts a day at most"), null=True, blank=True)
    limits = models.JSONField(_("limits"), default=dict, blank=True, editable=False)
    limits_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("last verified"), null=True, blank=True, editable=False)
    next_check_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When its token and limits are checked next, whether anything is sent or not."""
    followers = models.PositiveIntegerField(_("followers"), null=True, blank=True, editable=False)
    refresh_lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    secret_version = models.PositiveIntegerField(default=0, editable=False)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    """The last of 14, 7 and 2 days before expiry that was announced."""

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["network", "handle"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "server_url", "handle"],
                name="smeditor_account_once",
                violation_error_message=_("This account is already connected."),
            )
        ]
        permissions = [("connect_account", _("Can connect accounts and see their state"))]

    def __str__(self) -> str:
        return f"{self.handle or self.server_url} ({self.get_network_display()})"


class Slot(models.Model):
    """A weekly wall-clock time, in the newsroom's zone, at which an account posts."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    account = ParentalKey(Account, verbose_name=_("account"), on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices, validators=[MaxValueValidator(6)])
    time = models.TimeField(_("time"))

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["account", "weekday", "time"]
        constraints = [models.UniqueConstraint(fields=["account", "weekday", "time"], name="smeditor_slot_once")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.time:%H:%M}"


class RateLimit(models.Model):
    """What a network's own headers said last about one of its buckets for one account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="rate_limits")
    bucket = models.CharField(max_length=60)
    limit = models.PositiveIntegerField(default=0)
    remaining = models.IntegerField(default=0)
    resets_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rate limit")
        constraints = [models.UniqueConstraint(fields=["account", "bucket"], name="smeditor_rate_limit_once")]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.remaining}/{self.limit}"
