"""The Content-Security-Policy that the site sets, in a browser that keeps it: what is opened on a page asks for no more.

That no page itself is refused anything is seen where each is opened (:mod:`.test_every_screen`).
"""

import pytest

from tests.browser.conftest import listen_for_refusals, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_the_policy_forbids_is_heard(live_server, full, open_page):
    """Else no test would ever hear of anything."""
    page = open_page()
    listen_for_refusals(page)
    log_in(page, "zulmira")
    page.goto("/admin/smeditor/inbox/")
    assert page.evaluate("window.refusals") == []
    page.evaluate("""document.body.insertAdjacentHTML('beforeend', '<p onclick="1" style="color: red">')""")
    page.wait_for_function("window.refusals.length >= 2")


def test_nothing_that_opens_on_the_inbox_is_refused_its_looks(live_server, full, open_page):
    """Menus, filters and tooltips are laid out by Wagtail's scripts, which may not write styles into the page."""
    page = open_page()
    page.set_default_timeout(90_000)
    listen_for_refusals(page)
    log_in(page, "zulmira")
    page.goto("/admin/smeditor/inbox/")
    page.click("#filters-drilldown > button, #filters-drilldown .w-dropdown__toggle >> nth=0")
    filters = page.locator("#filters-drilldown .w-drilldown__menu, #filters-drilldown [data-w-drilldown-target=menu]")
    filters.first.wait_for()
    page.shot("policy-filters")
    page.keyboard.press("Escape")
    page.hover("time >> nth=0")
    page.click(".w-breadcrumbs button >> nth=0")
    page.click(".sidebar-footer button >> nth=0")
    page.wait_for_timeout(500)
    page.shot("policy-menus")
    assert page.evaluate("window.refusals") == []
