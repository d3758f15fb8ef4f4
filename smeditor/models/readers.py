"""Readers: the authors of reactions, as keyed pseudonyms."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reader(models.Model):
    """One person on one network, known by a keyed hash of the network's id: enough to count people, not to find them."""

    pseudonym = models.CharField(max_length=64)
    network = models.CharField(_("network"), max_length=30)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    opted_out = models.BooleanField(_("does not want to be collected"), default=False)
    is_staff = models.BooleanField(_("works here"), default=False)
    """A journalist's own account: labelled, never counted as a reader."""
    is_bot = models.BooleanField(_("automatic"), default=False)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        constraints = [models.UniqueConstraint(fields=["pseudonym"], name="smeditor_reader_once")]
        permissions = [("erase_reader", _("Can erase all that a reader wrote"))]

    def __str__(self) -> str:
        return f"{self.network}:{self.pseudonym[:8]}"
