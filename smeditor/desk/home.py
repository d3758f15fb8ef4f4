"""The desk on Wagtail's home page: is the queue alive, what burns, what waits for somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from smeditor.accounts import health
from smeditor.desk import counts, hold_bar, home_today
from smeditor.desk.alerts import about
from smeditor.desk.capped import capped_count, shown
from smeditor.desk.concern_questions import visible_questions
from smeditor.desk.first_steps import first_steps
from smeditor.desk.planning.handovers import last_note, may_hand_over
from smeditor.insight.meaning.stored import FAILED
from smeditor.models import Alert, Concern, Delivery, Heartbeat, Source
from smeditor.permissions import (
    ANSWER_CONCERN,
    PUBLISH_POST,
    VIEW_ALERT,
    VIEW_CONCERN,
    VIEW_DELIVERY,
    VIEW_REACTION,
    scope,
)
from smeditor.permissions.visibility import accounts_visible_to, concerns_visible_to, deliveries_visible_to
from smeditor.publishing import heartbeat, reminders
from smeditor.templatetags.smeditor_desk import holds_of

SHOWN = 5
GONE_FOR, SENT_FOR = timedelta(days=2), timedelta(days=30)
"""How long it is said that a post of the last weeks was deleted on its network by hand."""
TO_DO = ("steps", "todos", "gone", "accounts", "expiring", "to_review", "sources", "alerts", "failed_model", "concerns")
"""The parts of the panel that call for somebody: while one of them is there, not all is quiet."""


class DeskPanel(Component):
    """One panel: the pulse of the queue, then a line for everything that calls for this user."""

    name = "smeditor_desk"
    template_name = "smeditor/admin/home/panel.html"
    order = 50

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The panel receives the queue's pulse and each part of ``TO_DO`` that this user may see."""
        user = self.request.user
        context: dict[str, Any] = {"request": self.request, "todos": todos(user), "steps": first_steps(user)}
        if user.has_perm(VIEW_DELIVERY):
            now = timezone.now()
            context |= {"pulse": pulse(), "stale": heartbeat.is_stale(now), **trouble(user)}
            context |= {
                "line": home_today.line(user, holds_of(self.request), now),
                "happened": home_today.happened(user),
            }
        context["stop_url"] = reverse("smeditor_holds:add") if hold_bar.may_stop(user) else ""
        context["holds"] = [(hold, hold_bar.sentence(hold)) for hold in holds_of(self.request)[: hold_bar.SHOWN]]
        if user.has_perm(VIEW_CONCERN):
            rows = concerns_visible_to(user).filter(
                state__in=[Concern.State.OPEN, Concern.State.ASSIGNED], merged_into=None
            )
            context["failed_model"] = Heartbeat.objects.filter(name=FAILED).first()
            context["concerns"] = rows.order_by("-people", "-last_at")[:SHOWN]
        context |= {"hands_over": may_hand_over(user), "handover": last_note(user)}
        if user.has_perm(VIEW_ALERT):
            spikes = Alert.objects.filter(state=Alert.State.OPEN).select_related("article", "account")[:SHOWN]
            context["alerts"] = [(alert, about(alert)) for alert in spikes]
        context["quiet"] = not context.get("stale") and not any(context.get(part) for part in TO_DO)
        return context


def pulse() -> str:
    """When anybody looked at the queue last, in a sentence; empty before the worker's first start, which is a first step."""
    age = heartbeat.age(timezone.now())
    if age is None:
        return ""
    seconds = int(age.total_seconds())
    if seconds < 120:
        return gettext("The queue was last looked at %(n)d s ago.") % {"n": seconds}
    minutes = seconds // 60
    return ngettext(
        "The queue was last looked at %(n)d minute ago: see whether the worker runs.",
        "The queue was last looked at %(n)d minutes ago: see whether the worker runs.",
        minutes,
    ) % {"n": minutes}


