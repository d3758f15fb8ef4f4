"""Correction requests: claimed errors, from the claim to the thanks."""

import swapper
from django.conf import settings
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from smeditor.models.reactions import Reaction
from smeditor.models.text_fields import NormalTextField


class CorrectionRequest(models.Model):
    """A reader says that something in an article is wrong."""

    class Verdict(models.TextChoices):
        OPEN = "open", _("to be checked")
        FIXED = "fixed", _("corrected")
        DECLINED = "declined", _("nothing to correct")

    class Kind(models.TextChoices):
        FACT = "fact", _("fact")
        TYPO = "typo", _("typing error")

    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.FACT)
    passage = NormalTextField(_("passage"), blank=True)
    claim = NormalTextField(_("claim"), blank=True)
    similar_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="similar", db_index=False
    )
    reaction = models.OneToOneField(
        Reaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="correction_request"
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    reason = NormalTextField(_("reason"), blank=True)
    erratum = NormalTextField(_("erratum"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["verdict", "-created_at"], name="smeditor_correction_verdict"),
            # The list of first claims: PostgreSQL reads it by the partial one, SQLite, which knows NULL as a value, by the other.
            models.Index(fields=["similar_to", "-created_at"], name="smeditor_correction_similar"),
            models.Index(
                fields=["-created_at"], name="smeditor_correction_first", condition=models.Q(similar_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return Truncator(self.claim).chars(80) or f"#{self.pk}"
