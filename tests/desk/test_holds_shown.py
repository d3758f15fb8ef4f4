"""While a hold is in force every page of the desk says so, and nothing held claims to go out at its time (P15)."""

import pytest
from django.urls import reverse

from smeditor.models import Delivery, Hold
from smeditor.publishing import holds
from tests.desk.test_actions import CHIEF

PAGES = ["smeditor:calendar", "smeditor:inbox", "smeditor:deliveries", "smeditor:late", "smeditor:concerns"]
MORE = ["wagtailadmin_home", "smeditor_posts:list", "smeditor_posts:add"]


@pytest.fixture
def held(desk):
    return holds.place(Hold.Scope.NETWORK, "A wrong figure goes round", desk.author, network=desk.account.network)


@pytest.mark.parametrize("page", [*PAGES, *MORE])
def test_the_page_says_what_is_held_and_why_and_by_whom(client, as_role, held, page):
    as_role(CHIEF)
    shown = client.get(reverse(page)).content.decode()
    assert "A wrong figure goes round" in shown
    assert str(held.placed_by.get_full_name() or held.placed_by) in shown


def test_it_is_said_once_and_not_after_it_was_lifted(client, as_role, held):
    me = as_role(CHIEF)
    page = reverse("smeditor:calendar")
    assert client.get(page).content.decode().count("A wrong figure goes round") == 1
    holds.lift(held, me, held.placed_at)
    assert "On hold – a network" not in client.get(page).content.decode()


@pytest.mark.parametrize("page", ["smeditor:calendar", "smeditor:deliveries", "smeditor_posts:list"])
def test_what_is_held_is_not_called_scheduled(client, as_role, desk, held, page):
    as_role(CHIEF)
    Delivery.objects.filter(pk=desk.delivery.pk).update(state=Delivery.State.SCHEDULED)
    shown = client.get(reverse(page)).content.decode()
    assert "on hold" in shown.split("sme-state", 1)[1]
    Hold.objects.all().delete()
    assert "on hold" not in client.get(reverse(page)).content.decode().split("sme-state", 1)[1]