def trouble(user: Any) -> dict[str, Any]:
    """Accounts that stopped or soon will, holds to review, sources that cannot be read, each with its sentence.

    Of accounts those that ``user`` may see, of holds those that they may lift.
    """
    now = timezone.now()
    visible = set(accounts_visible_to(user).values_list("pk", flat=True))
    ending = [
        (account, account.reconnect_by)
        for account in health.expiring(now)
        if account.pk in visible and account.reconnect_by
    ]
    return {
        "expiring": [(account, (until - now).days) for account, until in ending[:SHOWN]],
        "to_review": [hold for hold in reminders.to_review(now) if scope.may_lift(user, hold)][:SHOWN],
        "gone": gone_by_hand(user, now).order_by("-sent_at")[:SHOWN],
        "accounts": health.failing().filter(pk__in=visible)[:SHOWN],
        "sources": Source.objects.filter(active=True).exclude(problem="").select_related("account")[:SHOWN],
    }


def gone_by_hand(user: Any, now: datetime) -> QuerySet[Delivery]:
    """Posts of the last weeks that were deleted on their network in the last two days, and not from the desk."""
    published = deliveries_visible_to(user).filter(state=Delivery.State.GONE, operation=Delivery.Operation.PUBLISH)
    lately = published.filter(sent_at__gte=now - SENT_FOR, state_changed_at__gte=now - GONE_FOR)
    return lately.exclude(changes__operation=Delivery.Operation.DELETE).select_related("post", "account")


def todos(user: Any) -> list[dict[str, Any]]:
    """What waits for somebody like this user: how many, in words, and where."""
    found = []
    if user.has_perm(VIEW_DELIVERY):
        unknown = [Delivery.State.HUMAN, Delivery.State.UNKNOWN]
        rows = deliveries_visible_to(user)
        doubts = capped_count(rows.filter(state__in=unknown))
        late = capped_count(rows.filter(state=Delivery.State.LATE))
        found += [
            (doubts, ngettext("delivery in doubt", "deliveries in doubt", doubts), reverse("smeditor:late"), "alarm"),
            (late, ngettext("delivery too late", "deliveries too late", late), reverse("smeditor:late"), "alarm"),
        ]
        wrong = counts.posts_to_correct(user)
        label = ngettext("post to correct", "posts to correct", wrong)
        found.append((wrong, label, reverse("smeditor:post_corrections"), "alarm"))
        clashing = counts.proposed_holds(user)
        label = ngettext("post clashes with breaking news", "posts clash with breaking news", clashing)
        found.append((clashing, label, reverse("smeditor:clashes"), "alarm"))
    if user.has_perm(PUBLISH_POST):
        posts = counts.awaiting_approval(user)
        label = ngettext("post waits for approval", "posts wait for approval", posts)
        found.append((posts, label, f"{reverse('smeditor_posts:list')}?stage=waiting", "plain"))
    if user.has_perm(VIEW_REACTION):
        waiting = counts.waiting(user)
        label = ngettext("thread waits for an answer", "threads wait for an answer", waiting)
        found.append((waiting, label, f"{reverse('smeditor:inbox')}?waiting=waiting", "plain"))
    if user.has_perm(ANSWER_CONCERN):
        asked = capped_count(visible_questions(user))
        label = ngettext("question whether two raise the same", "questions whether two raise the same", asked)
        found.append((asked, label, reverse("smeditor:concern_questions"), "plain"))
    if user.has_perm("smeditor.view_correctionrequest"):
        corrections = counts.open_corrections(user)
        label = ngettext("claimed error to check", "claimed errors to check", corrections)
        found.append((corrections, label, f"{reverse('smeditor:corrections')}?verdict=open", "plain"))
    if user.has_perm("smeditor.read_tip"):
        tips = counts.new_tips(user)
        found.append((tips, ngettext("new tip for you", "new tips for you", tips), reverse("smeditor:tips"), "plain"))
    return [{"n": shown(n), "words": label, "url": url, "tone": tone} for n, label, url, tone in found if n]


class OpenConcernsItem(SummaryItem):
    """Open concerns among Wagtail's own summary figures."""

    order = 400
    template_name = "smeditor/admin/home/summary.html"

    def is_shown(self) -> bool:
        """For who may see concerns."""
        return self.request.user.has_perm(VIEW_CONCERN)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The figure and the way to the list."""
        return {"n": counts.open_concerns(self.request.user), "url": reverse("smeditor:concerns")}


def may_see_desk(user: Any) -> bool:
    """Whether ``user`` has any part in the desk, and so its panel."""
    return any(user.has_perm(permission) for permission in (VIEW_DELIVERY, VIEW_CONCERN, VIEW_REACTION))
