"""Panels of the desk's edit forms that show instead of asking."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import Column, DateColumn, Table

from smeditor.models import Rule
from smeditor.publishing import rule_insight


class ShownPanel(Panel):
    """A panel without a field: it is shown once the object exists."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", self.default_heading)
        kwargs.setdefault("icon", self.default_icon)
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        """The panel on one form."""

        def is_shown(self) -> bool:
            """Once the object exists."""
            return super().is_shown() and self.instance.pk is not None


class RunTextColumn(Column):
    """What a rule wrote, and why it went no further."""

    cell_template_name = "smeditor/admin/cells/rule_run.html"


class RuleRunsPanel(ShownPanel):
    """What the rule did, or in shadow would have done."""

    default_heading = _("What it did")
    default_icon = "history"
    shown = 25

    class BoundPanel(ShownPanel.BoundPanel):
        """The runs of one rule."""

        template_name = "smeditor/admin/panels/rule_runs.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The template receives the newest runs, whether the rule only pretends, and how that compares with people."""
            context = super().get_context_data(parent_context)
            runs = self.instance.runs.select_related("article", "post")
            context["runs_table"] = Table(RUN_COLUMNS, list(runs[: RuleRunsPanel.shown]), classname="listing sme-dense")
            context["shadow"] = self.instance.mode == Rule.Mode.SHADOW
            context["rule"] = self.instance
            context["comparison"] = rule_insight.compare(self.instance, timezone.now())
            return context


RUN_COLUMNS = [
    Column("article", label=_("Article"), accessor=lambda run: run.article or f"#{run.article_key}"),
    RunTextColumn("text", label=_("Text")),
    Column("get_mode_display", label=_("Mode")),
    DateColumn("at", label=_("When")),
]


class SourceStatePanel(ShownPanel):
    """How far a source was read, and what went wrong last."""

    default_heading = _("How it stands")
    default_icon = "info-circle"

    class BoundPanel(ShownPanel.BoundPanel):
        """The state of one source."""

        template_name = "smeditor/admin/panels/source_state.html"
