"""An empty newsroom, as whoever installed it meets it: from the first account to the first post, led from step to step."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from smeditor.models import Account, Delivery
from smeditor.publishing.engine import tick
from tests.browser.conftest import log_in
from tests.desk import world
from tests.networks.servers import mastodon_server

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def network(tmp_path):
    with mastodon_server(tmp_path) as url:
        yield url


@pytest.fixture
def newcomer(live_server, settings):
    """What ``createsuperuser`` makes, in a site where nothing of the desk is there yet."""
    settings.LANGUAGE_CODE = "en"
    return get_user_model().objects.create_superuser("nora", "nora@paper.example", world.PASSWORD)


def steps(page) -> list[str]:
    page.goto("/admin/")
    return page.locator(".sme-steps li").all_inner_texts()


def save(page) -> None:
    with page.expect_navigation():
        page.click("footer button[type=submit] >> nth=0")


def test_an_empty_newsroom_leads_from_the_first_account_to_the_first_post(newcomer, network, open_page):
    page = open_page()
    log_in(page, "nora")
    page.shot("first-steps")
    connect, practice, roles, worker = steps(page)
    assert "practice server" in practice
    assert "smeditor_setup" in roles
    assert "smeditor_worker" in worker
    call_command("smeditor_setup", stdout=StringIO())

    page.click(".sme-steps a")
    page.click(".sme-card a:text-is('Mastodon')")
    page.fill("#id_server_url", network)
    page.fill("#id_handle", "ada")
    page.fill("#id_secret_access_token", "ada_token")
    save(page)
    assert Account.objects.get().verified_at, page.locator(".messages").inner_text()

    assert connect not in steps(page)
    page.click(".sme-steps a")
    assert page.locator("[name=accounts]").is_checked()
    page.fill("#id_text", "Good morning.")
    save(page)

    assert any("approve it" in step for step in steps(page))
    page.click(".sme-steps a")
    page.click("footer button[aria-label='More actions'], footer .w-dropdown button >> nth=0")
    with page.expect_navigation():
        page.click("footer [name=action-publish]")
    assert "1 delivery is scheduled" in page.locator(".messages").inner_text()
    assert Delivery.objects.get().account.handle.startswith("ada")
    assert any("Watch the first post go out" in step for step in steps(page))
    Delivery.objects.update(slot=timezone.now(), due_at=timezone.now())
    tick(timezone.now(), "worker:1:1")
    page.click(".sme-steps a")
    assert "sent" in page.locator("main").inner_text()
    assert steps(page) == []
    page.shot("first-post-sent")
