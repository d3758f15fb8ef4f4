"""Looking at one object without editing it: Wagtail's inspect view, with every value in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views import generic
from wagtail.snippets.views import snippets

from smeditor.desk.hold_bar import HoldBar
from smeditor.templatetags.smeditor_desk import newsroom_moment

NOTHING = "–"


class Readable(generic.InspectView):
    """Shows what is empty as a dash, boxes as yes or no, and what is several as a list with commas."""

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Wagtail's own; of what hangs on the object, as its images do, the name of its model and not of the relation."""
        if getattr(field, "auto_created", False) and getattr(field, "related_model", None):
            return capfirst(field.related_model._meta.verbose_name_plural)
        return super().get_field_label(field_name, field)

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """The value of a field in words; Wagtail's own where that is a person's already."""
        if getattr(self.object, field_name, "") is None:
            return NOTHING
        value = getattr(self.object, field_name, None)
        if isinstance(value, datetime):
            return newsroom_moment(value)
        if isinstance(value, get_user_model()):
            return get_user_display_name(value)
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
