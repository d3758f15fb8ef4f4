"""Holds: graded stops, each with its reason and its review time."""

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.desks import Desk
from smeditor.models.moments import MomentField
from smeditor.models.posts import Post
from smeditor.models.text_fields import NormalCharField


class Hold(models.Model):
    """A stop. It binds everything that is not yet being sent from the instant it is committed."""

    class Scope(models.TextChoices):
        ALL = "all", _("everything")
        NETWORK = "network", _("a network")
        ACCOUNT = "account", _("an account")
        DESK = "desk", _("a desk")
        TOPIC = "topic", _("a topic")
        ARTICLE = "article", _("an article")
        POST = "post", _("a post")

    scope = models.CharField(_("what is stopped"), max_length=10, choices=Scope.choices)
    network = models.CharField(_("network"), max_length=30, blank=True)
    account = models.ForeignKey(Account, verbose_name=_("account"), null=True, blank=True, on_delete=models.CASCADE)
    desk = models.ForeignKey(Desk, verbose_name=_("desk"), null=True, blank=True, on_delete=models.CASCADE)
    topic = NormalCharField(_("topic"), max_length=100, blank=True)
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    post = models.ForeignKey(
        Post,
        verbose_name=_("post"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="holds",
    )
    reason = NormalCharField(_("reason"), max_length=500)
    review_at = MomentField(_("review at"), null=True, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("placed by"),
    )
    placed_at = models.DateTimeField(auto_now_add=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    """When it was written to those concerned that its review time has come."""
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["-placed_at"]
        indexes = [models.Index(fields=["id"], name="smeditor_hold_open", condition=models.Q(lifted_at__isnull=True))]

    def __str__(self) -> str:
        return gettext("%(what)s: %(why)s") % {"what": self.get_scope_display(), "why": self.reason}


class Heartbeat(models.Model):
    """When a beat or a worker last looked at the queue, so that the admin can say so."""

    name = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=20)
    seen_at = models.DateTimeField()
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
