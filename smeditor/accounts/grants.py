"""What a network granted an account of what the desk asked for: in the network's words, and in an editor's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from smeditor.networks.base import Network
from smeditor.networks.connecting import Scope


@dataclass(frozen=True)
class Grant:
    """The scopes that a network declares, by what became of them. ``known``: it told; else all count as granted.

    ``refused``: required, so that the account cannot be connected; ``missing``: what they are for is not offered.
    """

    granted: tuple[Scope, ...]
    refused: tuple[Scope, ...] = ()
    missing: tuple[Scope, ...] = ()
    known: bool = True


def read_grant(network: type[Network], scopes: Collection[str] | None) -> Grant:
    """Compare ``scopes``, as the network named them, with what it declares; None: it does not tell."""
    declared = network.connecting.scopes
    if scopes is None:
        return Grant(declared, known=False)
    absent = [scope for scope in declared if scope.name not in scopes]
    return Grant(
        granted=tuple(scope for scope in declared if scope.name in scopes),
        refused=tuple(scope for scope in absent if scope.required),
        missing=tuple(scope for scope in absent if not scope.required),
    )


def objection(network: type[Network], scopes: Collection[str] | None) -> str:
    """Why an account with these scopes cannot be connected, in a sentence; empty where it can."""
    refused = read_grant(network, scopes).refused
    if not refused:
        return ""
    sentence = _("%(network)s did not grant everything that is needed. Missing: %(reasons)s.")
    return sentence % {"network": network.label, "reasons": "; ".join(str(scope.reason) for scope in refused)}


def shortcomings(network: type[Network], scopes: Collection[str] | None) -> str:
    """What an account with these scopes is not offered, in a sentence; empty where nothing is missing."""
    missing = read_grant(network, scopes).missing
    if not missing:
        return ""
    sentence = _("Not granted, and therefore not offered: %(reasons)s.")
    return sentence % {"reasons": "; ".join(str(scope.reason) for scope in missing)}
