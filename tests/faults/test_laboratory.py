"""The laboratory proves something only if it finds an engine that is broken on purpose."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def laboratory(*arguments: str) -> tuple[int, dict]:
    """Run a small laboratory on SQLite without a broker. Returns its exit status and its last line."""
    command = [sys.executable, "-m", "tests.faults", "--db", "sqlite", "--broker", "memory", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=400, check=False)
    return done.returncode, json.loads(done.stdout.strip().splitlines()[-1])


def test_an_engine_without_its_fence_doubles_posts_and_fails_the_laboratory():
    status, result = laboratory("--broken", "--kills", "40", "--seconds", "90")
    assert result["doubled"] > 0
    assert status == 1
