"""What people install: the wheel has everything that the desk needs, and nothing of the workshop."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.install.conftest import ROOT, SiteProject

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling, which builds the wheel, is not installed"),
]
CARRIED = {".typed", ".html", ".txt", ".css", ".js", ".svg", ".toml", ".po", ".mo", ".py", ".json"}


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "PIP_NO_INPUT": "1"})
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    return set(ZipFile(wheel).namelist())


def test_everything_of_the_package_is_in_it(names):
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "smeditor").rglob("*")
        if path.is_file() and path.suffix in CARRIED and "__pycache__" not in path.parts
    }
    # Compiled translations are made before a release and may be missing in a checkout.
    assert ours - names == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "smeditor/templates/smeditor/",
        "smeditor/static/smeditor/",
        "smeditor/insight/rules/fr/",
        "smeditor/insight/rules/en/",
        "smeditor/text/data/",
        "smeditor/migrations/0001_initial.py",
        "smeditor/management/commands/smeditor_worker.py",
    ],
)
def test_it_carries_what_is_no_module(names, pattern):
    assert [name for name in names if name.startswith(pattern)]


def test_it_carries_nothing_else(names):
    assert {name.split("/")[0].split(".dist-info")[0].split("-")[0] for name in names} == {
        "smeditor",
        "wagtail_smeditor",
    }
    assert not [name for name in names if {"test", "tests"} & set(name.split("/")) or "/test_" in name]


CONSUMER = """\
from smeditor.articles import PageAdapter
from smeditor.text.graphemes import grapheme_count

reveal_type(grapheme_count("été"))
reveal_type(PageAdapter().facts)
grapheme_count(3)
"""


@pytest.mark.skipif(find_spec("mypy") is None, reason="mypy is not installed")
def test_whoever_calls_it_sees_its_types(wheel, tmp_path):
    """PEP 561: a type checker believes an installed package only where ``py.typed`` lies in it."""
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True, timeout=120)
    packages = next(env.glob("lib/python*/site-packages"))
    pip("install", "--quiet", "--no-deps", "--target", str(packages), str(wheel))
    (packages / "what_it_needs.pth").write_text(sysconfig.get_path("purelib"))
    (tmp_path / "consumer.py").write_text(CONSUMER)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        str(env / "bin/python"),
        "--config-file",
        os.devnull,
    ]
    output = subprocess.run(
        [*command, "--ignore-missing-imports", "consumer.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    ).stdout
    assert "import-untyped" not in output
    assert 'consumer.py:4: note: Revealed type is "int"' in output.replace("builtins.", "")
    assert re.search(r'consumer\.py:5: note: Revealed type is "def .*ArticleFacts', output), output
    assert 'consumer.py:6: error: Argument 1 to "grapheme_count" has incompatible type "int"' in output


def test_a_site_runs_on_the_installed_wheel(wheel, tmp_path):
    library = tmp_path / "library"
    pip("install", "--quiet", "--no-deps", "--target", str(library), str(wheel))
    project = SiteProject(tmp_path / "site", library)
    project.install("smeditor")
    project.manage("check")
    where = project.run("-c", "import smeditor; print(smeditor.__file__)").stdout.strip()
    assert where == str(library / "smeditor/__init__.py")
    assert "No changes detected" in project.manage("makemigrations", "smeditor", "--check", "--dry-run").stdout
