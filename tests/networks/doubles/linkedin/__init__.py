"""LinkedIn's API, consent screen and upload server: ``tests.networks.doubles.linkedin.Server``."""

from tests.networks.doubles.linkedin.server import Server

__all__ = ["Server"]
