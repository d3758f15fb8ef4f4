"""What every view of the desk stands on: a permission that fails closed, Wagtail's pages, operations that answer in a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from django_stubs_ext import StrOrPromise
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import BaseOperationView

from smeditor.desk.capped import CappedPaginator
from smeditor.desk.hold_bar import HoldBar
from smeditor.desk.search import SearchesForms
from smeditor.exceptions import SmeditorError

Parents: TypeAlias = tuple[tuple[StrOrPromise, StrOrPromise], ...]
"""The pages above one in the breadcrumbs, from the top: the address and the label of each."""

M = TypeVar("M", bound=Model)
"""The model of the object that an operation is done to."""


class DeskPermissionMixin(PermissionCheckedMixin):
    """Lets in whoever has any of ``any_permission_required``. A view that names none lets nobody in.

    The desk's rights are no model's ("answer a concern", "hold deliveries"), so they are named in full, as
    ``"smeditor.view_delivery"``, and Wagtail's mixin asks the user and not one model's policy.
    """

    any_permission_required: ClassVar[tuple[str, ...]] = ()

    def user_has_any_permission(self, permissions: Iterable[str]) -> bool:
        """Whether who asks has one of ``permissions``, each named in full."""
        return any(self.request.user.has_perm(permission) for permission in permissions)


class DeskPage(DeskPermissionMixin, HoldBar, TemplateView):
    """One page of the admin under the slim header, with its place in the breadcrumbs."""

    @property
    def parents(self) -> Parents:
        """The pages between the home page and this one; a page whose parents are always the same sets an attribute."""
        return ()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the home page: Wagtail's own beginning, ``parents``, and this page."""
        above = [{"url": url, "label": label} for url, label in self.parents]
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *above, here]


class DeskListing(DeskPermissionMixin, HoldBar, SearchesForms):
    """A universal listing: filters, search, pages, columns."""

    paginate_by = 20
    paginator_class = CappedPaginator
    is_searchable = False
    search_backend_name = None
    table_classname = "listing sme-listing"

    @cached_property
    def verbose_name_plural(self) -> StrOrPromise:
        """What is listed, for the sentence that tells how many there are."""
        return self.model._meta.verbose_name_plural

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Wagtail's own, and no rows: the filters narrow what ``get_base_queryset`` lets this user see, never the table."""
        return {**super().get_filterset_kwargs(), "queryset": self.model._default_manager.none()}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """``queryset``, narrowed by the filters; whole where what was asked for is no choice."""
        if self.filters and self.filters.is_valid():
            return self.filters.filter_queryset(queryset)
        return queryset


class ActionView(DeskPermissionMixin, View, ABC):
    """What is done to several objects or to none, by POST only; what is done to one is an :class:`OperationView`.

    It answers in a sentence and goes back to the page that the form names as ``next``, else to ``after_url()``.
    """

    http_method_names = ["post"]
    after: ClassVar[StrOrPromise] = "/"

    @abstractmethod
    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str | HttpResponseRedirect | None:
        """Do it and return the sentence that says so, or where to go instead of back. What the address names comes along.

        Raises SmeditorError with the sentence that says why not.
        """

    def after_url(self) -> str:
        """Where to go when the form names no page to go back to."""
        return str(self.after)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, say in a message what came of it, and go back."""
        try:
            done = self.perform(request, **kwargs)
        except SmeditorError as error:
            report_error(request, error)
        else:
            if isinstance(done, HttpResponseRedirect):
                return done
            if done:
                messages.success(request, done)
        return redirect(next_address(request) or self.after_url())


def next_address(request: HttpRequest) -> str:
    """The page of ours that a form names as ``next``, "" for none.

    A bare word is an address to Wagtail and the name of a view to Django's ``redirect``, which finds none of that name.
    """
    address = get_valid_next_url_from_request(request)
    return address if "/" in address else ""


class OperationView(DeskPermissionMixin, BaseOperationView, ABC, Generic[M]):
    """One operation on one object, by POST only.

    ``perform_operation`` does it and puts the sentence that says so into ``success_message``; it raises SmeditorError
    with the sentence that says why not. Whichever it is, one goes back to the page that the form names as ``next``, else
    to the object's own. ``get_base_object_queryset`` holds what this user may see: all else is not found.
    """

    http_method_names = ["post"]
    model: type[M]
    object: M

    def get_object(self) -> M:
        """The object, once it is certain that this user may do it to any: Wagtail looks it up before it asks that.

        Raises PermissionDenied, Http404.
        """
        if not self.user_has_any_permission(self.any_permission_required):
            raise PermissionDenied
        return super().get_object()

    def check_object(self) -> None:
        """Raises NotAllowed, with a sentence, when this user may not do it to this very object."""

    @abstractmethod
    def perform_operation(self) -> None:
        """Do it, and set ``success_message``. Raises SmeditorError when it may not or cannot be done."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Wagtail's own, and the page that the form names."""
        super().setup(request, *args, **kwargs)
        self.next_url = next_address(request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, say in a message what came of it, and go back."""
        try:
            self.check_object()
            return super().post(request, *args, **kwargs)
        except SmeditorError as error:
            report_error(request, error)
            return redirect(self.get_success_url())


def report_error(request: HttpRequest, error: SmeditorError) -> None:
    """Say to who asked why it was not done."""
    messages.error(request, error.sentence or _("It could not be done. Nothing was changed."))
