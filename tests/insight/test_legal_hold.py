"""What only a legal hold keeps is kept for the claim: nothing is labelled, grouped, named or learned from it any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.insight.concerns import grouper_memory, membership, titles
from smeditor.insight.labels import intake, rerun, trained_models
from smeditor.listening import erase, legal_hold, recheck
from smeditor.models import Concern, ConcernMember, Label, Reaction, ReactionText, TrainedModel
from tests.desk_rows import make_reaction

pytestmark = pytest.mark.django_db
TEXT = "Le préau de l’école fuit depuis la rentrée des classes"
OTHER = "Depuis la rentrée des classes, le préau de l’école fuit"
REASON = "Dossier 2026-114"
MONTH = timedelta(days=30)


def delete(reaction):
    assert not erase.erase(reaction)
    return reaction


def outlive(reaction):
    """Its time passed long ago: five years."""
    Reaction.objects.filter(pk=reaction.pk).update(collected_at=timezone.now() - timedelta(days=5 * 365))
    ReactionText.objects.filter(reaction=reaction).update(expires_at=timezone.now())
    recheck.retain(timezone.now())
    return reaction


def hold(reaction, editor):
    legal_hold.place(reaction, timezone.now() + MONTH, REASON, editor)
    reaction.refresh_from_db()
    return reaction


def understand():
    intake.run_due(timezone.now())
    membership.run_due(timezone.now())


@pytest.fixture(params=[delete, outlive])
def only_held(request, editor):
    """Makes of a reaction one whose words only a hold keeps: each of the ways in which that can come about."""

    def only_held(reaction):
        kept = request.param(hold(reaction, editor))
        assert ReactionText.objects.filter(reaction=reaction).exists()
        return kept

    return only_held


def test_it_is_not_labelled(only_held):
    kept = only_held(make_reaction(TEXT))
    understand()
    assert Reaction.objects.get(pk=kept.pk).triaged_at is None


def test_it_is_not_labelled_again_by_newer_rules(only_held):
    free, kept = make_reaction(TEXT), make_reaction(OTHER)
    intake.run_due(timezone.now())
    Reaction.objects.update(triage_version="2020.1")
    only_held(kept)
    assert list(rerun.older_than("2026.1")) == [free]


def test_it_is_not_grouped(only_held):
    kept = make_reaction(TEXT)
    intake.run_due(timezone.now())
    only_held(kept)
    membership.run_due(timezone.now())
    assert not ConcernMember.objects.exists()


def test_a_cold_start_does_not_read_it_back(only_held):
    kept = make_reaction(TEXT)
    understand()
    only_held(kept)
    grouper_memory.forget()
    assert grouper_memory.current().row_of == {}


def test_its_concern_is_not_named_by_it(only_held, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "CONCERN_PEOPLE": 2}
    first, second = make_reaction(TEXT), make_reaction(OTHER)
    understand()
    concern = Concern.objects.get()
    only_held(first)
    assert titles.label_of(concern) == OTHER
    only_held(second)
    assert titles.label_of(concern) == ""


def test_nothing_is_learned_from_it(only_held, editor):
    kept = make_reaction(TEXT)
    intake.relabel(kept, Label.QUESTION, False, editor)
    only_held(kept)
    assert trained_models.labels_of(Label.QUESTION) == []
    assert not trained_models.labelled(Label.QUESTION).exists()


def test_what_its_author_deletes_is_unlearned_and_named_nowhere_at_once(editor):
    kept = make_reaction(TEXT)
    understand()
    intake.relabel(kept, Label.QUESTION, False, editor)
    TrainedModel.objects.filter(label=Label.QUESTION).update(weights="{}")
    concern = Concern.objects.get()
    assert concern.label == TEXT
    delete(hold(kept, editor))
    concern.refresh_from_db()
    assert concern.label == ""
    row = TrainedModel.objects.get(label=Label.QUESTION)
    assert (row.weights, row.asked) == ("", True)
    assert ReactionText.objects.get(reaction=kept).text == TEXT


def test_what_is_held_and_still_there_is_treated_like_any_other(editor):
    kept = hold(make_reaction(TEXT), editor)
    understand()
    assert Concern.objects.get().label == TEXT
    intake.relabel(kept, Label.QUESTION, False, editor)
    assert len(trained_models.labels_of(Label.QUESTION)) == 1
