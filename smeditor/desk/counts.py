"""The numbers that call for somebody: each one query that stops at a bound, shown in the menu and on the home page."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.utils import timezone
from wagtail.models import WorkflowState

from smeditor.accounts import health
from smeditor.desk.capped import COUNTED, capped_count
from smeditor.models import (
    Alert,
    Approval,
    Concern,
    Conversation,
    CorrectionRequest,
    Delivery,
    Hold,
    HoldProposal,
    Post,
    Reaction,
    Source,
    Tip,
)
from smeditor.permissions.visibility import (
    accounts_visible_to,
    concerns_visible_to,
    corrections_visible_to,
    deliveries_visible_to,
    fast_approvals_visible_to,
    post_corrections_visible_to,
    posts_visible_to,
    proposals_visible_to,
    reactions_visible_to,
    tips_visible_to,
)


def waiting(user: Any) -> int:
    """Threads in the inbox that wait for an answer."""
    visible = reactions_visible_to(user).filter(queue=Reaction.Queue.INBOX, conversation=OuterRef("pk"))
    rows = Conversation.objects.filter(Exists(visible), state=Conversation.State.OPEN)
    return capped_count(rows.order_by("waiting_since"), in_order=True)


def open_concerns(user: Any) -> int:
    """Concerns that nobody has answered or declined yet, of those that ``user`` sees."""
    states = [Concern.State.OPEN, Concern.State.ASSIGNED]
    return capped_count(concerns_visible_to(user).filter(state__in=states, merged_into__isnull=True))


def open_corrections(user: Any) -> int:
    """Claimed errors without a verdict, of those that ``user`` sees; the same claim counts once."""
    open_ones = corrections_visible_to(user).filter(verdict=CorrectionRequest.Verdict.OPEN)
    return capped_count(open_ones.filter(similar_to__isnull=True))


def new_tips(user: Any) -> int:
    """New tips that this user is named on: others' are none of theirs."""
    return capped_count(tips_visible_to(user).filter(state=Tip.State.NEW, readers=user))


def open_alerts(user: Any) -> int:
    """Alerts that nobody has acknowledged yet. They hold numbers only, so everybody's count is the same."""
    return capped_count(Alert.objects.filter(state=Alert.State.OPEN))


def undecided(user: Any) -> int:
    """Deliveries that wait for a decision, of those that ``user`` sees."""
    states = [Delivery.State.HUMAN, Delivery.State.UNKNOWN, Delivery.State.LATE]
    return capped_count(deliveries_visible_to(user).filter(state__in=states))


def posts_to_correct(user: Any) -> int:
    """Posts that say something wrong and are not corrected yet, of those that ``user`` sees."""
    return capped_count(post_corrections_visible_to(user).filter(closed_at__isnull=True))


def proposed_holds(user: Any) -> int:
    """Queued posts that may clash with a breaking story, of those that ``user`` sees."""
    return capped_count(HoldProposal.waiting(proposals_visible_to(user), timezone.now()))


def to_read_afterwards(user: Any) -> int:
    """What went out by the fast lane and nobody has read since, of the posts that ``user`` sees."""
    return capped_count(fast_approvals_visible_to(user).filter(review=Approval.Review.WAITING))


def open_holds(user: Any) -> int:
    """Holds in force, whoever placed them."""
    return capped_count(Hold.objects.filter(lifted_at__isnull=True))


def failed_accounts(user: Any) -> int:
    """Accounts that their network refuses, of those that ``user`` sees."""
    return capped_count(health.failing().filter(pk__in=accounts_visible_to(user).values("pk")))


def failing_sources(user: Any) -> int:
    """Sources that are switched on and cannot be read."""
    return capped_count(Source.objects.filter(active=True).exclude(problem=""))


def awaiting_approval(user: Any) -> int:
    """How many of the posts that ``user`` sees lie in a workflow that somebody must go on with."""
    states = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Post), status=WorkflowState.STATUS_IN_PROGRESS
    )
    keys = [int(key) for key in states.values_list("object_id", flat=True)[: COUNTED + 1]]
    return capped_count(posts_visible_to(user).filter(pk__in=keys))
