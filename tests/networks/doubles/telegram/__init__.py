"""A Bot API server with a channel, its discussion group and their readers: ``tests.networks.doubles.telegram.Server``."""

from tests.networks.doubles.telegram.server import Server

__all__ = ["Server"]
