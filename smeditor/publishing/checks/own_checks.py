"""Running a newsroom's own checks so that none of them stops the desk: in a thread, within a time, each fault a sentence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connections
from django.utils import translation
from django.utils.translation import gettext as _

from smeditor.publishing.checks.base import Check, Draft
from smeditor.publishing.findings import Finding, Severity

logger = logging.getLogger("smeditor.publishing")

SECONDS = 2.0
"""For all of a newsroom's own checks of one post together."""
MOST_SENTENCES = 20
LONGEST_SENTENCE = 500
FAILED = "check_failed"

_hanging: dict[str, threading.Thread] = {}
"""The checks that did not come back in time, by code, until their thread ends: they are not begun again before."""


@dataclass
class _Round:
    """What the thread reports; it is read while the thread may still run, so it only grows."""

    findings: list[Finding] = field(default_factory=list)
    running: Check | None = None
    done: bool = False


def run(checks: Sequence[Check], drafts: Sequence[Draft], seconds: float = SECONDS) -> list[Finding]:
    """What ``checks`` find in ``drafts``; a check that raises or does not come back is itself a finding. Never raises.

    A check that holds the interpreter without end (a regular expression that goes back and forth) cannot be left behind.
    """
    ready = [check for check in checks if not _hangs(check)]
    report = _Round([_failed(check, None, "hangs") for check in checks if check not in ready])
    if not ready or not drafts:
        return report.findings
    language = translation.get_language() or "en"
    thread = threading.Thread(target=_work, args=(ready, drafts, report, language), daemon=True, name="own-checks")
    thread.start()
    thread.join(seconds)
    found, running = list(report.findings), report.running
    if not report.done and running is not None:
        logger.error("own check does not come back: %s", running.code)
        _hanging[running.code] = thread
        found.append(_failed(running, None, "hangs"))
    return found


def _hangs(check: Check) -> bool:
    thread = _hanging.get(check.code)
    if thread is None:
        return False
    if thread.is_alive():
        return True
    _hanging.pop(check.code, None)
    return False


def _work(checks: Sequence[Check], drafts: Sequence[Draft], report: _Round, language: str) -> None:
    try:
        with translation.override(language):
            for check in checks:
                report.running = check
                for draft in drafts:
                    report.findings.extend(_find(check, draft))
        report.done = True
    finally:
        connections.close_all()


def _find(check: Check, draft: Draft) -> list[Finding]:
    found: list[Finding] = []
    try:
        for sentence in check.find(draft):
            found.append(Finding(check.code, check.severity, str(sentence)[:LONGEST_SENTENCE], draft.account))
            if len(found) >= MOST_SENTENCES:
                break
    except Exception as fault:  # whatever it is: the desk goes on
        logger.exception("own check failed: %s", check.code)
        found.append(_failed(check, draft, type(fault).__name__))
    return found


def _failed(check: Check, draft: Draft | None, fault: str) -> Finding:
    sentence = _("The check “%(check)s” failed (%(fault)s) and says nothing of this post: tell whoever wrote it.")
    params = {"check": check.label, "fault": fault}
    return Finding(FAILED, Severity.WARNING, sentence % params, draft.account if draft else None)
