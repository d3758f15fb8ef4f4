"""Desks: the groups of people who share accounts and sections."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Desk(models.Model):
    """A section's or a language's team: who works there, which sections it follows, where its mail goes."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    sections = models.JSONField(
        _("sections"), default=list, blank=True, help_text=_("Short names of the sections whose reactions it handles.")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("members"), blank=True, related_name="smeditor_desks"
    )

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
