"""The bar of holds: on every page of the desk, never longer than two holds and a number, and no message that outlives it."""

from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from smeditor.models import Hold
from tests.desk.test_actions import CHIEF

VIEWSETS = ["accounts", "rules", "replies", "desks", "sources", "holds", "posts"]


@pytest.fixture
def many_holds(desk):
    Hold.objects.all().delete()
    Hold.objects.bulk_create(
        Hold(scope=Hold.Scope.TOPIC, topic=f"topic {number}", reason=f"Reason {number}: " + "wait " * 80)
        for number in range(9)
    )


def bar(client, url):
    return BeautifulSoup(client.get(url).content, "html.parser").select_one(".sme-hold-bar")


@pytest.mark.parametrize("name", VIEWSETS)
@pytest.mark.parametrize("page", ["index", "add"])
def test_the_pages_of_the_viewsets_have_the_bar(client, as_role, many_holds, name, page):
    as_role(CHIEF)
    page = "list" if (name, page) == ("posts", "index") else page
    # An account is added on the page of its network.
    chosen = "?network=mastodon" if (name, page) == ("accounts", "add") else ""
    assert "Reason 0" in bar(client, reverse(f"smeditor_{name}:{page}") + chosen).text


def test_with_many_holds_it_names_two_and_counts_the_others(client, as_role, many_holds):
    as_role(CHIEF)
    text = unescape(bar(client, reverse("smeditor_accounts:index")).text)
    assert text.count("On hold") == 2
    assert "7 more holds are in force." in text
    assert len(text) < 600


def test_without_a_hold_there_is_no_bar(client, as_role, desk):
    Hold.objects.all().delete()
    as_role(CHIEF)
    assert bar(client, reverse("smeditor_rules:index")) is None


def test_a_part_of_a_page_has_no_bar(client, as_role, many_holds):
    as_role(CHIEF)
    assert bar(client, reverse("smeditor_accounts:index_results")) is None


def test_a_page_that_only_leads_on_leaves_no_bar_for_the_next(client, as_role, desk, many_holds):
    """The kind: what is said of this page must not wait in the session for another."""
    as_role(CHIEF)
    assert client.get(reverse("smeditor_accounts:delete", args=[desk.delivery.account_id])).status_code == 302
    home = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    assert "On hold" not in home.select_one(".messages").text
