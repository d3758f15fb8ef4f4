"""The newsroom's own app at a network: its keys as they were entered in the admin, else as the environment has them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smeditor import conf
from smeditor.exceptions import ConfigurationError
from smeditor.models import NetworkApp
from smeditor.networks.base import App, Network
from smeditor.networks.registry import get_network_class

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "SMEDITOR_APP_{network}_{field}"
"""A key in the environment; the field ``server_url`` says for which server, where it is not the network's own."""


@dataclass(frozen=True)
class KnownApp:
    """An app and where its keys were found: ``row`` in the admin, else in the environment, else nowhere."""

    app: App
    row: NetworkApp | None = None
    from_environment: bool = False

    @property
    def is_there(self) -> bool:
        """Whether there are keys to connect an account with."""
        return self.row is not None or self.from_environment


def find(network: type[Network], server_url: str = "") -> KnownApp:
    """The app for a server of ``network``; for its home server, else the one entered last, where no server is named.

    Keys of one server are never given to another. A network that wants no app is not looked up.
    """
    connecting = network.connecting
    wanted = normal(server_url or connecting.home_server)
    if not connecting.app_fields:
        return KnownApp(App(wanted))
    rows = list(NetworkApp.objects.filter(network=network.slug).order_by("-entered_at"))
    fallback = from_environment(network)
    exact = next((row for row in rows if normal(row.server_url) == wanted), None)
    if exact is not None:
        return _as_known(exact)
    if fallback.is_there and (not server_url or fallback.app.server_url == wanted):
        return fallback
    return _as_known(rows[0]) if rows and not server_url else KnownApp(App(wanted))


def app_of(network: type[Network], server_url: str) -> App:
    """The keys for calls on behalf of an account at ``server_url``; without keys where none were entered."""
    return find(network, server_url).app


def apps_of(slug: str) -> list[App]:
    """All of the newsroom's apps at the network ``slug``: whichever of them signed a webhook."""
    try:
        network = get_network_class(slug, conf.get("NETWORKS"))
    except ConfigurationError:
        return []
    found = [_as_known(row).app for row in NetworkApp.objects.filter(network=slug).order_by("-entered_at")]
    fallback = from_environment(network)
    return [*found, fallback.app] if fallback.is_there else found


def from_environment(network: type[Network]) -> KnownApp:
    """The app as the environment has it; it is there if the keys are that it cannot do without."""
    fields = network.connecting.app_fields
    keys = {field.name: value for field in fields if (value := os.environ.get(variable(network, field.name), ""))}
    server_url = os.environ.get(variable(network, "server_url"), "") or network.connecting.home_server
    is_there = bool(keys) and all(field.name in keys for field in fields if field.required)
    return KnownApp(App(normal(server_url), keys if is_there else {}), from_environment=is_there)


def variable(network: type[Network], field: str) -> str:
    """The name of the environment's variable for a field of the network's app."""
    return VARIABLE.format(network=network.slug.replace("-", "_").upper(), field=field.upper())


def store(
    network: type[Network], server_url: str, keys: Mapping[str, str | None], user: Any, now: datetime
) -> NetworkApp:
    """Store the keys of the app at ``server_url``, or of the network's home. None keeps what is stored, "" takes it away."""
    server_url = normal(server_url or network.connecting.home_server)
    row = NetworkApp.objects.filter(network=network.slug, server_url=server_url).first()
    row = row or NetworkApp(network=network.slug, server_url=server_url)
    known = {**row.keys, **{name: value for name, value in keys.items() if value is not None}}
    row.keys = {name: value for name, value in known.items() if value}
    row.entered_by_id, row.entered_at = getattr(user, "pk", None), now
    row.save()
    return row


def normal(server_url: str) -> str:
    """A server's address as it is compared: without a slash behind it."""
    return server_url.strip().rstrip("/")


def _as_known(row: NetworkApp) -> KnownApp:
    return KnownApp(App(normal(row.server_url), row.keys), row)
