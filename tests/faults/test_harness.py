"""The fault harness proves something only if it finds an engine that is broken on purpose."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_an_engine_without_its_fence_doubles_posts_and_fails_the_harness():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--broken"], stdout=subprocess.PIPE, text=True, timeout=900, check=False
    )
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"broken_engine_found": True}
    assert done.returncode == 1
