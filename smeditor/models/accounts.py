"""Accounts: one presence on one network, its slots and its rate limits."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
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
        DISCONNECTED = "disconnected", _("disconnected")

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
    """When the secret ends unless it is renewed, as the network says; None where it says nothing."""
    refresh_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When it cannot be renewed any more, as the network says."""
    reconnect_by = models.DateTimeField(_("must be reconnected by"), null=True, blank=True, editable=False)
    """The one of the two that a person must meet; None where the desk renews the secret by itself, or nothing ends."""
    scopes = models.JSONField(null=True, blank=True, editable=False)
    """What was granted, in the network's words; None where it does not tell."""
    test_message = models.JSONField(default=dict, blank=True, editable=False)
    """The test that was sent where only the account sees it, and is still there: ``uri``, ``url``, ``cid``."""

    desk = models.ForeignKey(
        Desk, verbose_name=_("desk"), null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts"
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    tone = NormalTextField(_("tone"), blank=True, help_text=_("How this account speaks: shown beside the text field."))
    no_emoji = models.BooleanField(_("no emoji"), default=False)
    no_exclamation = models.BooleanField(_("no exclamation marks"), default=False)
    no_capitals = models.BooleanField(_("no words in capitals"), default=False)
    no_humour = models.BooleanField(
        _("no humour"), default=False, help_text=_("Laughing emoji and written laughter are pointed out.")
    )
    most_hashtags = models.PositiveSmallIntegerField(
        _("hashtags at most"), null=True, blank=True, help_text=_("Empty: as many as the network takes.")
    )
    approval = models.CharField(_("approval"), max_length=12, choices=Approval.choices, default=Approval.ONE)
    fast_lane = models.BooleanField(
        _("fast lane for breaking news"),
        default=False,
        help_text=_("Who writes breaking news may send it at once; a desk editor reads it afterwards."),
    )
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
    monthly_ceiling = models.DecimalField(
        _("US dollars a month at most"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("For networks that charge for each call. Reading stops first, posting last. Empty: no ceiling."),
    )
    webhook_key = models.CharField(max_length=40, unique=True, null=True, blank=True, editable=False)
    """The part of the account's own webhook address that nobody guesses."""
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
                fields=["network", "server_url", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="smeditor_account_once",
                violation_error_message=_("This account is already connected."),
            ),
            # A handle may pass to somebody else: it tells accounts apart only until the network has told who they are.
            models.UniqueConstraint(
                fields=["network", "server_url", "handle"],
                condition=models.Q(remote_id=""),
                name="smeditor_account_once_by_handle",
                violation_error_message=_("This account is already connected."),
            ),
        ]
        permissions = [("connect_account", _("Can connect accounts and see their state"))]

    def __str__(self) -> str:
        named = self.handle if self.handle != self.remote_id else ""
        return f"{named or self.display_name or self.handle or self.server_url} ({self.get_network_display()})"


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
