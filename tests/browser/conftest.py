"""Headless Chromium on the admin of a live server. Skipped, with the reason, where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.desk import world

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium on this machine: install the system's own, or name it in CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright's own event loop runs in this thread; the tests' queries are none of its business.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server):
    """Open a page of the given width and language; ``page.shot(name)`` keeps what it shows."""
    contexts = []

    def open_it(width: int = 1280, language: str = "en"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=language, base_url=live_server.url
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)

        def shot(name: str) -> None:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.wait_for_load_state("load")
            page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{width}.png", full_page=True)

        page.shot = shot
        return page

    yield open_it
    for context in contexts:
        context.close()


def log_in(page, username: str, password: str = world.PASSWORD) -> None:
    page.goto("/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
