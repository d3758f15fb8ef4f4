"""The Content-Security-Policy that the site sets, in a browser that keeps it: no page of the desk asks for more."""

import pytest

from tests.browser.conftest import log_in
from tests.desk import screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTEN = """
window.refusals = [];
document.addEventListener('securitypolicyviolation', (event) => {
    window.refusals.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile || ''} ${event.sample}`);
});
"""


def test_no_page_of_the_desk_is_refused_anything(live_server, full, open_page):
    page = open_page()
    page.set_default_timeout(90_000)
    page.add_init_script(LISTEN)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    log_in(page, "zulmira")
    refused = {}
    for address in screens.samples(full.article.pk):
        answer = page.request.get(address)
        if answer.ok and "html" in answer.headers.get("content-type", "") and "results/" not in address:
            page.goto(address)
            if found := page.evaluate("window.refusals"):
                refused[address] = sorted(set(found))
    assert refused == {}
    assert errors == []
    page.goto("/admin/smeditor/inbox/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"1\" style=\"color: red\">')")
    page.wait_for_function("window.refusals.length >= 2")  # what stands above has listened


def test_nothing_that_opens_on_the_inbox_is_refused_its_looks(live_server, full, open_page):
    """Menus, filters and tooltips are laid out by Wagtail's scripts, which may not write styles into the page."""
    page = open_page()
    page.set_default_timeout(90_000)
    page.add_init_script(LISTEN)
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
