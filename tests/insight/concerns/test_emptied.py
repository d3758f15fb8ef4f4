"""A concern that second thoughts have emptied goes, unless somebody worked on it or was written to about it."""

import pytest

from smeditor.insight.concerns import editing, grouper_memory, membership
from smeditor.insight.concerns.counts import refresh
from smeditor.insight.concerns.emptied import remove_emptied
from smeditor.insight.labels import intake
from smeditor.models import Concern, ConcernMatch, ConcernMember, Digest, Post
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db
State = Concern.State


def assigned(concern, editor):
    editing.assign(concern, editor, editor)


def given_back(concern, editor):
    editing.assign(concern, editor, editor)
    editing.assign(concern, None, editor)


def renamed(concern, editor):
    editing.rename(concern, "The bridge", editor)


def merged_into(concern, editor):
    Concern.objects.create(merged_into=concern)


def answered_in_a_draft(concern, editor):
    Post.objects.create(text="It opens in May.", concern=concern, live=False)


def rejected(concern, editor):
    ConcernMatch.objects.create(first=concern, second=Concern.objects.create(), state=ConcernMatch.State.REJECTED)


def in_a_digest(concern, editor):
    Concern.objects.filter(pk=concern.pk).update(state=State.OPEN)
    Digest.objects.create(since=T0, until=T0, items={"concerns": [concern.pk]})


def full(concern, editor):
    ConcernMember.objects.create(concern=concern, reaction=make_reaction("When does the bridge open?"))
    refresh(Concern.objects.filter(pk=concern.pk))


@pytest.mark.parametrize(
    "happened", [assigned, given_back, renamed, merged_into, answered_in_a_draft, rejected, in_a_digest, full]
)
def test_what_something_leads_to_stays(happened, editor):
    concern = Concern.objects.create()
    happened(concern, editor)
    assert remove_emptied({concern.pk}) == set()
    assert Concern.objects.filter(pk=concern.pk).exists()


@pytest.mark.parametrize("state", [State.FORMING, State.OPEN])
def test_an_empty_one_goes_with_the_proposals_that_nobody_has_decided(state):
    concern, other = Concern.objects.create(state=state), Concern.objects.create()
    ConcernMatch.objects.create(first=concern, second=other)
    Digest.objects.create(since=T0, until=T0, items={"concerns": [other.pk]})
    assert remove_emptied({concern.pk}) == {concern.pk}
    assert list(Concern.objects.all()) == [other]
    assert not ConcernMatch.objects.exists()


def test_second_thoughts_leave_no_empty_concern_behind_and_the_next_text_finds_its_place(monkeypatch):
    rows = [make_reaction(text) for text in ("When does the Vauclair bridge open?", "Who feeds the ducks in winter?")]
    intake.run_due(T0)
    membership.run_due(T0)
    memory = grouper_memory.current()
    first, second = (ConcernMember.objects.get(reaction=row).concern_id for row in rows)
    groups = {row: group for group, row in memory.row_of.items()}
    monkeypatch.setattr(memory, "_changes", {rows[1].pk: groups[first]})
    membership.run_due(T0)
    assert list(Concern.objects.values_list("pk", "size")) == [(first, 2)]
    assert second not in memory.row_of.values()
    row = make_reaction("Who feeds the ducks in winter?")
    intake.run_due(T0)
    membership.run_due(T0)
    assert ConcernMember.objects.filter(reaction=row).exists()
