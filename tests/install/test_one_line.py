"""One line in INSTALLED_APPS of a site that knows nothing of the desk, and the desk works."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path

import pytest

from tests.install.conftest import SiteProject

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory, library) -> SiteProject:
    made = SiteProject(tmp_path_factory.mktemp("one_line") / "site", library)
    made.manage("makemigrations", "news")
    made.install("smeditor")
    made.manage("migrate", "-v", "0")
    public = "from .dev import *\n\nDEBUG = False\n"
    (made.folder / "mysite/settings/public.py").write_text(public)
    return made


@pytest.fixture(scope="module")
def published(project):
    """The story was published and the worker, started and stopped once, has seen it."""
    project.walk("publish")
    worker = project.worker()
    try:
        for _ in range(60):
            if project.walk("posts")["posts"]:
                break
            assert worker.poll() is None, worker.stdout.read()
            time.sleep(0.5)
    finally:
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0, output
    return project


def test_the_check_passes_and_names_what_is_left_to_decide(project):
    output = project.manage("check").stderr
    assert re.findall(r"smeditor\.[EW]\d+", output) == ["smeditor.W002", "smeditor.W003", "smeditor.W004"]


def test_the_check_for_deployment_asks_for_keys(project):
    output = project.manage("check", "--deploy", fails=True).stderr
    assert {"smeditor.E003", "smeditor.E004"} <= set(re.findall(r"smeditor\.E\d+", output))


def test_the_worker_does_not_start_in_production_without_keys(project):
    output = project.manage("smeditor_worker", "--settings", "mysite.settings.public", fails=True).stderr
    assert 'The worker does not start: Set SMEDITOR["SECRET_KEYS"]' in output


def test_no_migration_is_missing(project):
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run").stdout


def test_the_set_up_can_be_repeated(project):
    first, second, third = (project.manage("smeditor_setup").stdout for _time in range(3))
    assert second == third
    assert first.startswith(second)


def test_the_admin_answers_everywhere(project):
    status = project.walk("admin")["status"]
    assert status["/admin/"] == 200
    # 302: an address that leads on; 405: one that only takes a form.
    assert {address: code for address, code in status.items() if code not in (200, 302, 405)} == {}
    assert sum(code == 200 for code in status.values()) > 20


def test_a_published_page_leads_to_a_post_by_a_rule_and_a_worker(published):
    assert published.walk("posts")["posts"] == ["The ferry is back http://localhost/port/ferry/"]


def test_a_readers_message_comes_home_and_every_page_about_it_answers(published):
    facts = published.walk("read")
    assert {address: code for address, code in facts["status"].items() if code != 200} == {}
    assert facts["article"] is True
    assert facts["labels"] == ["question"]


def test_the_queue_was_looked_at(published):
    state = json.loads(published.manage("smeditor_queue", "--json").stdout)
    assert state["looked_at_seconds_ago"] is not None


def test_the_desk_reads_a_page_whose_class_it_does_not_know(published):
    answer = published.walk("facts")
    facts = answer["facts"]
    assert facts["title"] == "The ferry is back"
    assert facts["standfirst"] == "From Monday."
    assert facts["section"] == {"slug": "port", "name": "Port"}
    assert facts["tags"] == ["ferry", "island"]
    assert facts["author_names"] == ["Ana Roque", "Agency"]
    assert len(facts["author_ids"]) == 1
    assert facts["paywalled"] is True
    assert facts["paragraphs"] == ["From Monday.", "It leaves at six.", "It returns.", "Six boats", "Ten crews"]
    assert facts["language"] == "en"
    assert facts["image"]["alt"] == "Harbour"
    assert answer["image"] == ["image/jpeg", 640, 480, True]
    assert answer["found"] is True
    assert answer["host"] == []


def test_a_site_with_images_of_its_own_needs_no_more(tmp_path: Path, library):
    project = SiteProject(tmp_path / "site", library)
    project.add("pictures")
    with (project.folder / "mysite/settings/base.py").open("a") as settings:
        settings.write('\nWAGTAILIMAGES_IMAGE_MODEL = "pictures.Picture"\n')
    project.manage("makemigrations", "pictures", "news")
    project.install("smeditor")
    project.manage("migrate", "-v", "0")
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run").stdout
    project.walk("publish")
    assert project.walk("facts")["image"] == ["image/jpeg", 640, 480, True]
