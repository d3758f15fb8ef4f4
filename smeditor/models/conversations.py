"""Conversations: the threads that the desk answers."""

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account


class Conversation(models.Model):
    """One thread with readers: since when it waits, who has taken it, who answered."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed without an answer")

    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="smeditor_conversations",
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    """Counts up at every change; a form that was opened on an older version is told so."""

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["waiting_since"]
        indexes = [models.Index(fields=["state", "waiting_since"], name="smeditor_conversation_open")]

    def __str__(self) -> str:
        return f"#{self.pk}"
