"""Threads, through Meta's Threads API."""

from smeditor.networks.threads.network import Threads

__all__ = ["Threads"]
