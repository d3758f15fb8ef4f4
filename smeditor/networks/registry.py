"""Which networks there are: the ones that ship, and those that a newsroom adds by dotted path."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from smeditor.exceptions import ConfigurationError
from smeditor.networks.base import Capabilities, Network

SHIPPED = {
    "mastodon": "smeditor.networks.mastodon.Mastodon",
    "bluesky": "smeditor.networks.bluesky.Bluesky",
    "facebook": "smeditor.networks.facebook.Facebook",
    "instagram": "smeditor.networks.instagram.Instagram",
    "threads": "smeditor.networks.threads.Threads",
    "x": "smeditor.networks.x.X",
    "linkedin": "smeditor.networks.linkedin.LinkedIn",
    "telegram": "smeditor.networks.telegram.Telegram",
    "youtube": "smeditor.networks.youtube.YouTube",
}
# Known without importing the network: forms and migrations ask for labels long before anything is sent.
LABELS = {
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "threads": "Threads",
    "x": "X",
    "linkedin": "LinkedIn",
    "telegram": "Telegram",
    "youtube": "YouTube",
}


def load(path: str) -> type[Network]:
    """Import a network class from its dotted path. Raises ConfigurationError with a sentence that names the path."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"The network {path!r} cannot be imported.", cause=str(error)) from error
    if not (isinstance(found, type) and issubclass(found, Network)):
        raise ConfigurationError(f"{path!r} is not a network: it must subclass smeditor.networks.base.Network.")
    return found


def get_network_class(slug: str, added: Mapping[str, str] | None = None) -> type[Network]:
    """Return the class of the network ``slug``; ``added`` maps further slugs to dotted paths (SMEDITOR["NETWORKS"])."""
    paths = {**SHIPPED, **(added or {})}
    if slug not in paths:
        raise ConfigurationError(f"There is no network {slug!r}. Known: {', '.join(sorted(paths))}.")
    return load(paths[slug])


def network_classes(added: Mapping[str, str] | None = None) -> list[type[Network]]:
    """The class of every network, by slug. Raises ConfigurationError where one cannot be imported."""
    return [load(path) for _slug, path in sorted({**SHIPPED, **(added or {})}.items())]


def capabilities(slug: str, added: Mapping[str, str] | None = None) -> Capabilities:
    """What the network ``slug`` can do. Raises ConfigurationError when there is no such network."""
    return get_network_class(slug, added).capabilities


def choices(added: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """(slug, label) of every network, for a form."""
    paths = {**SHIPPED, **(added or {})}
    return [(slug, LABELS.get(slug) or load(path).label) for slug, path in sorted(paths.items())]
