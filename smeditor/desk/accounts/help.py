"""A network's help for whoever connects an account, drawn from what the network itself declares."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext

from smeditor import conf
from smeditor.exceptions import ConfigurationError
from smeditor.models.accounts import network_choices
from smeditor.networks.base import Network
from smeditor.networks.registry import get_network_class


def network_or_404(slug: str) -> type[Network]:
    """The network of that name, if accounts of it can be connected. Raises Http404."""
    network = find_network(slug)
    if network is None or not is_connectable(network):
        raise Http404
    return network


def find_network(slug: str) -> type[Network] | None:
    """The network of that name; None where none is installed."""
    try:
        return get_network_class(slug, conf.get("NETWORKS"))
    except ConfigurationError:
        return None


def connectable() -> list[type[Network]]:
    """The networks of which accounts can be connected, by their labels. One that cannot be imported is left out."""
    found = [find_network(slug) for slug, _label in network_choices()]
    return sorted(
        (network for network in found if network and is_connectable(network)), key=lambda network: network.label.lower()
    )


def is_connectable(network: type[Network]) -> bool:
    """Whether there is a way: a consent screen, or something to paste."""
    return network.connecting.consent or bool(network.connecting.secrets)


def needs_of(network: type[Network]) -> str:
    """What must be there beforehand, in a sentence: the network's own, else what its form asks for."""
    connecting = network.connecting
    if connecting.needs:
        return str(connecting.needs)
    labels = ", ".join(str(secret.label) for secret in connecting.secrets)
    return gettext("You paste: %(labels)s.") % {"labels": labels}


def has_help(network: type[Network]) -> bool:
    """Whether the network brings any help."""
    connecting = network.connecting
    return bool(connecting.needs or connecting.steps or connecting.notes or connecting.scopes)


def help_of(network: type[Network]) -> dict[str, Any]:
    """What the templates show of a network: its names, what is needed, steps, permissions with their reasons, notes."""
    connecting = network.connecting
    return {
        "network": {"slug": network.slug, "label": network.label},  # a template would call the class itself
        "needs": str(connecting.needs),
        "steps": connecting.steps,
        "notes": connecting.notes,
        "required_scopes": [scope for scope in connecting.scopes if scope.required],
        "optional_scopes": [scope for scope in connecting.scopes if not scope.required],
    }
