"""One headless Chromium for all the tests of a process; they are skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil

import pytest

from tests import layers

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first is Chromium without the window around a page, and quicker."""
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
def chromium(django_db_blocker):
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("no Chromium on this machine: install the system's own, or name it in CHROMIUM")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright's own event loop runs in this thread; the tests' queries are none of its business.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # While a loop runs in a thread, Django has another connection there (asgiref's Local): no layer lasts over the change.
    with django_db_blocker.unblock():
        layers.arrange([])
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
        with django_db_blocker.unblock():
            layers.arrange([])
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
