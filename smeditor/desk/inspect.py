"""Looking at one object without editing it: Wagtail's inspect view, with every value in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from wagtail.admin.views import generic
from wagtail.snippets.views import snippets

from smeditor.desk.hold_bar import HoldBar

NOTHING = "–"


class Readable(generic.InspectView):
    """Shows what is empty as a dash, boxes as yes or no, and what is several as a list with commas."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """The value of a field in words; Wagtail's own where that is a person's already."""
        if getattr(self.object, field_name, "") is None:
            return NOTHING
        return readable_value(super().get_field_display_value(field_name, field))


def readable_value(value: Any) -> Any:
    """``value`` as a person reads it; what is neither empty, a box nor several is returned as it is."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if value is None or value == "" else value


class InspectView(HoldBar, Readable):
    """For the desk's viewsets."""


class SnippetInspectView(HoldBar, Readable, snippets.InspectView):
    """For the desk's snippets."""
