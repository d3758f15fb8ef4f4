"""Headless Chromium on the admin of a live server. Skipped, with the reason, where there is no Chromium."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.desk import world

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


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
    let_requests_end()


def let_requests_end() -> None:
    """Wait for what the live server still answers: a page that was closed may have asked for more the moment before.

    A request of its own would hold the tables that the end of the test empties.
    """
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=20)


def log_in(page, username: str, password: str = world.PASSWORD) -> None:
    page.goto("/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
