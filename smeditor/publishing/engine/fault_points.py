"""The named points of a sending at which a worker may die. In production a name and nothing else.

The fault harness (tests/faults) replaces :func:`reach` in its workers and kills them there.
"""

from __future__ import annotations

POINTS = (
    "claimed",
    "minted",
    "step_made",
    "step_kept",
    "prepared",
    "before_send_check",
    "inside_send_check",
    "after_send_check",
    "before_request",
    "after_send",
    "inside_acceptance",
    "after_acceptance",
    "before_follow_up",
    "before_read_back",
    "after_read_back",
    "reaped",
)


def reach(name: str) -> None:
    """A worker has come to the point ``name`` of :data:`POINTS`."""
