"""New rules on history: applied a batch at a time, taken back to the letter, and never over a person's word."""

from datetime import timedelta

import pytest

from smeditor.exceptions import Refused
from smeditor.insight.labels import intake, rerun_history
from smeditor.models import Label, Reaction, ReactionLabel, ReactionText, Rerun
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db
LATER = T0 + timedelta(days=1)
HARSH = "Bande de crétins, ma mère n'a plus d'eau depuis trois jours, vous attendez quoi ?"


def state():
    """All that triage writes, but for when."""
    rows = Reaction.objects.order_by("pk").values_list("pk", "triage_version", "queue", "queue_reason")
    labels = ReactionLabel.objects.order_by("reaction", "label").values_list(
        "reaction", "label", "present", "by", "score", "evidence"
    )
    return list(rows), [str(row) for row in labels], list(ReactionText.objects.order_by("pk").values_list("masked"))


@pytest.fixture
def history():
    """Reactions that older rules labelled: a question that they missed, thanks that were none, an unmasked insult."""
    missed = make_reaction("Pourquoi la navette s'arrête-t-elle à 21 h ?")
    wrong = make_reaction("La mer est calme.")
    harsh = make_reaction(HARSH)
    ReactionLabel.objects.create(reaction=wrong, label=Label.THANKS, evidence=[[0, 2, "old-rule"]])
    Reaction.objects.update(triaged_at=T0, triage_version="2020.1")
    return missed, wrong, harsh


def labels_of(reaction):
    return set(reaction.labels.filter(present=True).values_list("label", flat=True))


def test_applying_labels_history_by_the_rules_in_force(history, editor):
    missed, wrong, harsh = history
    row = rerun_history.begin(editor, LATER)
    assert (row.read, row.changed) == (3, 3)
    assert row.finished_at
    assert Label.QUESTION in labels_of(missed)
    assert labels_of(wrong) == set()
    assert ReactionText.objects.get(reaction=harsh).masked


def test_undoing_puts_everything_back_as_it_was(history, editor):
    before = state()
    row = rerun_history.begin(editor, LATER)
    assert state() != before
    assert rerun_history.undo(row, editor) == 3
    assert state() == before


def test_undoing_leaves_what_an_editor_moved_or_labelled_since(history, editor):
    missed, wrong, _harsh = history
    row = rerun_history.begin(editor, LATER)
    intake.relabel(missed, Label.QUESTION, True, editor)
    Reaction.objects.filter(pk=wrong.pk).update(queue="done", queue_reason="An editor moved it.")
    rerun_history.undo(row, editor)
    assert ReactionLabel.objects.get(reaction=missed, label=Label.QUESTION).by == "editor"
    assert Reaction.objects.get(pk=wrong.pk).queue == "done"


def test_what_was_read_again_since_is_not_taken_back(history, editor):
    row = rerun_history.begin(editor, LATER)
    Reaction.objects.update(triaged_at=None)
    intake.run_due(LATER + timedelta(hours=1))
    assert rerun_history.undo(row, editor) == 0


def test_the_masked_words_come_back_in_their_places_without_being_kept_twice(history, editor):
    harsh = history[2]
    masked = HARSH.replace("crétins", "•••••••")
    ReactionText.objects.filter(reaction=harsh).update(masked=masked)
    row = rerun_history.begin(editor, LATER)
    assert "crétins" not in str(list(row.changes.values_list("before", "labels")))
    rerun_history.undo(row, editor)
    assert ReactionText.objects.get(reaction=harsh).masked == masked


def test_the_worker_goes_on_where_the_editor_did_not_wait(history, editor, monkeypatch):
    monkeypatch.setattr(rerun_history, "BATCH", 1)
    monkeypatch.setattr(rerun_history, "AT_ONCE", 1)
    row = rerun_history.begin(editor, LATER)
    assert (row.read, row.finished_at) == (1, None)
    with pytest.raises(Refused):
        rerun_history.begin(editor, LATER)
    while rerun_history.run_due(LATER):
        pass
    row.refresh_from_db()
    assert row.read == 3
    assert row.finished_at
    assert rerun_history.undo(row, editor) == 3


def test_what_was_undone_is_not_taken_up_by_the_worker(history, editor, monkeypatch):
    monkeypatch.setattr(rerun_history, "BATCH", 1)
    monkeypatch.setattr(rerun_history, "AT_ONCE", 1)
    rerun_history.undo(rerun_history.begin(editor, LATER), editor)
    assert rerun_history.run_due(LATER) == 0


def test_nothing_older_is_nothing_to_apply(editor):
    make_reaction("Pourquoi ?")
    intake.run_due(T0)
    with pytest.raises(Refused):
        rerun_history.begin(editor, LATER)
    assert not Rerun.objects.exists()


def test_undoing_twice_is_refused(history, editor):
    row = rerun_history.begin(editor, LATER)
    rerun_history.undo(row, editor)
    with pytest.raises(Refused):
        rerun_history.undo(row, editor)
