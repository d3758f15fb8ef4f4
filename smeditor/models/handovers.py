"""The note from one shift to the next: the figures as they were, and what the editor says to who comes."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext_lazy as _

from smeditor import conf
from smeditor.models.text_fields import NormalTextField

LONGEST_NOTE = 20_000
"""Characters of an editor's own words."""


class Handover(models.Model):
    """What one shift hands to the next. The figures are those that its maker could see; they never change."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made"), editable=False)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"), editable=False)
    counts = models.JSONField(default=list, editable=False)
    """[{"name", "n", "rows": [{…}]}] in order: see ``smeditor.desk.planning.handover_counts``."""
    text = NormalTextField(_("your words"), blank=True, validators=[MaxLengthValidator(LONGEST_NOTE)])
    changed_at = models.DateTimeField(null=True, editable=False)
    """When the words were changed last after the note was made."""

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["-made_at", "-id"], name="smeditor_handover_made")]

    def __str__(self) -> str:
        since, until = (timezone.localtime(moment, conf.zone()) for moment in (self.since, self.until))
        begin, end = date_format(since, "SHORT_DATETIME_FORMAT"), date_format(until, "SHORT_DATETIME_FORMAT")
        return f"{begin} – {time_format(until) if since.date() == until.date() else end}"
