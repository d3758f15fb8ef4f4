"""Tips: information for the newsroom, out of everybody's sight but a few."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.fields import EncryptedJSONField


class Tip(models.Model):
    """An encrypted envelope under a code name. It is not a reaction any more: nothing links back to one."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        TAKEN = "taken", _("taken")
        USED = "used", _("used")
        DISMISSED = "dismissed", _("dismissed")

    code_name = models.CharField(_("code name"), max_length=60, unique=True)
    envelope = EncryptedJSONField(default=dict)
    """{"text", "author", "contact", "url", "article", "cues"}."""
    origin = models.CharField(max_length=64, unique=True)
    """Keyed hash of the origin, so that the same tip is not taken in twice."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    received_on = models.DateField(_("received"))
    """The day only: times help to find a source."""
    purge_on = models.DateField(_("erased on"))
    announced_on = models.DateField(null=True, editable=False)
    """When its readers were told that it is about to be erased unread."""
    readers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("who may read it"), blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tip")
        verbose_name_plural = _("tips")
        ordering = ["-received_on", "-pk"]
        permissions = [("read_tip", _("Can open tips")), ("seal_tip", _("Can turn a reaction into a tip"))]

    def __str__(self) -> str:
        return self.code_name


class TipAccess(models.Model):
    """Who opened which tip when."""

    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    operation = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("access to a tip")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.tip_id} {self.operation}"

    def operation_label(self) -> str:
        """What was done, for the log that the tip's readers see."""
        done = {"sealed": _("sealed it"), "opened": _("opened it"), "named": _("named a further reader")}
        return str({**done, **dict(Tip.State.choices)}.get(self.operation, self.operation))
