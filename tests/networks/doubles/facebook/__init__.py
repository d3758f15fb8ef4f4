"""Facebook on loopback: pages, posts, comments, reactions, videos, and the readers who write there."""

from tests.networks.doubles.facebook.server import Server

__all__ = ["Server"]
