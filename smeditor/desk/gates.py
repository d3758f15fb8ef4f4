"""Whoever asks for one thing by its id passes here first, on each of Wagtail's own roads to it as well."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from wagtail.permissions import policy_registry

from smeditor.text.params import parse_id

ACTIONS = {
    "edit": "change",
    "delete": "delete",
    "unpublish": "publish",
    "lock": "lock",
    "unlock": "unlock",
    "revisions_revert": "change",
    "revisions_unschedule": "publish",
    "preview_on_edit": "change",
    "confirm_workflow_cancellation": "change",
}
"""What one must be allowed to do with a thing, by the name of the address; with any other, to see it."""


def gated(model: type[Any], patterns: list[URLPattern]) -> list[URLPattern]:
    """The addresses of a viewset of ``model``, each of which asks the model's policy about the thing it names."""
    for pattern in patterns:
        pattern.callback = _gate(model, ACTIONS.get(pattern.name or "", "view"), pattern.callback)
    return patterns


def _gate(model: type[Any], action: str, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def pass_through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs:
            key = parse_id(unquote(str(kwargs["pk"])))
            if key is None:
                raise Http404
            thing = get_object_or_404(model, pk=key)
            policy = policy_registry.get_by_type(model)
            if not policy.user_has_permission_for_instance(request.user, action, thing):
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return pass_through
