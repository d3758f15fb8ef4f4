"""Grouping where there are few texts: whoever is in a concern is sent its answer, so no stranger may be in it."""

import pytest

from bench.newsrooms import grouped, precision_and_recall, scripts
from newsroom.demo import cast
from smeditor.insight.concerns import membership
from smeditor.insight.labels import intake
from smeditor.models import Concern
from tests.desk_rows import T0, make_reaction, make_reader

READERS = {"navette": {"amelie", "karim", "josiane", "paulvdm", "leamarais"}, "bike": {"tom", "priya", "gwen"}}


@pytest.mark.django_db
def test_the_demos_readers_are_told_what_they_asked_and_nobody_else_is(settings):
    settings.LANGUAGE_CODE = "fr"
    script = cast.load()
    people = {member.username: make_reader() for member in script.readers}
    for line in script.lines:
        if line.text:
            language = "en" if line.account == "vigie_en" else "fr"
            make_reaction(line.text, reader=people[line.by], language=language)
    intake.run_due(T0)
    membership.run_due(T0)
    names = {reader.pk: name for name, reader in people.items()}
    found = [
        {names[pk] for pk in concern.members.values_list("reaction__reader", flat=True)}
        for concern in Concern.objects.filter(state=Concern.State.OPEN)
    ]
    assert sorted(found, key=len) == [READERS["bike"], READERS["navette"]]


def test_strangers_stay_out_of_the_scripts_whose_mistakes_were_not_read():
    scores = [precision_and_recall(rows, grouped(rows)) for rows in scripts("test")]
    assert min(precision for precision, _ in scores) >= 0.9
    assert sum(recall for _, recall in scores) / len(scores) >= 0.9
