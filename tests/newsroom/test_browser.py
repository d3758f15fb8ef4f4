"""The public pages in a real browser: nothing is refused by their own policy, nothing overflows a phone."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPER = """
from django.db import connection
from newsroom.demo import tables
tables.create_all(connection)
from tests.newsroom.factories import *
from newsroom.articles.models import Correction
site = make_site("127.0.0.1", {port})
section = make_section(site.root_page, slug="transport", intro="<p>How one gets about.</p>")
article = make_article(section, slug="tram", authors=[make_user()], tags=["tram"], lead_image=make_image(), paywalled=True)
article.corrections = [Correction(text="Six, not seven.")]
article.save()
make_article(section, title="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", slug="long")
"""
PLACES = ["/", "/transport/", "/transport/tram/", "/transport/long/", "/tell-us/"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """The address of a small newspaper in a process and a database of its own."""
    var = tmp_path_factory.mktemp("paper")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings.development",
        "DATABASE_URL": f"sqlite:///{var / 'paper.sqlite3'}",
        "NEWSROOM_VAR": str(var),
        "NEWSROOM_LANGUAGE": "en",
        "DEBUG": "1",
        "PYTHONPATH": str(ROOT),
    }

    def manage(*arguments):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            timeout=180,
            capture_output=True,
        )

    manage("shell", "--verbosity=0", "--command", PAPER.format(port=port))
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/robots.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"{url} does not answer")


@pytest.fixture
def sheet(chromium):
    """A page as wide as a phone, and what its console complains of."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.complaints = []
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    yield page
    context.close()


@pytest.mark.parametrize("place", PLACES)
def test_a_phone_shows_the_whole_page_without_complaint(paper, sheet, place):
    sheet.goto(f"{paper}{place}", wait_until="networkidle")
    complaints = [text for text in sheet.complaints if "404" not in text]
    assert complaints == []
    assert sheet.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_one_title_its_landmarks_and_a_language(paper, sheet, place):
    sheet.goto(f"{paper}{place}")
    assert sheet.locator("h1").count() == 1
    assert sheet.locator("html").get_attribute("lang") == "en"
    for landmark in ("header.masthead", "main", "footer.colophon"):
        assert sheet.locator(landmark).count() == 1


def test_the_keyboard_reaches_the_content_first(paper, sheet):
    sheet.goto(f"{paper}/transport/tram/")
    sheet.keyboard.press("Tab")
    assert sheet.locator(":focus").inner_text() == "Skip to the content"
    sheet.keyboard.press("Enter")
    assert sheet.evaluate("document.activeElement.id") == "main"


def test_a_reader_reports_an_error(paper, sheet):
    sheet.goto(f"{paper}/transport/tram/")
    sheet.get_by_role("link", name="Report an error or tell us something").first.click()
    sheet.get_by_role("button", name="Send").click()
    assert sheet.get_by_role("alert").is_visible()
    sheet.get_by_label("I found an error").check()
    sheet.get_by_role("textbox", name="Your message").fill("The bridge is blue.")
    sheet.get_by_label("I agree that").check()
    sheet.get_by_role("button", name="Send").click()
    assert sheet.get_by_role("heading", name="Thank you").is_visible()
    assert sheet.complaints == [] or all("422" in text for text in sheet.complaints)
