"""What every view of the desk stands on: a permission that fails closed, Wagtail's furniture, acts that answer in a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import register_converter
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.base import BaseListingView

from smeditor.desk.hold_bar import HoldBar
from smeditor.desk.search import SearchesForms
from smeditor.desk.tables import capitalised
from smeditor.exceptions import SmeditorError
from smeditor.text.params import IdConverter

register_converter(IdConverter, "id")


class Permitted:
    """Lets in whoever has any of ``any_permission``. A view that names none lets nobody in."""

    any_permission: ClassVar[tuple[str, ...]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(request.user.has_perm(permission) for permission in self.any_permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DeskPage(Permitted, HoldBar, WagtailAdminTemplateMixin, TemplateView):
    """One page of the admin under the slim header, with its place in the breadcrumbs."""

    parents: ClassVar[tuple[tuple[Any, Any], ...]] = ()
    """(address, label) of the pages between the home page and this one."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": url, "label": label} for url, label in self.parents]
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *above, here]


class DeskListing(SearchesForms, Permitted, HoldBar, BaseListingView):
    """A universal listing: filters, search, pages, columns."""

    paginate_by = 20
    is_searchable = False
    search_backend_name = None
    table_classname = "listing sme-listing"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        capitalised(cls.columns)

    @cached_property
    def verbose_name_plural(self) -> str:
        return self.model._meta.verbose_name_plural

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(), "queryset": self.model._default_manager.none()}

    def filter_queryset(self, queryset: Any) -> Any:
        if self.filters and self.filters.is_valid():
            return self.filters.filter_queryset(queryset)
        return queryset


class ActionView(Permitted, View, ABC):
    """One act on the desk, by POST only. It answers in a sentence and goes back to where one came from."""

    http_method_names = ["post"]
    after: ClassVar[Any] = "/"

    @abstractmethod
    def perform(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Do it and return the sentence that tells it. Raises SmeditorError with the sentence that tells why not."""

    def after_url(self) -> str:
        return str(self.after)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            done = self.perform(request, **kwargs)
        except SmeditorError as error:
            messages.error(request, error.sentence or _("It could not be done. Nothing was changed."))
        else:
            if isinstance(done, HttpResponseRedirect):
                return done
            if done:
                messages.success(request, done)
        return redirect(get_valid_next_url_from_request(request) or self.after_url())
