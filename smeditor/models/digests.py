"""Digests: what goes to one journalist by mail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Digest(models.Model):
    """One mail to one journalist. It keeps which things it spoke of, never a copy of a reader's words."""

    class State(models.TextChoices):
        READY = "ready", _("ready")
        SENDING = "sending", _("sending")
        SENT = "sent", pgettext_lazy("letter", "sent")
        EMPTY = "empty", _("nothing to tell")
        FAILED = "failed", _("not sent")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("for"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="smeditor_digests",
    )
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.READY)
    items = models.JSONField(default=dict, blank=True)
    """{"concerns": [ids], "corrections": [ids], "reactions": [ids], "tips": count, "articles": [ids]}."""
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-until", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "until"], name="smeditor_digest_user_once")]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"


class DigestPreference(models.Model):
    """How often a journalist wants the digest, and in which language."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")
        NEVER = "never", _("never")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="smeditor_digest_preference"
    )
    frequency = models.CharField(_("frequency"), max_length=8, choices=Frequency.choices, default=Frequency.DAILY)
    language = models.CharField(_("language"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("digest preference")
        verbose_name_plural = _("digest preferences")

    def __str__(self) -> str:
        return f"{self.user}: {self.frequency}"
