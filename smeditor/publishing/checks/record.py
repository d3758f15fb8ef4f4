"""The record of the checks: which spoke up about which post, and what editors did then. It is kept for half a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from smeditor.models import CheckResult, Post
from smeditor.publishing.findings import Finding

KEPT = timedelta(days=180)
NOT_RECORDED = frozenset({"price", "link_unchecked", "four_eyes"})
"""What says nothing of a text: what it costs, what nobody has asked yet, and who is reading it."""
MOST_COUNTED = 20_000
"""Results that the counts are made of, the newest."""
Outcome = CheckResult.Outcome
Key = tuple[str, int | None]


@dataclass(frozen=True)
class Tally:
    """What became of what a check found: how often it spoke up, and how often each thing was done then."""

    fired: int = 0
    changed: int = 0
    approved: int = 0
    withdrawn: int = 0

    @property
    def approved_share(self) -> float | None:
        """Of all that came to an end, the share that was approved as it was, from 0 to 1; None where nothing did."""
        ended = self.changed + self.approved + self.withdrawn
        return self.approved / ended if ended else None


def note_saved(post: Post, findings: Iterable[Finding], user: Any, now: datetime) -> None:
    """A post was saved: write down what the checks find now, and that what they found before is gone, by ``user``."""
    known = _known(post)
    found = _by_key(findings)
    fresh = [_row(post, key, finding, now) for key, finding in found.items() if key not in known]
    CheckResult.objects.bulk_create(fresh)
    gone = [row.pk for key, row in known.items() if row.outcome == Outcome.OPEN and key not in found]
    _end(gone, Outcome.CHANGED, user, now)


def note_approved(post: Post, findings: Iterable[Finding], user: Any, now: datetime) -> None:
    """A post was approved by ``user``: what the checks find now was approved all the same."""
    found = list(findings)
    note_saved(post, found, user, now)
    _end([row.pk for row in _known(post).values() if row.outcome == Outcome.OPEN], Outcome.APPROVED, user, now)


def note_withdrawn(post: Post, user: Any, now: datetime) -> None:
    """The approval of a post was withdrawn by ``user`` (None: nobody that is known)."""
    ended = [row.pk for row in _known(post).values()]
    _end(ended, Outcome.WITHDRAWN, user, now)


def forget_old(now: datetime) -> int:
    """Forget what is older than half a year. Returns how many rows."""
    return CheckResult.objects.filter(at__lt=now - KEPT).delete()[0]


def tallies(rows: QuerySet[CheckResult]) -> dict[str, Tally]:
    """What became of ``rows``, by check; of very many the newest 20,000 count."""
    newest = rows.order_by("-at", "-pk").values("pk")[:MOST_COUNTED]
    counted = CheckResult.objects.filter(pk__in=newest).order_by().values("code")
    found = counted.annotate(
        fired=Count("pk"),
        changed=Count("pk", filter=Q(outcome=Outcome.CHANGED)),
        approved=Count("pk", filter=Q(outcome=Outcome.APPROVED)),
        withdrawn=Count("pk", filter=Q(outcome=Outcome.WITHDRAWN)),
    )
    return {row["code"]: Tally(row["fired"], row["changed"], row["approved"], row["withdrawn"]) for row in found}


def _by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    found: dict[Key, Finding] = {}
    for finding in findings:
        if finding.code not in NOT_RECORDED:
            found.setdefault((finding.code, finding.account.pk if finding.account else None), finding)
    return found


def _known(post: Post) -> dict[Key, CheckResult]:
    """What is recorded of a post and has not come to an end by another text."""
    rows = CheckResult.objects.filter(post=post, outcome__in=[Outcome.OPEN, Outcome.APPROVED])
    return {(row.code, row.account_id): row for row in rows.order_by("pk")}


def _row(post: Post, key: Key, finding: Finding, now: datetime) -> CheckResult:
    code, _account = key
    account = finding.account
    return CheckResult(
        post=post,
        account=account,
        desk_id=account.desk_id if account else None,
        code=code[:60],
        severity=finding.severity.value,
        at=now,
    )


def _end(keys: list[int], outcome: Outcome, user: Any, now: datetime) -> None:
    if keys:
        CheckResult.objects.filter(pk__in=keys).update(outcome=outcome, outcome_at=now, user=user)
