"""A label that comes from meaning is added when the vector is there, undoes no editor, and moves nothing out of the inbox."""

from datetime import timedelta

import pytest

from smeditor.desk.inbox.explain import explained
from smeditor.insight.labels import intake
from smeditor.insight.labels.comparison import classifier_in_force
from smeditor.insight.meaning import stored
from smeditor.insight.meaning.packing import pack
from smeditor.insight.triage.semantic import SHIPPED, parse
from smeditor.models import Heartbeat, Label, Reaction, ReactionLabel, TextVector
from tests.desk_rows import T0, make_reaction

By = ReactionLabel.By
CRITICISM = "Encore une page sur le sport, et la grève des cantines, que dalle."

pytestmark = pytest.mark.django_db


@pytest.fixture
def classifier():
    return parse(SHIPPED.read_bytes())


def in_force(version: str) -> None:
    detail = {"version": version, "dimension": 512}
    Heartbeat.objects.create(name=stored.IN_FORCE, kind="encoder", seen_at=T0, detail=detail)


def give_vector(row: Reaction, vector: list[float], encoder: str, at) -> None:
    TextVector.objects.create(content=row.content, encoder=encoder, text_hash="0" * 32, vector=pack(vector))
    Reaction.objects.filter(pk=row.pk).update(embedded_at=at)


def direction_of(classifier, label: str) -> list[float]:
    """A vector that speaks for ``label`` as loudly as a vector can."""
    weights = classifier.models[label].of_vector
    length = sum(weight * weight for weight in weights) ** 0.5
    return [weight / length for weight in weights]


@pytest.fixture
def labelled(classifier):
    row = make_reaction(CRITICISM)
    intake.run_due(T0)
    row.refresh_from_db()
    in_force(classifier.encoder)
    give_vector(row, direction_of(classifier, "criticism"), classifier.encoder, T0 + timedelta(seconds=1))
    return row


def labels(row: Reaction) -> dict[str, tuple[str, bool]]:
    return {label.label: (label.by, label.present) for label in row.labels.all()}


def test_a_vector_that_came_later_adds_a_label_with_its_examples_as_reason(labelled):
    assert intake.compare_due(T0 + timedelta(seconds=2)) == 1
    assert labels(labelled)["criticism"] == (By.MEANING, True)
    (entry,) = [entry for entry in explained(Reaction.objects.get(pk=labelled.pk), True) if entry.label == "criticism"]
    assert entry.certainty
    assert sum("exempl" in reason.sentence for reason in entry.reasons) == 2


def test_it_is_read_again_once(labelled):
    intake.compare_due(T0 + timedelta(seconds=2))
    before = labels(labelled)
    assert intake.compare_due(T0 + timedelta(seconds=3)) == 0
    assert labels(labelled) == before


def test_it_is_read_again_once_even_if_another_workers_clock_is_ahead(labelled):
    Reaction.objects.filter(pk=labelled.pk).update(embedded_at=T0 + timedelta(hours=1))
    assert intake.compare_due(T0) == 1
    assert intake.compare_due(T0) == 0


def test_what_an_editor_took_off_stays_off(labelled, admin_user):
    intake.relabel(labelled, Label.CRITICISM, False, admin_user)
    intake.compare_due(T0 + timedelta(seconds=2))
    assert labels(labelled)["criticism"] == (By.EDITOR, False)


def test_vectors_of_another_encoder_say_nothing(labelled):
    Heartbeat.objects.filter(name=stored.IN_FORCE).update(detail={"version": "another 1.0", "dimension": 512})
    assert classifier_in_force() is None
    assert intake.compare_due(T0 + timedelta(seconds=2)) == 0
    assert "criticism" not in labels(labelled)


def test_without_an_encoder_nothing_is_compared():
    make_reaction(CRITICISM)
    intake.run_due(T0)
    assert classifier_in_force() is None
    assert intake.compare_due(T0) == 0


def test_no_vector_moves_a_text_out_of_the_inbox(classifier):
    row = make_reaction("Contactez la mairie au 01 00 00 00 00, elle répond l'après-midi.")
    intake.run_due(T0)
    in_force(classifier.encoder)
    give_vector(row, direction_of(classifier, "spam"), classifier.encoder, T0 + timedelta(seconds=1))
    intake.compare_due(T0 + timedelta(seconds=2))
    row.refresh_from_db()
    assert row.queue == Reaction.Queue.INBOX


def test_what_the_rules_said_and_examples_take_back_is_kept_as_taken_back(classifier):
    row = make_reaction("Merci pour cet article.")
    intake.run_due(T0)
    assert labels(row)["thanks"] == (By.RULES, True)
    in_force(classifier.encoder)
    against = [-4 * weight for weight in direction_of(classifier, "thanks")]
    give_vector(row, against, classifier.encoder, T0 + timedelta(seconds=1))
    intake.compare_due(T0 + timedelta(seconds=2))
    by, present = labels(row)["thanks"]
    assert present == (by == By.RULES)
