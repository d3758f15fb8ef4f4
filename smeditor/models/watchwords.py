"""Word lists: wordings that a desk wants to be asked about, each with the sentence that says which is better."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from smeditor.models.checks import CheckSeverity
from smeditor.models.desks import Desk
from smeditor.models.text_fields import NormalCharField


class WordList(ClusterableModel, models.Model):
    """Wordings of one subject in one language, for one desk or for all."""

    name = NormalCharField(_("name"), max_length=100)
    desk = models.ForeignKey(
        Desk,
        verbose_name=_("desk"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="word_lists",
        help_text=_("Empty: for the accounts of every desk."),
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        help_text=_("Empty: for posts in any language."),
    )
    severity = models.CharField(
        _("severity"), max_length=8, choices=CheckSeverity.choices, default=CheckSeverity.WARNING
    )
    active = models.BooleanField(_("active"), default=True)
    starter = models.CharField(max_length=60, unique=True, null=True, blank=True, editable=False)
    """Which of the lists that come with the desk it began as; None for one of the newsroom's own."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class WatchWord(models.Model):
    """A wording of a list, and what to write instead."""

    word_list = ParentalKey(WordList, on_delete=models.CASCADE, related_name="entries")
    pattern = NormalCharField(
        _("wording"),
        max_length=100,
        help_text=_("Whole words, whatever their capitals and accents. A star stands for any ending: murder*."),
    )
    advice = NormalCharField(_("which wording is better, and why"), max_length=300)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["pattern", "pk"]

    def __str__(self) -> str:
        return self.pattern
