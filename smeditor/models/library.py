"""The library: posts to write again from, and each time that was done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.posts import Post


class LibraryEntry(models.Model):
    """A post that is worth saying again: of class evergreen since it was approved, or kept by an editor."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="library_entry")
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """None where its class brought it here."""
    kept_at = models.DateTimeField(_("kept"))
    used_at = models.DateTimeField(_("used again"), null=True, blank=True)
    """When a draft was made of it last."""

    class Meta:
        verbose_name = _("library entry")
        verbose_name_plural = _("library entries")
        ordering = ["-kept_at"]
        indexes = [models.Index(fields=["-kept_at", "-id"], name="smeditor_library_kept")]

    def __str__(self) -> str:
        return str(self.post)


class LibraryUse(models.Model):
    """A post that was written from one in the library."""

    entry = models.ForeignKey(LibraryEntry, on_delete=models.CASCADE, related_name="uses")
    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="library_use")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("use of a library entry")
        verbose_name_plural = _("uses of library entries")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.post_id}"
