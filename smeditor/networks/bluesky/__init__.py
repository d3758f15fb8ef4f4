"""Bluesky: one account on an AT Protocol server (PDS), read and written over XRPC."""

from smeditor.networks.bluesky.network import Bluesky

__all__ = ["Bluesky"]
