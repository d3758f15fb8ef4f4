"""What the desk adds to a site: few modules, nobody else's libraries, and nothing heavy to a worker that has nothing to do.

Modules are counted, never seconds: that says the same on every machine.
"""

from __future__ import annotations

import json
import sys

import pytest

from tests.install.conftest import SiteProject

pytestmark = pytest.mark.slow
MOST_MODULES = 120
HEAVY = {
    *("PIL", "anyio", "bs4", "celery", "cryptography", "feedparser", "h11", "httpcore", "httpx", "idna", "kombu"),
    *("nh3", "numpy", "py3langid", "regex", "sklearn", "snowballstemmer", "zstandard"),
}
"""Libraries that the desk works with. A site may bring one along (Wagtail brings Pillow): what counts is what we add."""
BUSY = HEAVY - {"celery", "kombu", "regex"}
"""Those that a worker needs only when there is something to send, to read or to understand."""

WEB = """
import json, sys
from mysite.wsgi import application
from django.template import engines
from django.urls import get_resolver

def read(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            read(pattern)

read(get_resolver())
engines.all()
print(json.dumps(sorted(sys.modules)))
"""
"""The start of a web process: the applications, every address, and the template tags, as the first page loads them."""

WORKER = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings.dev"
import django
django.setup()
from celery.apps.worker import Worker
from smeditor import tasks
from smeditor.schedule import ROUNDS
from smeditor.worker import get_app

app = get_app()
app.loader.import_default_modules()
for name in ("send", *ROUNDS):
    app.tasks[f"smeditor.{name}"]()
print(json.dumps(sorted(sys.modules)))
"""
"""A worker that has done every kind of work once and found nothing to do."""


def loaded(project: SiteProject, script: str) -> set[str]:
    return set(json.loads(project.run("-c", script).stdout.splitlines()[-1]))


def libraries(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.fixture(scope="module")
def project(tmp_path_factory, library) -> SiteProject:
    return SiteProject(tmp_path_factory.mktemp("light") / "site", library)


@pytest.fixture(scope="module")
def bare(project) -> set[str]:
    """What the site loads before it hears of the desk."""
    return loaded(project, WEB)


@pytest.fixture(scope="module")
def desk_project(project, bare) -> SiteProject:
    project.install("smeditor")
    project.manage("makemigrations", "news")
    project.manage("migrate", "-v", "0")
    return project


@pytest.fixture(scope="module")
def added(desk_project, bare) -> set[str]:
    """What it loads more with the desk."""
    return loaded(desk_project, WEB) - bare


def test_a_site_starts_with_few_modules_more(added):
    assert len(added) <= MOST_MODULES, sorted(added)


def test_a_site_starts_with_no_library_more(added, bare):
    assert libraries(added) - libraries(bare) - sys.stdlib_module_names == {"smeditor"}


def test_no_page_of_the_desk_is_loaded_before_somebody_asks_for_one(added):
    pages = {
        "smeditor.desk.planning.calendar",
        "smeditor.desk.inbox.page",
        "smeditor.desk.accounts.viewset",
        "smeditor.desk.posts.viewset",
    }
    assert not added & pages


def test_a_worker_with_nothing_to_do_loads_none_of_the_heavy_libraries(desk_project, bare):
    idle = loaded(desk_project, WORKER) - bare
    assert libraries(idle) & BUSY == set()
    assert "smeditor.publishing.engine.tick" in idle
