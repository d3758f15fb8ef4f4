"""Proposals that concerns of two languages are one: both sides, what they share, and an editor's yes or no."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk.base import Act, DeskPage
from smeditor.insight import editing, proposals
from smeditor.permissions import ANSWER_CONCERN, VIEW_CONCERN
from smeditor.permissions.visibility import bridges_visible_to

SHOWN = 50


class Bridges(DeskPage):
    any_permission = (VIEW_CONCERN,)
    header_icon = "group"
    page_title = _("The same in two languages?")
    template_name = "smeditor/admin/concerns/bridges.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_decide = self.request.user.has_perm(ANSWER_CONCERN)
        return super().get_context_data(
            bridges=proposals.open_ones().filter(pk__in=bridges_visible_to(self.request.user))[:SHOWN],
            may_decide=may_decide,
            **kwargs,
        )


class BridgeAct(Act):
    any_permission = (ANSWER_CONCERN,)

    def after_url(self) -> str:
        return reverse("smeditor:bridges")


class Accept(BridgeAct):
    def act(self, request: HttpRequest, pk: int) -> str:
        editing.accept_bridge(get_object_or_404(bridges_visible_to(request.user), pk=pk), request.user)
        return gettext("The two concerns are one now. You can undo this on its page.")


class Reject(BridgeAct):
    def act(self, request: HttpRequest, pk: int) -> str:
        editing.reject_bridge(get_object_or_404(bridges_visible_to(request.user), pk=pk), request.user)
        return gettext("They stay two, and are not proposed again.")


urlpatterns = [
    path("concerns/proposals/", Bridges.as_view(), name="bridges"),
    path("concerns/proposals/<id:pk>/accept/", Accept.as_view(), name="bridge_accept"),
    path("concerns/proposals/<id:pk>/reject/", Reject.as_view(), name="bridge_reject"),
]
