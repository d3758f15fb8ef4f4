"""What a network asks a person to paste, as fields of a form; and the help that it brings, as a panel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.admin.panels import ObjectList, Panel

from smeditor.desk.accounts import help
from smeditor.desk.fields import Secret
from smeditor.models.text_fields import NormalCharFormField
from smeditor.networks.connecting import SecretField
from smeditor.networks.credentials import NOT_SECRET

PREFIX = "secret_"
"""Keeps a network's own names apart from the form's other fields."""


def field_name(name: str) -> str:
    """The form's field for the secret ``name`` of a network."""
    return f"{PREFIX}{name}"


def add_fields(form: forms.Form, secrets: Iterable[SecretField], *, stored: bool) -> list[str]:
    """Add one field for each of ``secrets`` and return the fields' names.

    ``stored``: they lie in the database and are never shown.
    """
    names = []
    for secret in secrets:
        form.fields[field_name(secret.name)] = forms.CharField(
            label=secret.label,
            required=False,
            strip=True,
            max_length=4000,
            widget=Secret,
            help_text=_help(secret, stored=stored),
        )
        names.append(field_name(secret.name))
    return names


def _help(secret: SecretField, *, stored: bool) -> str:
    if stored:
        return gettext("A secret is stored. Type a new one only to replace it.")
    kept = gettext("It is stored encrypted and never shown.")
    return f"{secret.help_text} {kept}".strip()


def app_field(field: SecretField, *, stored: str) -> forms.CharField:
    """The form's field for a key of the newsroom's app; ``stored``: its value, shown only where it is no secret."""
    if is_public(field):
        return NormalCharFormField(
            label=field.label, required=field.required, max_length=4000, initial=stored, help_text=field.help_text
        )
    return forms.CharField(
        label=field.label,
        required=field.required and not stored,
        strip=True,
        max_length=4000,
        widget=Secret,
        help_text=_help(field, stored=bool(stored)),
    )


def is_public(field: SecretField) -> bool:
    """Whether its value may be shown again."""
    return field.public or field.name in NOT_SECRET


class SecretsPanel(Panel):
    """Shows the form's secrets, which depend on the network."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one form."""

        template_name = "smeditor/admin/accounts/secrets.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """The template receives the form's secrets as ``fields``."""
            context = super().get_context_data(parent_context)
            context["fields"] = [self.form[name] for name in self.form.secret_names]
            return context


class NetworkHelpPanel(Panel):
    """What to do at the provider, and the network's limits, beside the form."""

    class BoundPanel(Panel.BoundPanel):
        """The help of the form's network."""

        template_name = "smeditor/admin/accounts/help.html"

        def is_shown(self) -> bool:
            """Where the network is known and has something to say."""
            return super().is_shown() and self.form.network is not None and help.has_help(self.form.network)

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """The template receives the network's help; it is open while nothing is connected."""
            context = super().get_context_data(parent_context)
            return {**context, **help.help_of(self.form.network), "open": self.instance.pk is None}


class AccountPanels(ObjectList):
    """The panels of an account, whose secrets :class:`SecretsPanel` draws: Wagtail would draw them a second time.

    A browser sends both, and the second, which stands empty behind the form, is the one that Django reads.
    """

    class BoundPanel(ObjectList.BoundPanel):
        def render_missing_fields(self) -> SafeString:
            """Nothing: every field of the form stands in a panel."""
            return SafeString("")
