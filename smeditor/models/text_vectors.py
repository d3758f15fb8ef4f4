"""What an encoder made of readers' texts: derived from their words, so erased with them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.reactions import ReactionText


class TextVector(models.Model):
    """A text as a vector. It says nothing about a text that was edited since: whoever stores the new one deletes it."""

    content = models.OneToOneField(ReactionText, primary_key=True, on_delete=models.CASCADE, related_name="vector")
    encoder = models.CharField(max_length=200)
    """The model and its version. Vectors of two of them cannot be compared."""
    text_hash = models.CharField(max_length=32)
    """BLAKE2b (RFC 7693), 16 bytes in hexadecimal, of what was encoded: an equal text has the vector of this one."""
    vector = models.BinaryField()
    """One signed byte for each dimension."""

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("meaning of a text")
        indexes = [
            models.Index(fields=["text_hash", "encoder"], name="smeditor_vector_hash"),
            # What another encoder made, the newest first.
            models.Index(fields=["encoder", "content"], name="smeditor_vector_encoder"),
        ]

    def __str__(self) -> str:
        return f"#{self.content_id}"
