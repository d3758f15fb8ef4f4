"""Every screen of the desk, held to WCAG 2.1 A and AA by axe-core in a real browser, in both languages.

Light, dark, and in the colours that a person forces upon every site. A page is loaded once and wears them in turn: all
rules are asked of the light one, of the others those that colours can break.
"""

import pytest
from wagtail.users.models import UserProfile

from tests.browser.conftest import log_in, visit
from tests.desk import screens

axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
OWN = {"include": [["main"]], "exclude": [[".messages"], [".w-minimap"]]}
"""The desk's part of a page; Wagtail's messages fade in, and are caught half-way, and its list of a form's panels is its own."""
WAGTAILS_OWN = {"/admin/pages/": "[data-side-panel='social']", "/admin/account/": "[id*='digest']"}
"""Pages of Wagtail's own: of those only what the desk has put there."""
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
MODES = {"light": LEVELS, "dark": COLOURS, "forced": COLOURS}
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
    document.adoptedStyleSheets = [sheet];
}"""
"""Without it a colour would be measured half-way from one theme to the other."""
WEAR = """(theme) => {
    const root = document.documentElement;
    root.classList.remove('w-theme-light', 'w-theme-dark', 'w-theme-system');
    root.classList.add(`w-theme-${theme}`);
    document.querySelector("meta[name='color-scheme']").content = theme;
}"""
"""What Wagtail does to a page for whoever has chosen that theme."""


def wear(page, mode: str) -> None:
    """Let the page that is open be seen in ``mode``."""
    page.evaluate(WEAR, "dark" if mode == "dark" else "light")
    page.emulate_media(forced_colors="active" if mode == "forced" else "none")


def complaints(page, mode: str, where: dict) -> list[str]:
    """What axe finds there: rule, element, and how to mend it."""
    found = axe_core.Axe().run(page, context=where, options=MODES[mode]).response["violations"]
    return [
        f"{mode}: {rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


def part_of(page, address: str) -> dict | None:
    """Where on the page axe looks; None where nothing there is the desk's."""
    for begin, selector in WAGTAILS_OWN.items():
        if address.startswith(begin):
            return {"include": [[selector]]} if page.locator(selector).count() else None
    return OWN


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_screen_of_the_desk_breaks_a_rule_of_accessibility(live_server, full, open_page, language):
    UserProfile.objects.filter(user=full.user).update(preferred_language=language, theme="light")
    page = open_page(1280, language)
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    broken: dict[str, list[str]] = {}
    for address in [*screens.samples(full.article.pk), *screens.beside(full.article.pk)]:
        # A list without its page has no part of its own.
        if "results/" in address or not visit(page, address) or not (where := part_of(page, address)):
            continue
        page.evaluate(STILL)
        for mode in MODES if language == "en" else ("dark",):
            wear(page, mode)
            for complaint in complaints(page, mode, where):
                broken.setdefault(complaint, []).append(address)
    assert broken == {}


def test_a_page_wears_the_dark_theme_as_wagtail_puts_it_on(live_server, full, open_page):
    """Else the test above would measure a theme that nobody sees."""
    page = open_page(1280, "en")
    log_in(page, "zulmira")
    measured = []
    for theme in ("light", "dark"):
        UserProfile.objects.filter(user=full.user).update(theme=theme)
        page.goto("/admin/smeditor/calendar/")
        page.evaluate(STILL)
        if theme == "light":
            wear(page, "dark")
        measured.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert measured[0] == measured[1]
