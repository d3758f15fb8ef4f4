"""YouTube: comments under videos are read, answered and hidden; nothing is posted there."""

from smeditor.networks.youtube.network import YouTube

__all__ = ["YouTube"]
