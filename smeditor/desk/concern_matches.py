"""Proposals that concerns of two languages are one: both sides, what they share, and an editor's yes or no."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk.base import ActionView, DeskPage
from smeditor.insight.concerns import cross_language_matches, editing
from smeditor.permissions import ANSWER_CONCERN, VIEW_CONCERN
from smeditor.permissions.visibility import matches_visible_to

SHOWN = 50


class ConcernMatches(DeskPage):
    any_permission_required = (VIEW_CONCERN,)
    header_icon = "group"
    page_title = _("The same in two languages?")
    template_name = "smeditor/admin/concerns/matches.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_decide = self.request.user.has_perm(ANSWER_CONCERN)
        return super().get_context_data(
            bridges=cross_language_matches.open_ones().filter(pk__in=matches_visible_to(self.request.user))[:SHOWN],
            may_decide=may_decide,
            **kwargs,
        )


class ConcernMatchAction(ActionView):
    any_permission_required = (ANSWER_CONCERN,)

    def after_url(self) -> str:
        return reverse("smeditor:concern_matches")


class Accept(ConcernMatchAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        editing.accept_match(get_object_or_404(matches_visible_to(request.user), pk=pk), request.user)
        return gettext("The two concerns are one now. You can undo this on its page.")


class Reject(ConcernMatchAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        editing.reject_match(get_object_or_404(matches_visible_to(request.user), pk=pk), request.user)
        return gettext("They stay two, and are not proposed again.")


urlpatterns = [
    path("concerns/proposals/", ConcernMatches.as_view(), name="concern_matches"),
    path("concerns/proposals/<id:pk>/accept/", Accept.as_view(), name="concern_match_accept"),
    path("concerns/proposals/<id:pk>/reject/", Reject.as_view(), name="concern_match_reject"),
]
