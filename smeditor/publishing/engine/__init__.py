"""The delivery engine: claim, prepare, check, send, read back, reap, follow up.

The table is the queue; any number of workers may call :func:`tick` at any time.
"""

from smeditor.publishing.engine.tick import TickResult, tick

__all__ = ["TickResult", "tick"]
