"""The social desk of a newsroom, inside Wagtail."""

__version__ = "0.1.0"
