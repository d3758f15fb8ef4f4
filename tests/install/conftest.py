"""A site as ``wagtail start`` makes it, in a folder of its own, with one line more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent / "site"
FOREIGN = ("DJANGO_SETTINGS_MODULE", "CELERY_BROKER_URL", "DATABASE_URL")


class SiteProject:
    """One Wagtail project and the commands that its developer types."""

    def __init__(self, folder: Path, library: Path) -> None:
        """``library`` is a folder that holds nothing but the package ``smeditor``."""
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.env = {**kept, "PYTHONPATH": str(library), "PYTHONWARNINGS": "default"}
        folder.mkdir()
        self.run("-c", "from wagtail.bin.wagtail import main; main()", "start", "mysite", ".")
        self.add("news")

    def add(self, app: str) -> None:
        """An application of the site's own."""
        shutil.copytree(SITE / app, self.folder / app)
        self.install(app)

    def install(self, app: str) -> None:
        """The one line."""
        path = self.folder / "mysite/settings/base.py"
        path.write_text(path.read_text().replace("INSTALLED_APPS = [\n", f'INSTALLED_APPS = [\n    "{app}",\n'))

    def run(self, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done

    def manage(self, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *arguments, fails=fails)

    def walk(self, action: str) -> dict[str, Any]:
        return json.loads(self.manage("walk", action).stdout.splitlines()[-1])

    def worker(self) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "smeditor_worker"]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's package and nothing else of the checkout."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "smeditor").symlink_to(ROOT / "smeditor")
    return folder
