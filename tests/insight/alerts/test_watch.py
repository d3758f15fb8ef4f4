"""From stored reactions to an alert: people counted, told once, silent when nothing burns."""

from datetime import timedelta

import pytest

from smeditor.insight.alerts import tallies, watch
from smeditor.models import Alert, AlertSwitch, Reaction, Tally
from tests.desk_rows import T0, make_account, make_reader

pytestmark = pytest.mark.django_db
NOW = T0 + timedelta(days=28)


def react(at, reader, account, n=1):
    Reaction.objects.bulk_create(
        Reaction(
            network="mastodon", kind="like", native_id=f"{at:%d%H%M}-{reader.pk}-{i}", reader=reader, account=account,
            published_at=at,
        )
        for i in range(n)
    )  # fmt: skip


@pytest.fixture
def readers():
    return [make_reader() for _ in range(40)]


@pytest.fixture
def quiet_weeks(readers):
    """Two people react every hour, for four weeks; alerts are on."""
    AlertSwitch.objects.create(on=True)
    account = make_account()
    for hour in range(24 * 28 - 1):
        for reader in readers[:2]:
            react(T0 + timedelta(hours=hour), reader, account)
    return account


def test_a_quiet_month_raises_nothing(quiet_weeks):
    assert watch.run_due(NOW) == 0


def test_forty_people_at_once_raise_an_alert_for_the_outlet(quiet_weeks, readers):
    watch.run_due(NOW - timedelta(minutes=30))
    for reader in readers:
        react(NOW - timedelta(minutes=25), reader, quiet_weeks)
    watch.run_due(NOW)
    alert = Alert.objects.filter(scope="outlet", measure="people").earliest("at")
    assert alert.count >= 40 > alert.expected


def test_nothing_is_raised_before_an_editor_switches_alerts_on_but_all_is_counted(quiet_weeks, readers):
    AlertSwitch.objects.update(on=False)
    for reader in readers:
        react(NOW - timedelta(minutes=25), reader, quiet_weeks)
    assert watch.run_due(NOW) == 0
    assert Tally.objects.get(scope="outlet", at=tallies.floor(NOW - timedelta(minutes=25))).people == 40


def test_what_would_have_been_raised_is_shown_on_the_own_history(quiet_weeks, readers):
    AlertSwitch.objects.update(on=False)
    for reader in readers:
        react(NOW - timedelta(days=2), reader, quiet_weeks)
    watch.run_due(NOW)
    history = watch.rehearse(NOW)
    assert {(row.scope, row.found.at) for row in history.rows} >= {("outlet", NOW - timedelta(days=2))}
    assert history.weeks == pytest.approx(4, abs=0.1)
    assert not Alert.objects.exists()


def test_one_account_that_posts_forty_times_raises_nothing(quiet_weeks, readers):
    react(NOW - timedelta(minutes=25), readers[0], quiet_weeks, n=40)
    assert watch.run_due(NOW) == 0


@pytest.mark.parametrize(("verdict", "raised"), [("real", True), ("nothing", False)])
def test_what_an_editor_said_of_an_alert_decides_about_the_next_like_it(quiet_weeks, readers, verdict, raised):
    for days in (1, 0):
        for reader in readers[:20]:
            react(NOW - timedelta(days=days, minutes=25), reader, quiet_weeks)
        watch.run_due(NOW - timedelta(days=days))
        Alert.objects.filter(at__lt=NOW - timedelta(days=1)).update(verdict=verdict)
    assert Alert.objects.filter(scope="outlet", at__gt=NOW - timedelta(hours=1)).exists() == raised


def test_verdicts_are_of_one_series(quiet_weeks):
    fields = {"kind": "early", "at": NOW - timedelta(days=3), "count": 9, "expected": 1}
    Alert.objects.create(scope="outlet", measure="people", verdict="real", **fields)
    Alert.objects.create(scope="outlet", measure="critics", verdict="nothing", **fields)
    Alert.objects.create(scope="account:1", measure="people", verdict="nothing", **fields)
    assert watch.verdicts("outlet", "people", NOW) == {fields["at"]: True}


def test_the_same_alert_is_raised_once(quiet_weeks, readers):
    for reader in readers:
        react(NOW - timedelta(minutes=25), reader, quiet_weeks)
    watch.run_due(NOW)
    before = Alert.objects.count()
    watch.run_due(NOW + timedelta(seconds=30))
    assert Alert.objects.count() == before > 0


def test_a_snoozed_scope_stays_silent(quiet_weeks, readers):
    Alert.objects.create(
        scope="outlet", kind="early", at=NOW - timedelta(hours=2), count=9, expected=1,
        state=Alert.State.SNOOZED, snoozed_until=NOW + timedelta(hours=1),
    )  # fmt: skip
    for reader in readers:
        react(NOW - timedelta(minutes=25), reader, quiet_weeks)
    watch.run_due(NOW)
    assert Alert.objects.filter(scope="outlet").count() == 1


def test_the_plot_has_what_came_and_what_was_expected(quiet_weeks, readers):
    for reader in readers:
        react(NOW - timedelta(minutes=25), reader, quiet_weeks)
    watch.run_due(NOW)
    series = Alert.objects.filter(scope="outlet").earliest("at").series
    assert len(series) == 192
    assert max(came for _, came, _ in series) >= 40


def test_each_quarter_of_an_hour_is_counted_once(quiet_weeks):
    watch.run_due(NOW)
    watch.run_due(NOW)
    assert (
        sum(Tally.objects.filter(scope=tallies.OUTLET).values_list("messages", flat=True)) == Reaction.objects.count()
    )
