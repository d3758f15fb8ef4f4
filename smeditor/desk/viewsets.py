"""What the desk's viewsets of plain models share: Wagtail's own listing and forms, under the hold bar, gated by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.listing import ListingViewSetMixin
from wagtail.admin.viewsets.model import ModelViewSet

from smeditor.desk.base import DeskListing
from smeditor.desk.gates import gated
from smeditor.desk.hold_bar import HoldBar
from smeditor.desk.inspect import InspectView


class DeskIndexView(HoldBar, generic.IndexView):
    """Wagtail's listing, under the bar of holds."""

    table_classname = "listing sme-listing"
    add_item_label = _("Add")
    """Without the model's name, which Wagtail puts behind an article that no language but English leaves as it is."""


class DeskCreateView(HoldBar, generic.CreateView):
    """Wagtail's form for a new object, under the bar of holds."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Wagtail's own, whose last says what is new without an adjective that would have to agree with it."""
        label = capfirst(self.model._meta.verbose_name)
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": label}]


class DeskEditView(HoldBar, generic.EditView):
    """Wagtail's form for an object that is there, under the bar of holds."""


class DeskModelViewSet(ModelViewSet):
    """A model of the desk with Wagtail's own listing and forms, searched in the database itself.

    Its model, its name and its place among the addresses are given where it is registered: in ``wagtail_hooks``.
    """

    inspect_view_class = InspectView
    index_view_class = DeskIndexView
    add_view_class = DeskCreateView
    edit_view_class = DeskEditView
    search_backend_name = None

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's own addresses, each gated: whoever asks for one object by its id passes the model's policy."""
        return gated(self.model, super().get_urlpatterns())


class ListingViewSet(ListingViewSetMixin, ViewSet):
    """A list of the desk without forms of Wagtail's: the page, and its results alone, as filters and search ask for them.

    ``name`` is its name among the desk's addresses, where :func:`~smeditor.desk.lazy.lazy_listing` puts it.
    """

    index_view_class: ClassVar[type[DeskListing]]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's own, with the two addresses and the icon."""
        names = {
            "index_url_name": f"smeditor:{self.name}",
            "index_results_url_name": f"smeditor:{self.name}_results",
            "header_icon": self.icon,
        }
        return super().get_common_view_kwargs(**{**names, **kwargs})

    @property
    def index_view(self) -> Callable[..., HttpResponseBase]:
        """The whole page."""
        return self.construct_view(self.index_view_class, **self.get_index_view_kwargs())

    @property
    def index_results_view(self) -> Callable[..., HttpResponseBase]:
        """The rows alone."""
        return self.construct_view(self.index_view_class, **self.get_index_view_kwargs(), results_only=True)
