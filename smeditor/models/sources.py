"""Sources: where reactions are collected, and how far."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import swapper
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.fields import LinkField


class Source(models.Model):
    """An account's notifications, a feed, or a page that discusses an article; with its cursor and its health."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("account")
        FEED = "feed", _("feed")
        PAGE = "page", _("web page")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    url = LinkField(_("address"), max_length=500, blank=True)
    account = models.OneToOneField(
        Account, verbose_name=_("account"), null=True, blank=True, on_delete=models.CASCADE, related_name="source"
    )
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The article that the page discusses; empty: found by its links."),
    )
    active = models.BooleanField(_("active"), default=True)
    etag = models.CharField(max_length=255, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    cursor = models.JSONField(default=dict, blank=True, editable=False)
    host = models.CharField(max_length=255, blank=True, editable=False)
    """Who is asked: no host is asked by too many at once."""
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When the last read began, whatever came of it."""
    next_poll_at = models.DateTimeField(_("next look"), null=True, blank=True, editable=False)
    poll_by = models.DateTimeField(null=True, blank=True, editable=False)
    """When it is late: the pause that its plan gives it, and half of that again."""
    seconds = models.FloatField(_("seconds to answer"), null=True, blank=True, editable=False)
    """How long the last read waited for others."""
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    problem = models.CharField(_("problem"), max_length=500, blank=True, editable=False)
    refusals = models.JSONField(default=dict, blank=True, editable=False)
    """Hosts that would not say whether something is still there: {host: [failures in a row, until when it is left
    alone]}.
    """

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["kind", "name"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it with the host of its address, or of its account's server."""
        self.host = host_of(self.url or (self.account.server_url if self.account else ""))
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name or self.url or str(self.account)


def host_of(address: str) -> str:
    """The host of an address without ``www.``; empty where there is none."""
    try:
        return (urlsplit(address).hostname or "").lower().removeprefix("www.")[:255]
    except ValueError:
        return ""
