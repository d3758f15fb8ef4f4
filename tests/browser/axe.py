"""What axe-core finds on a page, in light, in dark, and in the colours that a person forces upon every site.

A page is loaded once and wears them in turn: all rules are asked of the light one, of the others those that colours can
break.
"""

import pytest

from tests.browser.conftest import visit
from tests.desk import screens

axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

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


def every_screen(page, article_id: int, modes) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Open every screen of the desk: each complaint of axe with where it was met, and by address what its policy refused."""
    broken: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    for address in [*screens.samples(article_id), *screens.beside(article_id)]:
        # A list without its page has no part of its own.
        if "results/" in address or not visit(page, address):
            continue
        if found := page.evaluate("window.refusals"):
            refused[address] = sorted(set(found))
        if not (where := part_of(page, address)):
            continue
        page.evaluate(STILL)
        for mode in modes:
            wear(page, mode)
            for complaint in complaints(page, mode, where):
                broken.setdefault(complaint, []).append(address)
    return broken, refused
