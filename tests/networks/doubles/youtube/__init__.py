"""A double of YouTube's Data API v3 and of Google's sign-in."""

from tests.networks.doubles.youtube.server import Server

__all__ = ["Server"]
