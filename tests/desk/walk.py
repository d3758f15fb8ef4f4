"""A walk through every address of a full desk: what each answered, and what its templates asked for in vain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from bs4 import BeautifulSoup
from django.http import HttpResponseBase
from django.template import base
from django.test import Client

from smeditor.desk import delivery_bulk, queue_bulk
from smeditor.models import Delivery
from tests.desk import screens
from tests.desk.bulk import bulk_url

NOT_TEXT = ["code", "pre", "script", "style", "textarea", "template", "svg"]


class Walk:
    """``status`` and, of pages, the ``texts`` that a person reads, by address; ``asked_in_vain`` of all of them."""

    def __init__(self, client: Client, article_id: int) -> None:
        """``client`` is somebody who may do anything."""
        client.raise_request_exception = False
        self.status: dict[str, int] = {}
        self.texts: dict[str, list[str]] = {}
        bulk = [
            bulk_url(action.action_type, Delivery.objects.all())
            for action in (*delivery_bulk.ACTIONS, *queue_bulk.ACTIONS)
        ]
        with noting() as self.asked_in_vain:
            for address in [*screens.addresses(article_id), *bulk]:
                response = client.get(address)
                self.status[address] = response.status_code
                if response.status_code == 200 and "html" in response.headers["Content-Type"]:
                    self.texts[address] = visible(response)


def visible(response: HttpResponseBase) -> list[str]:
    """The texts that a person reads on the desk's own part of a page."""
    soup = BeautifulSoup(response.content, "html.parser")
    body = soup.find("main") or soup
    for tag in [*body(NOT_TEXT), *body.find_all(hidden=True)]:
        tag.decompose()
    return [" ".join(text.split()) for text in body.stripped_strings]


@contextmanager
def noting() -> Iterator[set[tuple[str, str]]]:
    """Note (template, variable) of the desk's own templates for which the context has nothing, as they are rendered."""
    found: set[tuple[str, str]] = set()
    rendering: list[str] = []
    render, resolve = base.Node.render_annotated, base.Variable._resolve_lookup

    def noted_render(node: base.Node, context: Any) -> Any:
        rendering.append(getattr(getattr(node, "origin", None), "name", "") or "")
        try:
            return render(node, context)
        finally:
            rendering.pop()

    def noted_resolve(variable: base.Variable, context: Any) -> Any:
        try:
            return resolve(variable, context)
        except base.VariableDoesNotExist:
            template = next((name for name in reversed(rendering) if name), "")
            if "/templates/smeditor/" in template:
                found.add((template.partition("/templates/")[2], variable.var))
            raise

    with (
        mock.patch.object(base.Node, "render_annotated", noted_render),
        mock.patch.object(base.Variable, "_resolve_lookup", noted_resolve),
    ):
        yield found
