"""Running the checks over a post: the same code while somebody writes, at approval and at the check before sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from smeditor.publishing.checks import own_checks, registry
from smeditor.publishing.checks.base import Check, Draft, Lookup, Stage, draft_of
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Finding


def run(situation: Situation, stage: Stage) -> list[Finding]:
    """All findings about the situation's post at ``stage``, each as grave as its account's desk takes it."""
    drafts = [draft_of(situation.post, account) for account in situation.accounts]
    return run_over(drafts, situation, stage)


def run_over(drafts: list[Draft], situation: Situation, stage: Stage) -> list[Finding]:
    """All findings about ``drafts`` at ``stage``: first of the whole post, then account by account."""
    situation.know_links(drafts)
    shipped = [check for check in registry.SHIPPED if stage in check.stages]
    found = [
        finding
        for check in shipped
        if isinstance(check, Lookup) and check.whole
        for finding in _of_whole(check, situation)
    ]
    per_account = [check for check in shipped if not (isinstance(check, Lookup) and check.whole)]
    for draft in drafts:
        for check in per_account:
            found.extend(_of_account(check, draft, situation))
    own = [check for check in registry.own() if stage in check.stages]
    codes = {check.code: check for check in own}
    for finding in own_checks.run(own, drafts):
        known = codes.get(finding.code)
        found.append(_weighed(finding, known, situation) if known else finding)
    return found


def _of_whole(check: Lookup, situation: Situation) -> Iterator[Finding]:
    for finding in _as_findings(check, check.find(situation), None):  # type: ignore[call-arg, arg-type]
        yield _weighed(finding, check, situation)


def _of_account(check: Check | Lookup, draft: Draft, situation: Situation) -> Iterator[Finding]:
    found = check.find(draft) if isinstance(check, Check) else check.find(draft, situation)  # type: ignore[call-arg, arg-type]
    for finding in _as_findings(check, found, draft):
        yield _weighed(finding, check, situation)


def _as_findings(check: Check | Lookup, found: Iterable[str | Finding], draft: Draft | None) -> Iterator[Finding]:
    for item in found:
        if isinstance(item, Finding):
            yield item
        else:
            yield Finding(check.code, check.severity, item, draft.account if draft else None)


def _weighed(finding: Finding, check: Check | Lookup, situation: Situation) -> Finding:
    """The finding as grave as the account's desk takes its check; what is fixed stays as it is."""
    if check.fixed:
        return finding
    desk = finding.account.desk_id if finding.account else None
    return replace(finding, severity=situation.severity(check.code, desk, finding.severity))
