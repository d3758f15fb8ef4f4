"""What stands beside a post: its length on every account, the checks, the deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.admin.ui.side_panels import BaseSidePanel

from smeditor.desk.posts.counting import lengths
from smeditor.desk.posts.holding import holding_context
from smeditor.desk.results import short_of
from smeditor.models import Delivery
from smeditor.models.desks import acts_for_desks
from smeditor.permissions import PUBLISH_POST, VIEW_DELIVERY
from smeditor.publishing.remedy_options import Option, deleting, editing


class CounterPanel(Panel):
    """Filled while one types (``sme-composer``); without a script it shows the lengths of what was saved."""

    class BoundPanel(Panel.BoundPanel):
        """The counter of one post."""

        template_name = "smeditor/admin/posts/counter.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The template receives the lengths of the post as it was saved."""
            context = super().get_context_data(parent_context)
            post = self.instance
            context["lengths"] = lengths(post) if post.pk else []
            return context


class GoodTimesPanel(Panel):
    """Asks for the hours at which the chosen accounts' readers answer (``sme-good-times``); without a script it is empty."""

    class BoundPanel(Panel.BoundPanel):
        """The button of one post, and the place of the answer."""

        template_name = "smeditor/admin/posts/compose/good_times_button.html"


class DeliveriesSidePanel(BaseSidePanel):
    """Where the post is on its way, account by account."""

    name = "deliveries"
    title = _("Deliveries")
    template_name = "smeditor/admin/posts/side_deliveries.html"
    order = 250

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button that opens the panel."""

        aria_label = _("Toggle deliveries")
        icon_name = "upload"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """The button receives how many deliveries there are."""
            return {**super().get_context_data(parent_context), "count": len(self.panel.deliveries)}

    def __init__(self, object: Any, request: Any) -> None:
        super().__init__(object, request)
        rows = object.deliveries.select_related("account", "result").order_by("-pk") if object.pk else []
        self.deliveries = list(rows)
        self.published = {row.pk for row in self.deliveries if row.operation == Delivery.Operation.PUBLISH}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the deliveries, and whether this user may open them."""
        context = super().get_context_data(parent_context)
        context["deliveries"] = self.deliveries
        user, now = self.request.user, timezone.now()
        context["may_see"] = user.has_perm(VIEW_DELIVERY)
        may_delete = context["may_see"] and user.has_perm(PUBLISH_POST)
        own = acts_for_desks(user, [row.account.desk_id for row in self.deliveries]) if may_delete else set()
        context["standing"] = [
            (row, self.afterwards(row, now), may_delete and row.account.desk_id in own, short_of(row))
            for row in self.deliveries
        ]
        return {**context, **holding_context(self.object, self.request)}

    def afterwards(self, delivery: Delivery, now: datetime) -> dict[str, Option] | None:
        """What can still be done to a post that is on its network: edit and delete, each with the reason; else None."""
        if delivery.pk not in self.published or delivery.state != Delivery.State.SENT:
            return None
        return {"editing": editing(delivery, now), "deleting": deleting(delivery, now)}


class PreflightSidePanel(BaseSidePanel):
    """What stops the post or should be known before it is approved, as it was saved last."""

    name = "preflight"
    title = _("Before it goes out")
    template_name = "smeditor/admin/posts/side_preflight.html"
    order = 240

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button that opens the panel."""

        aria_label = _("Toggle what to check before it goes out")
        icon_name = "tasks"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """The button receives how many findings there are."""
            return {**super().get_context_data(parent_context), "count": len(self.panel.findings)}

    def __init__(self, object: Any, request: Any, findings: list[Any], *, fast_lane: bool = False) -> None:
        super().__init__(object, request)
        self.findings, self.fast_lane = findings, fast_lane

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the findings, and whether the fast lane is open to this user."""
        context = super().get_context_data(parent_context)
        return {**context, "findings": self.findings, "fast_lane": self.fast_lane, "post": self.object}
