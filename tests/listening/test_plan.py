from datetime import timedelta

import pytest

from smeditor import checks
from smeditor.listening import plan


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(minutes=1), timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(minutes=30)),
        (timedelta(days=2), timedelta(hours=6)),
        (timedelta(days=20), timedelta(days=1)),
        (timedelta(days=31), None),
    ],
)
def test_a_thread_is_read_less_often_as_it_ages(age, pause):
    assert plan.every(age) == pause


def test_the_pause_after_failures_grows_to_a_day_and_no_further():
    pauses = [plan.after_failure(failures) for failures in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(days=1)


@pytest.mark.parametrize("wrong", [[], [[60]], [[60, 0]], [[60, -5]], [[60, 5], [30, 10]], [[60, True]], ["60,5"]])
def test_a_plan_that_is_none_is_refused_at_the_start(settings, wrong):
    settings.SMEDITOR = {**settings.SMEDITOR, "POLL_PLAN": wrong}
    assert [message.id for message in checks.check_settings()] == ["smeditor.E012"]
