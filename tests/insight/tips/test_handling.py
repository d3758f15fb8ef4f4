"""Only those who are named on a tip decide about it, and what they do leaves its trace."""

import pytest

from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.insight.tips import handling
from smeditor.models import Role, Tip
from smeditor.permissions.roles import create_roles
from tests.desk_rows import T0

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    """Two who may read tips and one who may not."""
    roles = create_roles()
    found = {}
    for name, role in (("nadia", Role.CHIEF), ("omar", Role.CHIEF), ("lise", Role.JOURNALIST)):
        found[name] = django_user_model.objects.create_user(name, f"{name}@paper.example")
        found[name].groups.add(roles[role])
    return found


@pytest.fixture
def tip(people):
    row = Tip.objects.create(code_name="Amber Quay", origin="o", received_on=T0.date(), purge_on=T0.date())
    row.readers.add(people["nadia"])
    return row


def operations(tip: Tip) -> list[str]:
    return sorted(tip.accesses.values_list("operation", flat=True))


def test_a_named_reader_names_another_who_may_read_tips(tip, people):
    handling.name_reader(tip, people["omar"], people["nadia"])
    assert set(tip.readers.all()) == {people["nadia"], people["omar"]}
    assert operations(tip) == ["named"]


@pytest.mark.parametrize("reader", ["lise", None])
def test_nobody_is_named_who_may_read_no_tips(tip, people, reader):
    with pytest.raises(SmeditorError):
        handling.name_reader(tip, people.get(reader), people["nadia"])
    assert list(tip.readers.all()) == [people["nadia"]]
    assert operations(tip) == []


def test_whoever_is_not_named_decides_nothing(tip, people):
    with pytest.raises(NotAllowed):
        handling.set_state(tip, Tip.State.DISMISSED, people["omar"])
    with pytest.raises(NotAllowed):
        handling.name_reader(tip, people["omar"], people["omar"])
    tip.refresh_from_db()
    assert tip.state == Tip.State.NEW


def test_what_becomes_of_a_tip_is_written_down(tip, people):
    handling.set_state(tip, Tip.State.TAKEN, people["nadia"])
    tip.refresh_from_db()
    assert tip.state == Tip.State.TAKEN
    assert operations(tip) == ["taken"]


def test_a_state_that_there_is_not_is_refused(tip, people):
    with pytest.raises(SmeditorError):
        handling.set_state(tip, "published", people["nadia"])
    assert operations(tip) == []
