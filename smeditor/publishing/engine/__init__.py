"""The delivery engine: claim, prepare, last look, send, read back, reap, follow up (issue: exactly once, on time, or a
person knows). The table is the queue; any number of workers may call :func:`tick` at any time.
"""

from smeditor.publishing.engine.tick import TickResult, tick

__all__ = ["TickResult", "tick"]
