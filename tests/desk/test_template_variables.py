"""What a template asks for, its page gives. Django says nothing of a variable that is not there: a view that names a
thing anew leaves an empty list, or a choice without choices, on a page that still answers 200.
"""

from __future__ import annotations

import pytest
from django.template import base

from smeditor.desk import delivery_bulk
from smeditor.models import Delivery
from tests.desk import screens
from tests.desk.bulk import bulk_url
from tests.desk.test_screens import full_desk  # noqa: F401

OPTIONAL = {
    "actions", "choose", "cues", "may_answer", "may_decide", "may_seal", "selectable",  # what whoever includes a card may say
    "droppable", "in_doubt", "movable", "payload.content_warning", "look.found", "one.card",  # by the kind of thing
    "reaction.account.tone",  # of no account
    "envelope", "form.in_public", "perms.smeditor.change_post", "switch.on", "switch.user",
}  # fmt: skip
"""Variables that a page may leave out."""


@pytest.fixture
def language():
    return "en"


@pytest.fixture
def asked_in_vain(monkeypatch):
    """(template, variable) of the desk's own templates for which the context had nothing, as they are rendered."""
    found: set[tuple[str, str]] = set()
    rendering: list[str] = []
    render, resolve = base.Node.render_annotated, base.Variable._resolve_lookup

    def noted_render(node, context):
        rendering.append(getattr(getattr(node, "origin", None), "name", "") or "")
        try:
            return render(node, context)
        finally:
            rendering.pop()

    def noted_resolve(variable, context):
        try:
            return resolve(variable, context)
        except base.VariableDoesNotExist:
            template = next((name for name in reversed(rendering) if name), "")
            if "/templates/smeditor/" in template:
                found.add((template.partition("/templates/")[2], variable.var))
            raise

    monkeypatch.setattr(base.Node, "render_annotated", noted_render)
    monkeypatch.setattr(base.Variable, "_resolve_lookup", noted_resolve)
    return found


def test_every_variable_of_a_template_is_given(full_desk, client, asked_in_vain):  # noqa: F811
    for address in screens.addresses(full_desk.article.pk):
        response = client.get(address)
        assert response.streaming or response.content is not None
    for action in delivery_bulk.ACTIONS:
        assert client.get(bulk_url(action.action_type, Delivery.objects.all())).status_code == 200
    assert {pair for pair in asked_in_vain if pair[1] not in OPTIONAL} == set()
