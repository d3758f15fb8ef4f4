"""Mastodon, and the servers that speak its API (Pleroma, Akkoma, GoToSocial, Pixelfed) as far as they do."""

from smeditor.networks.mastodon.network import Mastodon

__all__ = ["Mastodon"]
