"""The secrets that networks ask for, as fields of the account's form: what each network says it needs, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.admin.panels import ObjectList, Panel

from smeditor.desk.fields import Secret
from smeditor.networks.base import Network
from smeditor.networks.connecting import SecretField
from smeditor.networks.registry import network_classes

PREFIX = "secret_"
"""Keeps a network's own names apart from the form's other fields."""


def field_name(name: str) -> str:
    """The form's field for the secret ``name`` of a network."""
    return f"{PREFIX}{name}"


def add_fields(form: forms.Form, added: Mapping[str, str], *, stored: bool) -> list[str]:
    """Add one field for each secret that some network needs; networks that call theirs alike share it.

    ``added``: the networks of the settings. ``stored``: a secret lies in the database and is never shown. Returns the
    fields' names.
    """
    needed: dict[str, list[tuple[type[Network], SecretField]]] = {}
    for network in network_classes(added):
        for secret in network.connecting.secrets:
            needed.setdefault(secret.name, []).append((network, secret))
    for name, users in needed.items():
        labels = ", ".join(str(network.label) for network, _secret in users)
        form.fields[field_name(name)] = forms.CharField(
            label=f"{users[0][1].label} ({labels})",
            required=False,
            strip=True,
            max_length=4000,
            widget=Secret,
            help_text=_help([secret for _network, secret in users], stored=stored),
        )
    return [field_name(name) for name in needed]


def _help(users: list[SecretField], *, stored: bool) -> str:
    if stored:
        return gettext("A secret is stored. Type a new one only to replace it.")
    where = " ".join(str(secret.help_text) for secret in users if secret.help_text)
    return f"{where} {gettext('It is stored encrypted and never shown.')}".strip()


def server_help(added: Mapping[str, str]) -> str:
    """What to type as the server: an example, and for which networks nothing need be typed."""
    homes = [
        f"{network.label} ({home})" for network in network_classes(added) if (home := network.connecting.home_server)
    ]
    sentence = gettext("For instance https://mastodon.social.")
    if homes:
        sentence += " " + gettext("May stay empty for: %(networks)s.") % {"networks": ", ".join(homes)}
    return sentence


class SecretsPanel(Panel):
    """Shows the form's secrets, which depend on the installed networks."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one form."""

        template_name = "smeditor/admin/panels/account_secrets.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """The template receives the form's secrets as ``fields``."""
            context = super().get_context_data(parent_context)
            context["fields"] = [self.form[name] for name in self.form.secret_names]
            return context


class AccountPanels(ObjectList):
    """The panels of an account, whose secrets :class:`SecretsPanel` draws: Wagtail would draw them a second time.

    A browser sends both, and the second, which stands empty behind the form, is the one that Django reads.
    """

    class BoundPanel(ObjectList.BoundPanel):
        def render_missing_fields(self) -> SafeString:
            """Nothing: every field of the form stands in a panel."""
            return SafeString("")
