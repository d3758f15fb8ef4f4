"""Checks before a post goes out, account by account, in sentences that an editor can act on.

The checks themselves, a file for each subject, are in :mod:`smeditor.publishing.checks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from smeditor.models import Account, Post
from smeditor.publishing.checks import running
from smeditor.publishing.checks.base import Stage
from smeditor.publishing.checks.situation import Article, Situation, article_of
from smeditor.publishing.findings import Finding, Severity

__all__ = ["Article", "Preflight", "article_of", "check"]

GRAVEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass
class Preflight:
    """All findings. ``ok`` when nothing stops the post anywhere."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing that was found stops the post."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def errors_for(self, account: Account) -> list[str]:
        """The sentences that stop the post on one account."""
        return [
            finding.sentence
            for finding in self.findings
            if finding.severity is Severity.ERROR and finding.account in (None, account)
        ]


def check(
    post: Post,
    now: datetime | None = None,
    *,
    user: Any = None,
    stage: Stage = Stage.WRITING,
    article: Article | None = None,
) -> Preflight:
    """Check ``post`` as it is in memory, saved or not: the gravest findings come first. ``user`` is who would approve it.

    It asks the database a fixed number of questions and for each account a few more, and nobody outside: what foreign
    links answer was asked in the background. ``article``: where it was read already.
    """
    findings = running.run(Situation(post, now or timezone.now(), user, article), stage)
    return Preflight(sorted(findings, key=lambda finding: GRAVEST_FIRST.index(finding.severity)))
