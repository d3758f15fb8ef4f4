"""What the desk's viewsets of plain models share: Wagtail's own listing and forms, under the hold bar, gated by row."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from smeditor.desk.gates import gated
from smeditor.desk.hold_bar import HoldBar
from smeditor.desk.inspect import InspectView


class DeskIndexView(HoldBar, generic.IndexView):
    """Wagtail's listing, under the bar of holds."""

    table_classname = "listing sme-listing"


class DeskCreateView(HoldBar, generic.CreateView):
    """Wagtail's form for a new object, under the bar of holds."""


class DeskEditView(HoldBar, generic.EditView):
    """Wagtail's form for an object that is there, under the bar of holds."""


class DeskModelViewSet(ModelViewSet):
    """A model of the desk with Wagtail's own listing and forms, searched in the database itself."""

    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = True
    inspect_view_class = InspectView
    index_view_class = DeskIndexView
    add_view_class = DeskCreateView
    edit_view_class = DeskEditView
    search_backend_name = None

    def get_urlpatterns(self) -> list[Any]:
        return gated(self.model, super().get_urlpatterns())
