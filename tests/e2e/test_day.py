"""One whole day of the desk, as ``make demo ONCE=1`` walks it: real processes, real HTTP, readers with their own client."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsroom.demo import bluesky_network

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.server, pytest.mark.slow]


def bluesky_is_there() -> str:
    """Why the Bluesky servers cannot be started here; "" when they can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    try:
        bluesky_network.find_package()
    except bluesky_network.BlueskyUnavailable as error:
        return str(error)
    return ""


def walk(port: int, *labels: str) -> dict:
    """Run the day in a process of its own and return its last line; its own database, whatever the tests run on."""
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "newsroom.demo", "--once", "--port", str(port), *labels]
    day = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=540, check=False)
    assert day.returncode == 0, day.stdout[-3000:] + day.stderr[-3000:]
    return json.loads(day.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module", params=["mastodon", "bluesky"])
def day(request):
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the day has a database of its own and is walked once, with the tests on SQLite")
    if request.param == "bluesky":
        reason = bluesky_is_there()
        if reason:
            pytest.skip(f"no Bluesky servers here: {reason}")
        return walk(8960, "--bluesky")
    return walk(8940)


def test_every_post_that_the_rules_owe_is_sent(day):
    assert (day["articles"], day["posts"]) == (5, 8)
    assert day["deliveries"] == {"sent": 8 + day["answered"]}


def test_what_readers_do_comes_home(day):
    assert sum(day["reactions"].values()) >= 28
    assert {"reply", "mention", "quote", "like", "repost", "form"} <= set(day["reactions"])


def test_five_people_who_ask_the_same_are_one_concern_that_was_answered(day):
    assert [concern["people"] for concern in day["concerns"] if concern["state"] == "answered"] == [5]


def test_the_tip_was_sealed_and_the_letters_went_out(day):
    assert day["tips"] == 1
    assert day["digests"] >= 2


def test_those_who_raised_it_heard_the_answer_through_their_own_client(day):
    assert day["answered"] == day["heard"] == 5


def test_the_newspaper_is_open_long_before_the_day_is_over(day):
    assert 0 < day["first_page"] < day["seconds"]["total"]
