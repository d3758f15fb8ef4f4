"""The checks of a post, a file for each subject. A newsroom adds its own: see ``docs/checks.md``.

:func:`smeditor.publishing.preflight.check` runs them; which there are says :mod:`.registry`.
"""

from smeditor.publishing.checks.base import Check, Draft, Stage
from smeditor.publishing.findings import Finding, Severity

__all__ = ["Check", "Draft", "Finding", "Severity", "Stage"]
