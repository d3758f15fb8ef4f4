"""LinkedIn: the pages of organisations, through the versioned REST API."""

from smeditor.networks.linkedin.network import LinkedIn

__all__ = ["LinkedIn"]
