"""Addresses whose views are imported with the first request: they are those of the viewset that they stand for."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.admin.viewsets import viewsets
from wagtail.log_actions import log

from smeditor.desk.lazy import LazyViews
from smeditor.models import Hold

pytestmark = pytest.mark.django_db


def addresses(patterns) -> dict[str, str]:
    return {pattern.name: str(pattern.pattern) for pattern in patterns}


def registered() -> list[LazyViews]:
    reverse("wagtailadmin_home")  # Wagtail registers viewsets when the admin's addresses are read
    return [viewset for viewset in viewsets.viewsets if isinstance(viewset, LazyViews)]


def test_every_viewset_of_the_desk_is_imported_late():
    assert {viewset.model._meta.model_name for viewset in registered()} == {
        *("account", "desk", "hold", "post", "rule", "savedreply", "source", "topicclash", "wordlist")
    }


def test_each_address_has_a_view_of_the_viewset_that_it_stands_for():
    for viewset in registered():
        offered, real = addresses(viewset.get_urlpatterns()), addresses(viewset.load().get_urlpatterns())
        assert offered.items() <= real.items(), viewset


def test_each_view_bears_the_names_of_the_addresses_under_which_it_is_registered():
    for viewset in registered():
        real = viewset.load()
        assert (real.name, real.url_namespace, real.url_prefix) == (
            viewset.name,
            viewset.url_namespace,
            viewset.url_prefix,
        )


def test_a_hold_is_never_rewritten():
    holds = next(viewset for viewset in registered() if viewset.name == "smeditor_holds")
    assert not {"edit", "delete"} & addresses(holds.get_urlpatterns()).keys()


def test_wagtails_history_of_the_site_leads_to_a_hold(desk, client, as_role):
    """It asks for the page that changes an object: a hold has none, and the report answered 500 once one was placed."""
    user = as_role(superuser=True)
    hold = Hold.objects.create(scope=Hold.Scope.TOPIC, topic="harbour", reason="Not yet.", placed_by=user)
    log(instance=hold, action="wagtail.create", user=user)
    report = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert reverse("smeditor_holds:inspect", args=[hold.pk]) in report
