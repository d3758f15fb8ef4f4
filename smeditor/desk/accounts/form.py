"""The form of an account: what its network asks for must be there, and must work, to be stored."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from smeditor import conf
from smeditor.accounts import clients, connect
from smeditor.desk.accounts import secrets
from smeditor.desk.accounts.help import find_network
from smeditor.exceptions import SmeditorError
from smeditor.models import Account
from smeditor.networks.connecting import Connecting

NOWHERE = Connecting(secrets=())
"""What a network that is not installed asks for."""
PLACE = ("server_url", "handle")


class AccountForm(WagtailAdminModelForm):
    """The network is chosen before and stays. Where it has a consent screen, that alone says who is connected."""

    class Meta(WagtailAdminModelForm.Meta):
        model = Account
        fields = ["network", "server_url", "handle"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection: connect.Connection | None = None
        slug = self.instance.network or self.data.get("network", "")
        self.network = find_network(slug)
        self.connecting = self.network.connecting if self.network else NOWHERE
        stored = bool(self.instance.pk and self.instance.secret)
        self.secret_names = secrets.add_fields(self, self.connecting.secrets, stored=stored)
        self.fields["network"].choices = [choice for choice in self.fields["network"].choices if choice[0] == slug]
        self.fields["server_url"].required = False
        if self.instance.pk and not self.connecting.secrets:
            for name in PLACE:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("As the network says. It changes with the next verification.")
        else:
            self.fields["server_url"].help_text = self._server_help()
            example = _("For instance newsroom@mastodon.social or newsroom.bsky.social.")
            self.fields["handle"].help_text = self.connecting.handle_help or example

    def _server_help(self) -> Any:
        if self.connecting.home_server:
            return _("Leave it as it is, unless the account lives elsewhere.")
        return _("For instance https://mastodon.social.")

    def clean(self) -> dict[str, Any]:
        """Complete the server and the handle from what the network knows, and try the connection before it is stored."""
        data = super().clean()
        if self.network is not None and self.connecting.secrets:
            data["server_url"] = data.get("server_url") or self.connecting.home_server
            data["handle"] = (data.get("handle") or "").removeprefix("@")
            self._clean_needed(data)
            self._clean_key()
            if not self.errors and self._is_new_connection():
                self._connect(data)
        elif not self.instance.pk and not self.errors:
            self.add_error("network", _("Accounts of this network are connected through its own consent screen."))
        return data

    def _is_new_connection(self) -> bool:
        return bool({*PLACE, *self.secret_names} & set(self.changed_data)) or not self.instance.pk

    def _clean_needed(self, data: dict[str, Any]) -> None:
        if not data["server_url"]:
            self.add_error("server_url", _("Say on which server the account lives."))
        if self.connecting.needs_handle and not data["handle"]:
            self.add_error("handle", _("This network needs the handle to log in."))
        stored = bool(self.instance.pk and self.instance.secret)
        moved = set(PLACE) & set(self.changed_data)
        for secret in self.connecting.secrets:
            if secret.required and not data.get(secrets.field_name(secret.name)) and (moved or not stored):
                self.add_error(secrets.field_name(secret.name), _("This is needed to act for the account."))

    def _clean_key(self) -> None:
        try:
            conf.secret_keys()
        except ImproperlyConfigured:
            sentence = _(
                "The site has no key to store a secret safely. Ask whoever keeps it running to set SECRET_KEYS."
            )
            self.add_error(None, sentence)

    def _connect(self, data: dict[str, Any]) -> None:
        """Ask the network before anything is stored: an account that it refuses never comes to be."""
        typed = {secret.name: data.get(secrets.field_name(secret.name), "") for secret in self.connecting.secrets}
        secret = {**(self.instance.secret or {}), **typed} if not any(typed.values()) else typed
        try:
            connection = connect.connect(data["network"], data["server_url"], data["handle"], secret)
        except SmeditorError as error:
            self.add_error(None, error.sentence or _("The network does not accept this account."))
            return
        profile = connection.profile
        if self.instance.pk and self.instance.remote_id not in {"", profile.remote_id}:
            self.add_error(None, connect.other_identity(self.instance, profile))
            return
        data["handle"] = profile.handle or data["handle"]
        place = Account(pk=self.instance.pk, network=data["network"], server_url=data["server_url"])
        if clients.others_of(place, profile.remote_id, data["handle"]).exists():
            self.add_error(None, _("This account is already connected."))
            return
        self.connection = connection

    def save(self, commit: bool = True) -> Account:
        """Store the account, with what the network answered when it was tried."""
        if self.connection is not None:
            connect.adopt(self.instance, self.connection, timezone.now())
        return super().save(commit)
