"""A double of X (API v2), held to the official OpenAPI document; see :class:`.server.Server`."""

from tests.networks.doubles.x.server import Server

__all__ = ["Server"]
