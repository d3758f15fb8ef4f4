"""What the checks of a post say: one finding, how grave it is, and for which account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smeditor.models import Account


class Severity(StrEnum):
    """Whether a finding stops a post."""

    ERROR = "error"
    """It will not be sent like this."""
    WARNING = "warning"
    """It may be sent; an editor should know."""
    INFO = "info"
    """Nothing is wrong with it."""


@dataclass(frozen=True)
class Finding:
    """One thing to know before approving. ``account`` is None when it is true of the whole post."""

    code: str
    severity: Severity
    sentence: str
    account: Account | None = None
