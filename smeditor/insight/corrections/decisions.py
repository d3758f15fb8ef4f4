"""Deciding on a correction request: the verdict, the erratum in the article's draft, and the thanks to the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from smeditor.articles import article_adapter
from smeditor.conversations.answers import draft_reply
from smeditor.conversations.concern_answers import reachable_by
from smeditor.models import CorrectionRequest, Post, Reaction

Verdict = CorrectionRequest.Verdict


class ErratumOutcome(Enum):
    """What became of an erratum: in the article's draft, not offered by the host, or not allowed to this user."""

    DRAFTED = "drafted"
    NOT_OFFERED = "not_offered"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision led to. ``erratum``: None where there was none to put in; ``thanks``: the drafts for approval."""

    erratum: ErratumOutcome | None = None
    thanks: list[Post] = field(default_factory=list)


def adds_corrections() -> bool:
    """Whether the host lets the desk put an erratum into an article's draft."""
    return hasattr(article_adapter(), "add_correction")


@transaction.atomic
def decide(
    request: CorrectionRequest,
    user: Any,
    verdict: str,
    *,
    reason: str = "",
    erratum: str = "",
    thanks: str = "",
    reactions: Iterable[Reaction] = (),
) -> Decision:
    """Store ``user``'s verdict on ``request`` and on those that ask for the same; draft the erratum and the thanks.

    ``erratum``: goes into the article's draft, never live by itself, and once: not again while it stays the same.
    ``thanks``: drafted as an answer to each of ``reactions`` that ``user`` may answer in its own thread; the drafts
    wait for approval.
    """
    is_new = request.erratum != erratum
    request.verdict, request.reason, request.erratum = verdict, reason, erratum
    request.decided_by, request.decided_at = user, timezone.now()
    outcome = None
    if verdict == Verdict.FIXED and erratum.strip() and is_new and request.article is not None:
        outcome = put_erratum(request, user)
    drafts = []
    if thanks.strip():
        drafts = [draft_reply(reaction, thanks, "", user) for reaction in reachable_by(user, reactions)]
    if drafts:
        request.thanked_at = timezone.now()
    request.save()
    request.similar.update(verdict=verdict, reason=reason, decided_by=user, decided_at=request.decided_at)
    log(instance=request, action="smeditor.correction_decided", user=user, data={"verdict": verdict})
    return Decision(outcome, drafts)


def put_erratum(request: CorrectionRequest, user: Any) -> ErratumOutcome:
    """Put the erratum into the article's draft where the host and ``user``'s rights allow it."""
    add_correction = getattr(article_adapter(), "add_correction", None)
    article = request.article
    if add_correction is None or article is None:
        return ErratumOutcome.NOT_OFFERED
    if not article.permissions_for_user(user).can_edit():
        return ErratumOutcome.NOT_ALLOWED
    add_correction(article.specific, request.erratum, user)
    return ErratumOutcome.DRAFTED
