"""Threads on loopback, held to Meta's own collection of requests."""

from tests.networks.doubles.threads.server import Server
from tests.networks.doubles.threads.state import Profile, ThreadsError

__all__ = ["Profile", "Server", "ThreadsError"]
