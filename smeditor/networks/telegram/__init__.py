"""Telegram: channels through the Bot API, and their discussion groups."""

from smeditor.networks.telegram.network import Telegram

__all__ = ["Telegram"]
