"""A command of Django's beside the demo: it runs in a copy of the process that has Django loaded already."""

import subprocess
import sys
import time

import pytest
from django.core.management.base import CommandError

from newsroom.demo import processes
from newsroom.demo.processes import Processes

pytestmark = pytest.mark.skipif(not processes.COPIES, reason="processes are copied on Linux alone")
HERE = """
import sys, django
from pathlib import Path
django.setup()
from newsroom.demo.processes import Processes
beside = Processes(Path(sys.argv[1]))
beside.manage("one", *sys.argv[2:])
status = beside.running["one"].wait(60)
print(status, beside.last_output("one"))
"""


def run(folder, *arguments: str) -> str:
    """Run one command beside a process with Django loaded; returns its exit status and the end of its log."""
    done = subprocess.run([sys.executable, "-c", HERE, str(folder), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_output_goes_to_its_log(tmp_path):
    assert run(tmp_path, "diffsettings").startswith("0 ")
    assert "DJANGO" in (tmp_path / "one.log").read_text().upper()


def test_one_that_fails_leaves_its_last_words(tmp_path):
    output = run(tmp_path, "migrate", "no_such_app")
    assert output.startswith("1 ")
    assert "no_such_app" in output


def test_one_that_dies_is_named_with_its_last_words(tmp_path):
    beside = Processes(tmp_path)
    beside.start("mailbox", [sys.executable, "-c", "raise SystemExit('no room for mail')"])
    beside.running["mailbox"].wait(30)
    with pytest.raises(CommandError, match=r"mailbox stopped with status 1.\nno room for mail"):
        beside.check()


def test_all_are_ended(tmp_path):
    beside = Processes(tmp_path)
    beside.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
    child = beside.running["sleeper"]
    began = time.monotonic()
    beside.stop()
    assert child.poll() is not None
    assert time.monotonic() - began < 60
