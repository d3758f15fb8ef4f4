"""Proposals that concerns of two languages are one: both sides, what they share, and an editor's yes or no."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk.base import DeskPage, OperationView
from smeditor.insight.concerns import cross_language_matches, editing
from smeditor.models import ConcernMatch
from smeditor.permissions import ANSWER_CONCERN, VIEW_CONCERN
from smeditor.permissions.visibility import matches_visible_to

SHOWN = 50
"""Proposals on the page."""


class ConcernMatches(DeskPage):
    """The proposals on which nobody has decided, of which this user may see both sides."""

    any_permission_required = (VIEW_CONCERN,)
    header_icon = "group"
    page_title = _("The same in two languages?")
    template_name = "smeditor/admin/concerns/matches.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The first ``SHOWN`` proposals, and whether this user may decide on them."""
        user = self.request.user
        return super().get_context_data(
            bridges=cross_language_matches.open_ones().filter(pk__in=matches_visible_to(user))[:SHOWN],
            may_decide=user.has_perm(ANSWER_CONCERN),
            **kwargs,
        )


class ConcernMatchOperation(OperationView[ConcernMatch]):
    """A decision on a proposal of which this user may see both sides; it ends among those that are left."""

    any_permission_required = (ANSWER_CONCERN,)
    model = ConcernMatch

    def get_base_object_queryset(self) -> QuerySet[ConcernMatch]:
        """The proposals of which this user may see both sides."""
        return matches_visible_to(self.request.user)

    def get_success_url(self) -> str:
        """The page that the form names, else the list of proposals."""
        return self.next_url or reverse("smeditor:concern_matches")


class Accept(ConcernMatchOperation):
    """The two are the same: merge them."""

    def perform_operation(self) -> None:
        """Merge the smaller one into the larger one."""
        editing.accept_match(self.object, self.request.user)
        self.success_message = gettext("The two concerns are one now. You can undo this on its page.")


class Reject(ConcernMatchOperation):
    """The two are not the same: never propose it again."""

    def perform_operation(self) -> None:
        """Note that they stay apart."""
        editing.reject_match(self.object, self.request.user)
        self.success_message = gettext("They stay two, and are not proposed again.")
