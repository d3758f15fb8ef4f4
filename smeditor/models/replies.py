"""Saved replies: the simple, well-honed arguments of the desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.text_fields import NormalCharField, NormalTextField


class SavedReply(models.Model):
    """An "élément de langage", by language and situation, with how often it was used."""

    title = NormalCharField(_("title"), max_length=150)
    language = models.CharField(_("language"), max_length=12)
    situation = models.CharField(_("situation"), max_length=20, blank=True)
    """The label of the reactions it is proposed for; empty: for any."""
    text = NormalTextField(_("text"), help_text=_("Fields: {name} {article} {url}."))
    active = models.BooleanField(_("active"), default=True)
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["language", "title"]

    def __str__(self) -> str:
        return self.title
