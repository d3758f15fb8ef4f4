"""A site made neither by ``wagtail start`` nor by us: users, pictures and bylines of its own, no ``django_filters``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.install.conftest import FOREIGN, ROOT

pytestmark = pytest.mark.slow
SITE = Path(__file__).resolve().parent / "foreign"


def walk(tmp_path_factory: pytest.TempPathFactory, settings: str, *apps: str) -> dict:
    """What a walk through every screen of a full desk found on the site with these settings and applications."""
    folder = tmp_path_factory.mktemp("foreign") / "site"
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    library = tmp_path_factory.mktemp("library")
    for package in ("smeditor", "tests"):
        (library / package).symlink_to(ROOT / package)
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    env = kept | {"PYTHONPATH": str(library), "DJANGO_SETTINGS_MODULE": settings}

    def manage(*arguments: str) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, done.stderr

    made, _warned = manage("makemigrations", *apps)
    assert "site-packages" not in made, f"A table of our making in somebody else's application:\n{made}"
    manage("migrate", "-v", "0")
    _output, checked = manage("check")
    found, _warned = manage("walk")
    return {"check": checked, **json.loads(found.strip().splitlines()[-1])}


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> dict:
    return walk(tmp_path_factory, "bureau.settings", "people", "bureau")


@pytest.fixture(scope="module")
def walked_own_pages(tmp_path_factory) -> dict:
    return walk(tmp_path_factory, "stories.settings", "people", "stories")


def test_every_screen_of_a_full_desk_answers(walked):
    """U12: a filter whose template came from an application that the site need not have answered 500."""
    wrong = {address: code for address, code in walked["status"].items() if code not in (200, 302, 405)}
    assert not wrong, "\n".join(f"{address}: {code}" for address, code in wrong.items())
    assert sum(code == 200 for code in walked["status"].values()) > 100


def test_who_signs_is_read_from_the_rows_that_name_them(walked):
    """The one whose address is a user's is that user; the other is a name."""
    names, only_the_user = walked["authors"]
    assert names == ["Rui Sá", "Inês Melo"]
    assert only_the_user is True


def test_an_index_a_gallery_and_a_form_are_no_articles_until_somebody_says_so(walked):
    assert walked["articles"] == ["bureau.DispatchPage"]
    assert walked["is_article"] == [True, False, False, False]


def test_the_check_says_what_is_taken_for_an_article(walked):
    assert 'taken for articles are the pages of "bureau.DispatchPage"' in walked["check"]


def test_a_site_with_a_page_model_of_its_own_opens_every_screen(walked_own_pages):
    """``WAGTAIL_PAGE_MODEL``: there is no table of Wagtail's ``Page`` then, and who imports that class fails."""
    found = walked_own_pages
    wrong = {address: code for address, code in found["status"].items() if code not in (200, 302, 405)}
    assert not wrong, "\n".join(f"{address}: {code}" for address, code in wrong.items())
    assert found["base"] == "basepage.BasePage"
    assert (found["articles"], found["is_article"]) == (["stories.StoryPage"], [True, False])
    assert (found["title"], found["found"]) == ("A ferry at noon", True)


@pytest.mark.parametrize("site", ["walked", "walked_own_pages"])
def test_a_day_is_rehearsed_on_any_site(site, request):
    """With pages, users and pictures of its own: of the queue, and of a day that is made up."""
    for summary in request.getfixturevalue(site)["rehearsed"]:
        assert (summary["doubled"], summary["lost"], summary["sockets"], summary["page"]) == (0, 0, 0, True)
    assert request.getfixturevalue(site)["rehearsed"][1]["sent"]
