"""Instagram on loopback, held to Meta's own description of its nodes."""

from tests.networks.doubles.instagram.server import Server

__all__ = ["Server"]
