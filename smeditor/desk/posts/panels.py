"""What stands beside a post: its length on every account, the checks, the deliveries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.admin.ui.side_panels import BaseSidePanel

from smeditor.desk.posts.counting import lengths


class CounterPanel(Panel):
    """Counts while one types (``sme-counter``); without a script it shows the lengths of what was saved."""

    class BoundPanel(Panel.BoundPanel):
        """The counter of one post."""

        template_name = "smeditor/admin/posts/counter.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The template receives the lengths of the post as it was saved."""
            context = super().get_context_data(parent_context)
            post = self.instance
            context["lengths"] = lengths(post) if post.pk else []
            return context


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
        rows = object.deliveries.select_related("account").order_by("-pk") if object.pk else []
        self.deliveries = list(rows)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the deliveries, and whether this user may open them."""
        context = super().get_context_data(parent_context)
        context["deliveries"] = self.deliveries
        context["may_see"] = self.request.user.has_perm("smeditor.view_delivery")
        return context


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

    def __init__(self, object: Any, request: Any, findings: list[Any]) -> None:
        super().__init__(object, request)
        self.findings = findings

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the findings."""
        return {**super().get_context_data(parent_context), "findings": self.findings}
