"""Instagram's professional accounts, through Meta's Instagram API with Instagram Login."""

from smeditor.networks.instagram.network import Instagram

__all__ = ["Instagram"]
