"""Correcting posts: what was wrong in an article, and one task for each post that carried it to readers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from smeditor.models.deliveries import Delivery
from smeditor.models.posts import Post
from smeditor.models.text_fields import NormalTextField


class Erratum(models.Model):
    """What readers of an article are told was wrong or unclear in it; once for each text of an article."""

    article_key = models.PositiveBigIntegerField(editable=False)
    """The article's id, kept when the article is deleted."""
    text = NormalTextField(_("correction"))
    text_hash = models.CharField(max_length=64)
    """SHA-256 of the text, so that the same correction is noted once however often its article is published."""
    noted_at = models.DateTimeField()
    """When the desk learned of it: what was approved before says it wrong."""
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    in_article = models.BooleanField(default=False, editable=False)
    """The article itself says it, so that what was not begun is over when the article says it no more."""

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        ordering = ["-noted_at"]
        constraints = [models.UniqueConstraint(fields=["article_key", "text_hash"], name="smeditor_erratum_once")]

    def __str__(self) -> str:
        return Truncator(self.text).chars(80)


class PostCorrection(models.Model):
    """The task of correcting one post on one account: opened by a correction or an unpublication, tracked to its end."""

    class Cause(models.TextChoices):
        ERRATUM = "erratum", _("correction")
        UNPUBLISHED = "unpublished", _("article unpublished")

    class Remedy(models.TextChoices):
        EDIT = "edit", _("edit")
        REPLY = "reply", _("reply beneath it")
        QUOTE = "quote", _("quote it")
        REPLACE = "replace", _("delete and post again")
        DELETE = "delete", _("delete")
        NOTHING = "nothing", _("nothing possible")

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        UNDERWAY = "underway", _("under way")
        DONE = "done", _("done")
        DECLINED = "declined", _("left as it is")
        OVER = "over", _("no longer needed")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="corrections", db_index=False)
    """The publication that carried it."""
    article_key = models.PositiveBigIntegerField(editable=False)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices, default=Cause.ERRATUM)
    erratum = models.ForeignKey(
        Erratum, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks", db_index=False
    )
    """None where the article was unpublished."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    state_reason = models.CharField(_("reason"), max_length=500, blank=True)
    remedy = models.CharField(_("remedy"), max_length=8, choices=Remedy.choices, blank=True)
    """What somebody has begun; empty while nobody has."""
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="corrects")
    """The post that corrects it, where the remedy wrote one: a reply, or what is posted again."""
    opened_at = models.DateTimeField(_("since"))
    """What was approved before this says it wrong."""
    closed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("post to correct")
        verbose_name_plural = _("posts to correct")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "erratum"], name="smeditor_post_correction_once"),
        ]
        indexes = [
            # What is not closed is a handful, however much was corrected: the tick and the number in the menu ask for it.
            # Without a value to compare, as SQLite wants it of a partial index.
            models.Index(
                fields=["-opened_at", "-id"],
                name="smeditor_post_correction_open",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["-opened_at", "-id"], name="smeditor_post_correction_list"),
            models.Index(fields=["state", "-opened_at", "-id"], name="smeditor_post_correction_state"),
            models.Index(fields=["article_key"], name="smeditor_post_correction_story"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.closed_at is None

    @classmethod
    def open_tasks(cls) -> models.QuerySet[Any]:
        """The tasks that are neither done, nor declined, nor over."""
        return cls._default_manager.filter(closed_at__isnull=True)
