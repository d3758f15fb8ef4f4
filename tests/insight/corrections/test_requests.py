"""A claimed error becomes a request with its passage, once, beside those that ask for the same."""

import pytest

from smeditor.insight.labels import intake
from smeditor.models import CorrectionRequest, Reaction
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db

CLAIM = "Il y a une erreur dans votre article : la ligne fait 11 kilomètres, pas 9 kilomètres."


def test_a_correction_about_an_article_opens_one_request(article):
    reaction = make_reaction(CLAIM, article=article)
    intake.run_due(T0)
    Reaction.objects.update(triaged_at=None)
    intake.run_due(T0)
    assert [request.reaction for request in CorrectionRequest.objects.all()] == [reaction]


def test_without_an_article_there_is_nothing_to_correct():
    make_reaction(CLAIM)
    intake.run_due(T0)
    assert not CorrectionRequest.objects.exists()


def test_the_readers_own_passage_is_kept(article):
    make_reaction(CLAIM, article=article, kind="form", passage="La ligne compte 9 kilomètres.")
    intake.run_due(T0)
    assert CorrectionRequest.objects.get().passage == "La ligne compte 9 kilomètres."


def test_a_second_request_for_the_same_points_to_the_first(article):
    make_reaction(CLAIM, article=article)
    make_reaction("Erreur dans l'article : 11 kilomètres et non 9 kilomètres pour la ligne.", article=article)
    intake.run_due(T0)
    first, second = CorrectionRequest.objects.order_by("pk")
    assert second.similar_to == first
