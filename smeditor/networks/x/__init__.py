"""X (API v2)."""

from smeditor.networks.x.network import X

__all__ = ["X"]
