"""Clashes: queued posts that may not go with a breaking story, and an editor's decision to hold them or let them go."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import ActionView, DeskPage, OperationView
from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.models import Delivery, Hold, HoldProposal
from smeditor.permissions import HOLD_DELIVERY, VIEW_DELIVERY, scope
from smeditor.permissions.visibility import deliveries_visible_to, proposals_visible_to
from smeditor.publishing import clashes
from smeditor.text.params import parse_id

SHOWN = 50
"""Proposals on the page; the rest comes when these are decided."""
DECIDED_SHOWN = 10
CHOSEN = "proposal"
"""The name of the boxes."""


def with_what_is_shown(rows: QuerySet[HoldProposal], user: Any) -> QuerySet[HoldProposal]:
    """``rows`` with what a card shows: the story, the post, its accounts with their times, who decided."""
    queued = deliveries_visible_to(user).filter(state=Delivery.State.SCHEDULED).select_related("account")
    return rows.select_related("event", "clash", "post", "hold", "decided_by").prefetch_related(
        Prefetch("post__deliveries", queued.order_by("slot"), to_attr="queued"), "post__accounts__desk"
    )


class Clashes(DeskPage):
    """What is proposed, the latest first, each post whole; below it what was decided lately, which can be taken back."""

    any_permission_required = (VIEW_DELIVERY,)
    page_title = _("Clashes with breaking news")
    header_icon = "warning"
    template_name = "smeditor/admin/clashes/clashes.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the list of topics that clash."""
        if not self.request.user.has_perm("smeditor.view_topicclash"):
            return []
        return [HeaderButton(_("Topics that clash"), url=reverse("smeditor_topic_clashes:index"), icon_name="cogs")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the proposals with their reasons, those decided lately, and whether this user may decide."""
        user = self.request.user
        visible = proposals_visible_to(user)
        waiting = list(with_what_is_shown(HoldProposal.waiting(visible, timezone.now()), user)[: SHOWN + 1])
        decided = visible.exclude(state=HoldProposal.State.OPEN).order_by("-decided_at")
        decided = with_what_is_shown(decided, user)[:DECIDED_SHOWN]
        return super().get_context_data(
            proposals=[(proposal, reason_of(proposal)) for proposal in waiting[:SHOWN]],
            more=len(waiting) > SHOWN,
            decided=[(proposal, reason_of(proposal)) for proposal in decided],
            may_decide=user.has_perm(HOLD_DELIVERY),
            box=CHOSEN,
            **kwargs,
        )


def reason_of(proposal: HoldProposal) -> str:
    """Why the hold is proposed, in the editor's language."""
    return clashes.sentence(proposal.event, proposal.clash, proposal.evidence)


class DecideOnChosen(ActionView):
    """One decision on the proposals whose boxes are ticked: on no other, for nobody decides on what they have not seen."""

    any_permission_required = (HOLD_DELIVERY,)
    after = reverse_lazy("smeditor:clashes")

    @abstractmethod
    def decide(self, proposals: list[HoldProposal]) -> str:
        """Decide on ``proposals``, all of them this user's to decide, and return the sentence that says so."""

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Decide on those that this user may; say of how many others' they are the others'.

        Raises SmeditorError where none is chosen or all were decided meanwhile, NotAllowed where all are other desks'.
        """
        keys = {key for value in request.POST.getlist(CHOSEN)[:SHOWN] if (key := parse_id(value)) is not None}
        if not keys:
            raise SmeditorError(gettext("Choose at least one post."))
        visible = proposals_visible_to(request.user).filter(pk__in=keys)
        rows = HoldProposal.waiting(visible, timezone.now())
        found = list(rows.select_related("event", "clash", "post"))
        own = [row for row in found if scope.may_place(request.user, Hold(scope=Hold.Scope.POST, post=row.post))]
        if found and not own:
            raise NotAllowed(scope.other_desk())
        if not own:
            raise SmeditorError(gettext("Somebody has decided on these meanwhile, or they went out."))
        sentences = [self.decide(own)]
        others, gone = len(found) - len(own), len(keys) - len(found)
        if others:
            sentences.append(
                ngettext("%(n)d belongs to another desk.", "%(n)d belong to other desks.", others) % {"n": others}
            )
        if gone:
            sentences.append(
                ngettext(
                    "On %(n)d somebody had decided meanwhile, or it went out.",
                    "On %(n)d somebody had decided meanwhile, or they went out.",
                    gone,
                )
                % {"n": gone}
            )
        return " ".join(sentences)


class HoldChosen(DecideOnChosen):
    """Hold the chosen posts."""

    def decide(self, proposals: list[HoldProposal]) -> str:
        """Place a hold on each."""
        held = len(clashes.accept(proposals, self.request.user, timezone.now()))
        return ngettext(
            "%(n)d post is on hold until somebody lifts the hold.",
            "%(n)d posts are on hold until somebody lifts their holds.",
            held,
        ) % {"n": held}


class LeaveChosen(DecideOnChosen):
    """Let the chosen posts go out."""

    def decide(self, proposals: list[HoldProposal]) -> str:
        """Note that they go out at their time."""
        left = clashes.leave(proposals, self.request.user, timezone.now())
        return ngettext("%(n)d post goes out at its time.", "%(n)d posts go out at their time.", left) % {"n": left}


class Undo(OperationView[HoldProposal]):
    """Take a decision back: the proposal is open again, and its hold is lifted."""

    any_permission_required = (HOLD_DELIVERY,)
    model = HoldProposal

    def get_base_object_queryset(self) -> QuerySet[HoldProposal]:
        """The proposals that this user may see."""
        return proposals_visible_to(self.request.user).select_related("event", "post", "hold")

    def get_success_url(self) -> str:
        """The page that the form names, else the list."""
        return self.next_url or reverse("smeditor:clashes")

    def check_object(self) -> None:
        """Raises NotAllowed when the post is other desks', SmeditorError when there is nothing to take back."""
        if self.object.state == HoldProposal.State.OPEN:
            raise SmeditorError(gettext("Nobody has decided on it yet."))
        if not scope.may_place(self.request.user, Hold(scope=Hold.Scope.POST, post=self.object.post)):
            raise NotAllowed(scope.other_desk())

    def perform_operation(self) -> None:
        """Open it again; say what missed its time under the hold."""
        late = clashes.undo(self.object, self.request.user, timezone.now())
        self.success_message = gettext("Taken back: the post is to be decided on again.")
        if late:
            self.success_message += " " + ngettext(
                "%(n)d delivery missed its time and waits for your decision.",
                "%(n)d deliveries missed their time and wait for your decision.",
                late,
            ) % {"n": late}
