"""Alerts: when something starts to burn."""

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account


class Alert(models.Model):
    """A spike in volume or in tone, with what it was compared with."""

    class Kind(models.TextChoices):
        EARLY = "early", _("early")
        CONFIRMED = "confirmed", _("confirmed")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("seen")
        SNOOZED = "snoozed", _("snoozed")
        OVER = "over", _("over")

    class Verdict(models.TextChoices):
        REAL = "real", _("something was going on")
        NOTHING = "nothing", _("it was nothing")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    measure = models.CharField(_("measure"), max_length=20, default="people")
    scope = models.CharField(_("scope"), max_length=100)
    """``outlet``, ``article:12``, ``account:3`` or ``topic:transports``."""
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(_("since"))
    count = models.FloatField(_("came"))
    expected = models.FloatField(_("expected"))
    score = models.FloatField(default=0)
    series = models.JSONField(default=list, blank=True)
    """[[time, came, expected]] for the plot."""
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, blank=True)
    """What an editor said of it: the detector heeds it for as long as it looks back."""
    snoozed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["scope", "measure", "kind", "at"], name="smeditor_alert_once")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.count:g} / {self.expected:g}"


class AlertSwitch(models.Model):
    """Whether alerts are raised: one row. They stay off until somebody has seen what they would have said."""

    on = models.BooleanField(_("alerts are on"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("switch of the alerts")

    def __str__(self) -> str:
        return "on" if self.on else "off"

    @classmethod
    def is_on(cls) -> bool:
        """Whether alerts are raised now."""
        return cls.objects.filter(on=True).exists()


class Tally(models.Model):
    """How many people reacted in one quarter of an hour: what alerts are read from. Numbers only, kept for ever."""

    scope = models.CharField(max_length=100)
    at = models.DateTimeField()
    """Start of the quarter of an hour."""
    people = models.PositiveIntegerField(default=0)
    critics = models.PositiveIntegerField(default=0)
    """People among them whose reaction carries criticism, abuse or a call for help."""
    messages = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        constraints = [models.UniqueConstraint(fields=["scope", "at"], name="smeditor_tally_once")]
        indexes = [models.Index(fields=["at"], name="smeditor_tally_at")]

    def __str__(self) -> str:
        return f"{self.scope} {self.at:%Y-%m-%d %H:%M}: {self.people}"
