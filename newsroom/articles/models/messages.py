"""What a reader told us through the newspaper's own form, kept until the social desk has it."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReaderMessageQuerySet(models.QuerySet):
    """Readers' messages by whether the desk has them."""

    def waiting(self) -> "ReaderMessageQuerySet":
        """Those that the desk has not taken yet."""
        return self.filter(handled_at__isnull=True)


class ReaderMessage(models.Model):
    """One message from the form, about one article or none."""

    class Kind(models.TextChoices):
        """What the reader says that the message is."""

        ERROR = "error", _("I found an error")
        QUESTION = "question", _("I have a question")
        TESTIMONY = "testimony", _("I want to tell what I have lived through")
        TIP = "tip", _("I have information for the newsroom")
        THANKS = "thanks", _("I want to say thank you")

    article = models.ForeignKey(
        "articles.ArticlePage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    passage = models.TextField(_("passage"), blank=True)
    message = models.TextField(_("message"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    handled_at = models.DateTimeField(_("handed over at"), null=True, blank=True)

    objects = ReaderMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader's message")
        verbose_name_plural = _("readers' messages")
        ordering = ["received_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.received_at:%Y-%m-%d %H:%M})"

    def forget(self, now: datetime) -> None:
        """Mark as handed over and keep nothing of what the reader wrote: the desk's copy is the only one.

        Nor what would lead to who wrote a tip: its kind, its article, the time but for the day.
        """
        self.handled_at = _day(now)
        self.received_at = _day(self.received_at)
        self.article = None
        self.kind = self.passage = self.message = self.name = self.email = ""
        self.save()


def _day(moment: datetime) -> datetime:
    """The beginning of the day of ``moment``."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
