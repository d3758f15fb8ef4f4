"""Replaying history on other rules: what would change is shown first, then written, and an editor's word stands."""

from pathlib import Path

import pytest

from smeditor.insight.labels import intake
from smeditor.insight.labels.rerun import older_than, rerun
from smeditor.insight.triage import load
from smeditor.models import Label, Reaction
from tests.desk_rows import T0, make_reaction
from tests.insight.labels.test_intake import labels_of

pytestmark = pytest.mark.django_db

QUESTION = "Pourquoi la navette s'arrête-t-elle à 21 h ?"
THANKS = "Merci beaucoup pour cet article !"


@pytest.fixture
def other_rules(tmp_path: Path):
    """Rules that know one flag: whoever thanks asks."""
    folder = tmp_path / "fr"
    folder.mkdir()
    (folder / "question.toml").write_text(
        'version = "1999.1"\nflag = "question"\n\n[[rule]]\nid = "q"\nweight = 1.0\npatterns = ["merci"]\n',
        encoding="utf-8",
    )
    return load(tmp_path)


@pytest.fixture
def labelled_by_older_rules():
    rows = make_reaction(QUESTION), make_reaction(THANKS)
    intake.run_due(T0)
    Reaction.objects.update(triage_version="1999.1+0")
    return rows


def test_a_replay_says_which_reactions_gain_and_lose_a_flag(other_rules, labelled_by_older_rules):
    asked, thanked = labelled_by_older_rules
    Reaction.objects.update(triage_version="older")
    found = rerun(book=other_rules)
    assert (found.read, found.changed, found.older["older"]) == (2, 2, 2)
    assert found.labels[Label.QUESTION].raised_examples == [thanked.pk]
    assert found.labels[Label.QUESTION].lowered_examples == [asked.pk]
    assert found.labels[Label.THANKS].lowered == 1


def test_a_replay_that_is_looked_at_writes_nothing(other_rules, labelled_by_older_rules):
    before = [labels_of(row) for row in labelled_by_older_rules]
    found = rerun(book=other_rules)
    assert [labels_of(row) for row in labelled_by_older_rules] == before
    assert older_than(found.version).count() == 2


def test_the_same_rules_change_nothing_and_bring_history_up_to_date(labelled_by_older_rules):
    found = rerun(apply=True, now=T0)
    assert (found.read, found.changed, older_than(found.version).count()) == (2, 0, 0)


def test_applying_writes_labels_and_version(labelled_by_older_rules):
    asked, _ = labelled_by_older_rules
    asked.labels.all().delete()
    found = rerun(apply=True, now=T0)
    asked.refresh_from_db()
    assert found.labels[Label.QUESTION].raised == 1
    assert Label.QUESTION in labels_of(asked)
    assert asked.triage_version == found.version


def test_rules_that_are_not_in_force_cannot_be_applied(other_rules):
    with pytest.raises(ValueError, match="in force"):
        rerun(book=other_rules, apply=True)


def test_an_editors_word_is_no_difference(labelled_by_older_rules, editor):
    asked, _ = labelled_by_older_rules
    intake.relabel(asked, Label.QUESTION, present=False, user=editor)
    assert Label.QUESTION not in rerun(apply=True, now=T0).labels
    assert Label.QUESTION not in labels_of(asked)


def test_a_long_history_is_gone_through_in_several_calls():
    rows = [make_reaction(QUESTION) for _ in range(5)]
    intake.run_due(T0)
    Reaction.objects.update(triage_version="older")
    read = [rerun(apply=True, limit=3, now=T0).read for _call in range(3)]
    assert read == [3, 2, 0]
    assert all(labels_of(row) == {Label.QUESTION} for row in rows)


def test_what_an_editor_took_out_of_the_shield_is_not_put_back():
    row = make_reaction(QUESTION, queue=Reaction.Queue.INBOX, queue_reason="An editor moved it: Edith.")
    intake.run_due(T0)
    row.refresh_from_db()
    assert row.queue_reason == "An editor moved it: Edith."


def test_queries_do_not_grow_with_the_history(django_assert_max_num_queries):
    for _ in range(40):
        make_reaction(QUESTION)
    intake.run_due(T0)
    Reaction.objects.update(triage_version="older")
    with django_assert_max_num_queries(10):
        rerun()
