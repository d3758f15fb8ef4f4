"""The bar that says, on every page of the desk, what is on hold, by whom and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from smeditor.models import Hold
from smeditor.permissions import HOLD_DELIVERY
from smeditor.templatetags.smeditor_desk import holds_of, network_label

SHOWN = 3
REASON_SHOWN = 120
"""Characters of a reason on the bar: it stands in full on the page of the hold."""
TARGETS = {
    Hold.Scope.NETWORK: "network",
    Hold.Scope.ACCOUNT: "account",
    Hold.Scope.DESK: "desk",
    Hold.Scope.TOPIC: "topic",
    Hold.Scope.ARTICLE: "article",
}


def subject(hold: Hold) -> str:
    """What a hold stops, in words."""
    named = getattr(hold, TARGETS[hold.scope]) if hold.scope in TARGETS else ""
    if hold.scope == Hold.Scope.NETWORK:
        named = network_label(named)
    return f"{hold.get_scope_display()} ({named})" if named else hold.get_scope_display()


def sentence(hold: Hold) -> str:
    params = {"what": subject(hold), "why": Truncator(hold.reason).chars(REASON_SHOWN)}
    if hold.placed_by is None:
        return gettext("On hold – %(what)s. %(why)s") % params
    return gettext("On hold – %(what)s, by %(who)s. %(why)s") % {**params, "who": get_user_display_name(hold.placed_by)}


class HoldBar:
    """A view of the desk: its page begins with what is on hold."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        partial = getattr(self, "results_only", False) or "_w_hydrate_create_view" in request.GET
        if not partial and request.accepts("text/html"):
            show(request)
        return super().get(request, *args, **kwargs)


def show(request: HttpRequest) -> None:
    """Put the bar on the page that this request asks for."""
    may = request.user.has_perm(HOLD_DELIVERY) or request.user.has_perm("smeditor.view_hold")
    link = [messages.button(reverse("smeditor_holds:index"), gettext("Holds"))] if may else []
    found = holds_of(request)
    for hold in found[:SHOWN]:
        messages.warning(request, sentence(hold), buttons=link)
    if len(found) > SHOWN:
        messages.warning(request, gettext("%(n)d more holds are in force.") % {"n": len(found) - SHOWN}, buttons=link)
