"""Facebook Pages, through Meta's Graph API."""

from smeditor.networks.facebook.network import Facebook

__all__ = ["Facebook"]
