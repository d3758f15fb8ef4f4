"""One module for each network, behind the contract of :mod:`smeditor.networks.base`."""

from smeditor.networks.base import Network
from smeditor.networks.registry import choices, get_network_class

__all__ = ["Network", "choices", "get_network_class"]
