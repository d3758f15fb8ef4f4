"""Everything that a mouse can do on the inbox and on posts, the Tab key reaches, and one sees where it is."""

import pytest

from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARK = """() => {
    const seen = [...document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)')].filter(
        (part) => part.checkVisibility({visibilityProperty: true}) && !part.disabled && part.type !== 'hidden'
            && !part.closest('[data-minimap-container], .w-minimap, .w-minimap__list') // Wagtail's own, beside the form
    );
    seen.forEach((part, place) => { part.dataset.place = place; });
    return seen.map((part) => [
        part.type === 'radio' ? `radio ${part.name}` : part.dataset.place,
        `${part.tagName} ${part.name || ''} ${(part.getAttribute('aria-label') || part.textContent).trim().slice(0, 60)}`,
    ]);
}"""
HERE = """() => {
    const part = document.activeElement;
    if (!part.dataset.place) return null;
    const style = getComputedStyle(part);
    const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    return [part.type === 'radio' ? `radio ${part.name}` : part.dataset.place, shown];
}"""


@pytest.mark.parametrize(
    "address", ["inbox/", "inbox/{reaction}/", "posts/", "posts/edit/{post}/", "deliveries/decide/"]
)
def test_the_tab_key_reaches_every_action(live_server, full, open_page, address):
    page = open_page()
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    page.goto("/admin/smeditor/" + address.format(reaction=full.inbox[0].pk, post=full.posts[0].pk))
    page.wait_for_load_state("networkidle")
    parts = dict(page.evaluate(MARK))
    reached = {}
    for _step in range(4 * len(parts) + 60):
        page.keyboard.press("Tab")
        if here := page.evaluate(HERE):
            reached[here[0]] = here[1]
    assert [what for place, what in parts.items() if place not in reached] == []
    assert [parts[place] for place, shown in reached.items() if not shown] == []


def test_posts_are_ticked_and_acted_on_without_a_mouse(live_server, full, open_page):
    page = open_page()
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    page.goto("/admin/smeditor/posts/")
    page.locator("tbody input[type=checkbox]").first.focus()
    page.keyboard.press("Space")
    approve = page.locator("[data-bulk-action-button]:visible", has_text="Approve")
    approve.wait_for()
    approve.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "bulk" in page.url


def test_a_posts_menus_open_and_close_by_key(live_server, full, open_page):
    page = open_page()
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    page.goto(f"/admin/smeditor/posts/edit/{full.posts[0].pk}/")
    more = page.locator("footer [data-w-dropdown-target='toggle']")
    more.focus()
    page.keyboard.press("Enter")
    submit = page.locator("footer button[name='action-publish'], footer button[name='action-submit']").first
    submit.wait_for()
    submit.focus()
    assert page.evaluate("document.activeElement.name").startswith("action-")
    page.keyboard.press("Escape")
    submit.wait_for(state="hidden")
