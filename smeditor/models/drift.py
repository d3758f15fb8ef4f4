"""Drift: a post says of its article what is not so any more."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.posts import Post


class ArticleDrift(models.Model):
    """What changed in the article since a post was written, and what an editor decided about that.

    There is one row for a post while it differs from its article, and none once it matches again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("no longer matches the article")
        TAKEN = "taken", _("updated, waits for approval")
        LEFT = "left", _("left as it is")

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="drift")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    differences = models.JSONField(default=list)
    """``[{"field", "old", "new"}]``, as :class:`smeditor.articles.Difference` names them."""
    article_state = models.CharField(max_length=32)
    """:func:`smeditor.articles.state_hash` of the article that the post was compared with: "left" holds for this one."""
    found_at = models.DateTimeField()
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("difference from the article")
        verbose_name_plural = _("differences from the article")
        indexes = [
            # What the list of posts narrows to: a handful, however many were left before.
            models.Index(fields=["state", "post"], name="smeditor_drift_state"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided about it yet."""
        return self.state == self.State.OPEN
