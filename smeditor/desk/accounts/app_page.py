"""The keys of the newsroom's own app at a network: entered once, stored encrypted, never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.log_actions import log

from smeditor import conf
from smeditor.accounts import apps
from smeditor.desk.accounts.pages import NetworkPage, paste_url
from smeditor.desk.accounts.secrets import app_field, is_public
from smeditor.desk.base import Parents
from smeditor.networks.base import Network


class AppForm(forms.Form):
    """One field for each key that the network's app has. A secret that is left empty stays as it is."""

    server_url = forms.URLField(
        label=_("Server"),
        assume_scheme="https",
        max_length=255,
        help_text=_("Where the app was created. Leave it as it is, unless the provider named another one."),
    )

    def __init__(self, network: type[Network], known: apps.KnownApp, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network
        stored = known.row.keys if known.row else {}
        for field in network.connecting.app_fields:
            self.fields[field.name] = app_field(field, stored=stored.get(field.name, ""))
        home = known.row.server_url if known.row else network.connecting.home_server
        self.fields["server_url"].initial = home
        self.order_fields([*(field.name for field in network.connecting.app_fields), "server_url"])

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where nothing secret can be stored."""
        try:
            conf.secret_keys()
        except ImproperlyConfigured as error:
            sentence = _(
                "The site has no key to store a secret safely. Ask whoever keeps it running to set SECRET_KEYS."
            )
            raise forms.ValidationError(sentence) from error
        return super().clean() or self.cleaned_data

    @property
    def keys(self) -> dict[str, str | None]:
        """What was typed, by the names of the network's fields; None for a secret that was left empty."""
        typed = {field: self.cleaned_data.get(field.name, "") for field in self.network.connecting.app_fields}
        return {field.name: value or ("" if is_public(field) else None) for field, value in typed.items()}


class AppPage(NetworkPage, FormView):
    """Enter the keys of the newsroom's app at one network."""

    page_title = _("Keys of the newsroom's app")
    template_name = "smeditor/admin/accounts/app.html"
    form_class = AppForm

    @property
    def parents(self) -> Parents:
        """The network's page besides."""
        own = reverse("smeditor:account_network", args=[self.network.slug])
        return (*super().parents, (own, self.network.label))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A network that wants no app leads back to its page."""
        if not self.network.connecting.app_fields:
            return redirect("smeditor:account_network", self.network.slug)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        """Whose keys they are."""
        return gettext("Keys of the newsroom's app at %(network)s") % {"network": self.network.label}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form receives the network and what is known of its app."""
        return {**super().get_form_kwargs(), "network": self.network, "known": self.known}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the network's help, its addresses, and where its keys are already."""
        return super().get_context_data(**kwargs, **self.own_addresses(), known=self.known)

    def form_valid(self, form: AppForm) -> HttpResponse:
        """Store the keys, log who entered them, and go on to connecting."""
        user = self.request.user
        row = apps.store(self.network, form.cleaned_data["server_url"], form.keys, user, timezone.now())
        log(instance=row, action="smeditor.app_entered", user=user)
        messages.success(self.request, gettext("The keys are stored. Now connect an account."))
        if self.network.connecting.consent:
            return redirect("smeditor:account_network", self.network.slug)
        return redirect(paste_url(self.network))
