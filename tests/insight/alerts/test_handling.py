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


def test_an_acknowledged_alert_names_who_knows_of_it(alert, editor):
    handling.acknowledge(alert, editor)
    alert.refresh_from_db()
    assert (alert.state, alert.seen_by) == (Alert.State.ACKNOWLEDGED, editor)
    assert logged() == ["smeditor.alert_seen"]


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
