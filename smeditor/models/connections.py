"""What connecting an account needs before there is one: the newsroom's own app at a network, and a consent under way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account, network_choices
from smeditor.models.fields import EncryptedJSONField, LinkField


class NetworkApp(models.Model):
    """The newsroom's own app at a network: what its provider gave when it was created there, entered once."""

    network = models.CharField(_("network"), max_length=30, choices=network_choices)
    server_url = LinkField(_("server"), max_length=255)
    keys = EncryptedJSONField(_("keys"), default=dict, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    entered_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("app at a network")
        verbose_name_plural = _("apps at networks")
        ordering = ["network", "server_url"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "server_url"],
                name="smeditor_network_app_once",
                violation_error_message=_("There is an app for this server already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_network_display()} ({self.server_url})"


class PendingConnection(models.Model):
    """A person is at a network's consent screen, or chooses what it let them have: for minutes, once, in one browser.

    Neither the state nor what marks the browser is stored, only their hashes. What it holds is erased when it is over.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.CharField(max_length=30, choices=network_choices)
    server_url = LinkField(max_length=255, blank=True)
    redirect_uri = models.CharField(max_length=500)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    """The account that shall be connected again; None for a new one."""
    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    kept = EncryptedJSONField(default=dict, blank=True)
    """The address of the consent screen, and what the network wants back with the return (a PKCE verifier)."""
    granted = EncryptedJSONField(default=dict, blank=True)
    """After the return: the scopes, and the identities with their credentials."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    """When the browser came back: it cannot come back twice."""

    class Meta:
        verbose_name = _("connection under way")
        verbose_name_plural = _("connections under way")

    def __str__(self) -> str:
        return f"{self.get_network_display()}: {self.user}"
