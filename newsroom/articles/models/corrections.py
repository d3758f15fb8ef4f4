"""What a newspaper owes its readers when it was wrong."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel


class Correction(models.Model):
    """What readers are told under an article that was wrong, unclear or went on."""

    class Kind(models.TextChoices):
        """What is owed: an erratum, a clarification, an update."""

        ERRATUM = "erratum", _("Erratum")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    page = ParentalKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="corrections")
    date = models.DateTimeField(_("date"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ERRATUM)
    text = models.TextField(_("text"), help_text=_("What was wrong, and what is right."))

    panels = [FieldPanel("kind"), FieldPanel("date"), FieldPanel("text")]

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.date:%Y-%m-%d}"
