"""The bar that says, on every page of the desk, what is on hold, by whom and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import select_template
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton

from smeditor.models import Hold
from smeditor.permissions import HOLD_DELIVERY
from smeditor.templatetags.smeditor_desk import holds_of, network_label

ADD_HOLD = "smeditor.add_hold"
SHOWN = 2
"""How many holds a page names; of the others it gives the number, so that the bar never fills a phone's screen."""
REASON_SHOWN = 120
"""Characters of a reason on the bar: it stands in full on the page of the hold."""
TARGETS: dict[str, str] = {
    Hold.Scope.NETWORK: "network",
    Hold.Scope.ACCOUNT: "account",
    Hold.Scope.DESK: "desk",
    Hold.Scope.TOPIC: "topic",
    Hold.Scope.ARTICLE: "article",
    Hold.Scope.POST: "post",
}
"""The field that names what a hold of this scope stops; the scopes that are not here need none."""


def subject(hold: Hold) -> str:
    """What ``hold`` stops, in the editor's language: its scope and, where it has one, the name of its target."""
    named = getattr(hold, TARGETS[hold.scope]) if hold.scope in TARGETS else ""
    if hold.scope == Hold.Scope.NETWORK:
        named = network_label(named)
    return f"{hold.get_scope_display()} ({named})" if named else hold.get_scope_display()


def sentence(hold: Hold) -> str:
    """What ``hold`` stops, who placed it and why, as one sentence in the editor's language."""
    params = {"what": subject(hold), "why": Truncator(hold.reason).chars(REASON_SHOWN)}
    if hold.placed_by is None:
        return gettext("On hold – %(what)s. %(why)s") % params
    return gettext("On hold – %(what)s, by %(who)s. %(why)s") % {**params, "who": get_user_display_name(hold.placed_by)}


class HoldBar(WagtailAdminTemplateMixin):
    """A view of the desk: its page says under the header what is on hold.

    The bar is a part of the page and not one of Django's messages: those outlive a page that answers with a redirect,
    and an autosave may take them. Whatever template the view has is extended by one that puts the bar under its header.
    """

    hold_bar_template_name = "smeditor/admin/with_hold_bar.html"
    offers_stop = True
    """Whether the page's header leads to "Stop sending"; the page that stops does not lead to itself."""

    def get_header_buttons(self) -> list[Button]:
        """The page's own, and for who may stop the way to it: one click from every page of the desk."""
        buttons = super().get_header_buttons()
        if not (self.offers_stop and may_stop(self.request.user)):
            return buttons
        address = reverse("smeditor_holds:add")
        return [*buttons, HeaderButton(gettext("Stop sending"), url=address, icon_name="lock", priority=900)]

    def get_template_names(self) -> list[str]:
        """The view's own template, or the one that puts the bar into it while something is on hold."""
        names = super().get_template_names()
        return [self.hold_bar_template_name] if self.is_whole_page() and holds_of(self.request) else names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives what the bar shows, and its own template to extend."""
        context = super().get_context_data(**kwargs)
        if self.is_whole_page() and holds_of(self.request):
            context |= hold_bar_context(self.request)
            context["page_template"] = select_template(super().get_template_names())
        return context

    def is_whole_page(self) -> bool:
        """Whether a page is asked for, and not a part that is put into one that is there already."""
        partial = getattr(self, "results_only", False) or "_w_hydrate_create_view" in self.request.GET
        return not partial and self.request.accepts("text/html")


def may_stop(user: Any) -> bool:
    """Whether ``user`` may place a hold."""
    return user.has_perm(ADD_HOLD)


def hold_bar_context(request: HttpRequest) -> dict[str, Any]:
    """What the bar shows: the first ``SHOWN`` sentences, how many more there are, and whether the list may be opened."""
    holds = holds_of(request)
    user = request.user
    return {
        "hold_sentences": [sentence(hold) for hold in holds[:SHOWN]],
        "more_holds": gettext("%(n)d more holds are in force.") % {"n": len(holds) - SHOWN}
        if len(holds) > SHOWN
        else "",
        "may_see_holds": user.has_perm(HOLD_DELIVERY) or user.has_perm("smeditor.view_hold"),
    }
