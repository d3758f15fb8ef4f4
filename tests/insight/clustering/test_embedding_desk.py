"""The newsroom's own model takes part in the desk's grouping where it can be trusted, and never stops it."""

import logging

import pytest
from django.urls import reverse

from smeditor.insight.concerns import grouper_memory, membership
from smeditor.insight.labels import intake
from smeditor.insight.meaning import loading, stored
from smeditor.models import ConcernMember
from tests.desk_rows import T0, make_reaction
from tests.insight import tiny_model

pytestmark = pytest.mark.django_db

KNOWN = [
    "Pourquoi la dernière navette part-elle à 21 h alors que les soignants finissent plus tard ?",
    "L'arrosage des potagers sera-t-il interdit en juillet ?",
]
OTHER_TEXT = "Quand remettrez-vous un car du soir pour ceux qui travaillent ?"


def understand():
    intake.run_due(T0)
    stored.run_due(T0)
    membership.run_due(T0)


def concern_of(reaction):
    return ConcernMember.objects.get(reaction=reaction).concern_id


def a_stream(settings, model):
    """Group enough texts for a calibration, with this model; return the last one about the shuttle."""
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": model}
    loading.forget()
    rows = [make_reaction(f"{KNOWN[number % 2]} {number}") for number in range(110)]
    understand()
    return rows[-2]


def test_a_text_that_says_the_same_in_other_words_joins_by_the_model(settings):
    shuttle = a_stream(settings, "tests.insight.tiny_model.embed")
    asks = make_reaction(OTHER_TEXT)
    understand()
    assert concern_of(asks) == concern_of(shuttle)


def test_the_words_alone_found_a_concern_of_its_own(settings):
    shuttle = a_stream(settings, "")
    asks = make_reaction(OTHER_TEXT)
    understand()
    assert concern_of(asks) != concern_of(shuttle)


def test_what_the_model_joined_stays_joined_after_a_restart_and_is_used_again(settings):
    shuttle = a_stream(settings, "tests.insight.tiny_model.embed")
    make_reaction(OTHER_TEXT)
    understand()
    grouper_memory.forget()
    again = make_reaction("Le car du soir : à quand son retour ?")
    understand()
    grouper_memory.current().grouper.recluster()
    assert concern_of(again) == concern_of(shuttle)


def test_a_text_about_something_else_founds_its_own_concern_with_the_model_too(settings):
    shuttle = a_stream(settings, "tests.insight.tiny_model.embed")
    asks = make_reaction("La piscine municipale reste fermée le dimanche ?")
    understand()
    assert concern_of(asks) != concern_of(shuttle)


@pytest.mark.parametrize("model", ["tests.insight.tiny_model.broken", "nowhere.model"], ids=["fails", "not there"])
def test_a_model_that_cannot_be_used_leaves_the_grouping_to_the_words_and_the_log_says_so(settings, caplog, model):
    with caplog.at_level(logging.ERROR, logger="smeditor.insight.meaning.encoder"):
        shuttle = a_stream(settings, model)
    assert ConcernMember.objects.filter(concern_id=concern_of(shuttle)).count() > 30
    assert [record.message for record in caplog.records if "grouped by their words" in record.message] != []


def test_the_model_is_not_asked_where_none_is_set(settings):
    tiny_model.asked.clear()
    a_stream(settings, "")
    assert tiny_model.asked == []


@pytest.mark.parametrize(
    ("model", "shown"), [("broken", "RuntimeError"), ("not_there", "ImportError"), ("embed", "")], ids=str
)
def test_the_desk_says_that_the_model_failed_until_it_works_again(settings, admin_client, model, shown):
    a_stream(settings, "tests.insight.tiny_model.broken")
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": f"tests.insight.tiny_model.{model}"}
    grouper_memory.forget()
    make_reaction(OTHER_TEXT)
    understand()
    page = admin_client.get(reverse("wagtailadmin_home")).content.decode()
    assert [kind for kind in ("RuntimeError", "ImportError") if kind in page] == [shown] * bool(shown)
