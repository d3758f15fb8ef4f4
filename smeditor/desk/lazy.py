"""Addresses without their views: a view is imported by the first request for it, so a site starts without the desk's pages.

What is named here by its dotted path is imported like anything else: the test of the architecture reads the path as an
import, and another one finds what it names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.db.models import Model
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

View = Callable[..., HttpResponseBase]


def lazy_view(dotted_path: str, *, by_machines: bool = False) -> View:
    """The view at ``dotted_path``: a function, or a class of which the view is made.

    ``by_machines``: other servers POST there, which have no token of a form of ours. Django asks for that before the view
    is loaded, so that a mark on the view itself would come too late.
    """

    def load() -> View:
        view = import_string(dotted_path)
        return view.as_view() if hasattr(view, "as_view") else view

    view = _lazily(load)
    return csrf_exempt(view) if by_machines else view


def lazy_listing(name: str, dotted_path: str, prefix: str = "") -> list[URLPattern]:
    """The two addresses of the list at ``dotted_path``, a :class:`~smeditor.desk.viewsets.ListingViewSet`.

    It lies under ``prefix``, or where none is given under its ``name``; its results are ``{name}_results``.
    """
    load = cache(lambda: import_string(dotted_path)(name))
    return [
        path(f"{prefix or name}/", _lazily(lambda: load().index_view), name=name),
        path(f"{prefix or name}/results/", _lazily(lambda: load().index_results_view), name=f"{name}_results"),
    ]


def _lazily(load: Callable[[], View]) -> View:
    loaded = cache(load)

    def view(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return loaded()(*args, **kwargs)

    return view


class LazyViews(ViewSet):
    """A viewset that stands for another one: it has the same addresses, and the views are those of the other.

    ``load`` returns the other viewset; of Wagtail's addresses for such a viewset it lacks those named in ``without``.
    """

    _edit_handler = None

    def __init__(self, load: Callable[[], ViewSet], without: Collection[str] = (), **settings: Any) -> None:
        super().__init__(**settings)
        self.load, self.without = cache(load), without

    def get_form_class(self, for_update: bool = False) -> None:
        """No form: the other viewset has one."""

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's own addresses, each with a view that is still to be imported."""
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.without]
        for pattern in patterns:
            pattern.callback = self._view(pattern.name)
        return patterns

    def _view(self, name: str) -> View:
        def load() -> View:
            return next(pattern.callback for pattern in self.load().get_urlpatterns() if pattern.name == name)

        return _lazily(load)


class LazyModelViewSet(LazyViews, ModelViewSet):
    """Stands for the :class:`~smeditor.desk.viewsets.DeskModelViewSet` at ``dotted_path``, with the same settings.

    It lies under ``smeditor/{place}/``, its addresses in the namespace ``smeditor_{place}``.
    """

    def __init__(self, dotted_path: str, model: type[Model], place: str, without: Collection[str] = ()) -> None:
        settings: dict[str, Any] = {
            "model": model,
            "name": f"smeditor_{place}",
            "url_prefix": f"smeditor/{place}",
            "copy_view_enabled": False,
            "inspect_view_enabled": True,
            "add_to_reference_index": False,
        }
        super().__init__(lambda: import_string(dotted_path)(**settings), without, **settings)

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """What Wagtail's reports ask for the page of an object: the one that shows it, where none changes it."""
        finder: type[ModelAdminURLFinder] = super().url_finder_class
        if "edit" in self.without:
            finder.edit_url_name = self.get_url_name("inspect")
        return finder


class LazyChooserViewSet(LazyViews, SnippetChooserViewSet):
    """Stands for the viewset of a snippet's chooser."""


class LazySnippetViewSet(LazyViews, SnippetViewSet):
    """Stands for the viewset of a snippet at ``dotted_path``, which gets the same ``settings``."""

    def __init__(self, dotted_path: str, **settings: Any) -> None:
        super().__init__(lambda: import_string(dotted_path)(**settings), **settings)

    def get_edit_handler(self) -> Any:
        """The panels of the snippet's form, which Wagtail asks for beside the views."""
        return self.load().get_edit_handler()

    @property
    def chooser_viewset(self) -> LazyChooserViewSet:
        """The viewset of the chooser, in which nothing is created: the snippet's own form is a page of its own."""
        return LazyChooserViewSet(
            lambda: self.load().chooser_viewset,
            without=("create",),
            name=self.get_chooser_admin_url_namespace(),
            model=self.model,
            url_prefix=self.get_chooser_admin_base_path(),
            icon=self.icon,
        )
