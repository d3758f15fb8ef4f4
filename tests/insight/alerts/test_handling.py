"""What an editor does about an alert is stored with who did it, and logged."""

from datetime import timedelta

import pytest
from wagtail.models import ModelLogEntry

from smeditor.insight.alerts import handling
from smeditor.models import Alert, AlertSwitch
from tests.desk_rows import T0

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert():
    return Alert.objects.create(kind=Alert.Kind.EARLY, scope="outlet", at=T0, count=40, expected=4)


def logged() -> list[str]:
    return list(ModelLogEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("verdict", Alert.Verdict)
def test_an_acknowledged_alert_names_who_knows_of_it_and_what_it_was(alert, editor, verdict):
    handling.acknowledge(alert, verdict, editor)
    alert.refresh_from_db()
    assert (alert.state, alert.seen_by, alert.verdict) == (Alert.State.ACKNOWLEDGED, editor, verdict)
    assert logged() == ["smeditor.alert_seen"]


def test_what_rang_beside_it_of_the_same_fire_gets_the_same_verdict(alert, editor):
    def beside(**changes):
        fields = {
            "kind": Alert.Kind.CONFIRMED,
            "scope": "outlet",
            "at": T0 + timedelta(hours=1),
            "count": 9,
            "expected": 1,
        }
        return Alert.objects.create(**{**fields, **changes})

    twin = beside()
    over = beside(at=T0 - timedelta(hours=2), state=Alert.State.OVER)
    others = [
        beside(scope="account:1"),
        beside(measure="critics"),
        beside(at=T0 + timedelta(days=1)),
        beside(at=T0 + timedelta(hours=2), verdict="real"),
    ]
    handling.acknowledge(alert, Alert.Verdict.NOTHING, editor)
    twin.refresh_from_db()
    over.refresh_from_db()
    assert (twin.state, twin.verdict, twin.seen_by) == ("acknowledged", "nothing", editor)
    assert (over.state, over.verdict) == ("over", "nothing")
    for row in others:
        row.refresh_from_db()
    assert [row.verdict for row in others] == ["", "", "", "real"]


def test_a_verdict_that_was_wrong_is_changed(alert, editor):
    handling.acknowledge(alert, Alert.Verdict.NOTHING, editor)
    handling.acknowledge(alert, Alert.Verdict.REAL, editor)
    alert.refresh_from_db()
    assert alert.verdict == "real"


@pytest.mark.parametrize(("duration", "hours"), [(timedelta(hours=4), "4"), (timedelta(minutes=90), "1.5")])
def test_a_snoozed_alert_is_quiet_for_as_long_as_was_said(alert, editor, duration, hours):
    handling.snooze(alert, duration, editor, T0)
    alert.refresh_from_db()
    assert (alert.state, alert.snoozed_until) == (Alert.State.SNOOZED, T0 + duration)
    assert ModelLogEntry.objects.get().data == {"hours": hours}


def test_the_switch_is_one_row_however_often_it_is_turned(editor):
    for on in (True, False, True):
        handling.switch(on, editor)
    assert AlertSwitch.objects.get().on
    assert logged() == ["smeditor.alerts_switched"] * 3
