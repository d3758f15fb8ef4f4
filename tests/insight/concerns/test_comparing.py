"""The reactions to an article, compared: what is sure is joined, what is not is not shown, what is likely is asked."""

import pytest
from django.utils import timezone

from smeditor.insight.concerns import asking, comparing, editing, grouper_memory, membership
from smeditor.insight.labels import intake
from smeditor.insight.meaning import loading, stored
from smeditor.listening.erase import erase
from smeditor.models import Concern, ConcernMember, ConcernQuestion, Reaction, TextVector
from tests.desk_rows import T0, make_reaction
from tests.newsroom.paper import ARTICLE

pytestmark = pytest.mark.django_db

SHUTTLE = [
    "Pourquoi la dernière navette part-elle à 21 h alors que les soignants de l'hôpital finissent à 21 h 30 ?",
    "Les soignants de l'hôpital finissent à 21 h 30 et la dernière navette part à 21 h, pourquoi ?",
    "La dernière navette à 21 h ? Les soignants de l'hôpital finissent à 21 h 30 !",
]
OTHERS = [
    "Combien coûte un abonnement pour un étudiant ?",
    "Les étudiants paient-ils moins cher ?",
    "Le tarif réduit des étudiants est-il maintenu ?",
    "Merci pour cet article très clair",
    "Mon chien a peur du moteur",
]


@pytest.fixture
@ARTICLE.lies_under
def article(db):
    return ARTICLE.copy()


def understand():
    intake.run_due(T0)
    stored.run_due(T0)
    return membership.run_due(T0)


def concern_of(reaction) -> Concern:
    return ConcernMember.objects.get(reaction=reaction).concern


def under(article, *texts):
    return [make_reaction(text, article=article) for text in texts]


def test_what_three_people_say_alike_under_an_article_is_sure_enough_to_be_shown(article):
    rows = under(article, *SHUTTLE, *OTHERS)
    understand()
    concern = concern_of(rows[0])
    assert concern.is_sure
    assert concern.state == Concern.State.OPEN
    assert 0 < concern.certainty <= 1


def test_what_the_words_joined_without_reason_is_not_shown_and_is_asked_about(article, monkeypatch):
    monkeypatch.setattr(comparing, "least_certainty", lambda _kind: 0.999)
    monkeypatch.setattr(comparing, "borne_out", lambda *_compared: [])
    monkeypatch.setattr(comparing, "sure_groups", lambda size, *_links: list(range(size)))
    rows = under(article, *SHUTTLE)
    understand()
    assert concern_of(rows[0]).is_sure is False
    assert concern_of(rows[0]).state == Concern.State.FORMING
    assert asking.open_questions().exists()


def test_reactions_to_no_article_are_compared_with_each_other():
    rows = under(None, *SHUTTLE)
    understand()
    assert concern_of(rows[0]).certainty is not None


def test_what_is_raised_under_several_articles_once_each_is_left_to_the_words(article):
    make_reaction(SHUTTLE[0], article=article)
    row = make_reaction(SHUTTLE[1])
    understand()
    assert concern_of(row).size == 2
    assert concern_of(row).is_sure
    assert concern_of(row).certainty is None


def test_nothing_is_compared_twice(article):
    under(article, *SHUTTLE)
    understand()
    assert comparing.due(T0) == []
    assert not Reaction.objects.filter(compared_at=None).exists()


def test_one_more_reaction_has_its_article_compared_again(article):
    under(article, *SHUTTLE)
    understand()
    make_reaction(OTHERS[0], article=article)
    intake.run_due(T0)
    membership.run_due(T0)
    assert Reaction.objects.filter(compared_at=None).count() == 0


def test_a_large_article_rests_between_two_comparisons(article, monkeypatch):
    monkeypatch.setattr(comparing, "LARGE", 3)
    under(article, *SHUTTLE)
    understand()
    make_reaction(OTHERS[0], article=article)
    understand()
    assert Reaction.objects.filter(compared_at=None).count() == 1


def test_the_vector_of_a_new_reaction_is_waited_for_but_not_for_ever(article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "tests.insight.tiny_model.embed"}
    loading.forget()
    stored.forget()
    first = under(article, *SHUTTLE)[0]
    understand()
    row = make_reaction(OTHERS[0], article=article)
    Reaction.objects.filter(pk=row.pk).update(collected_at=timezone.now(), triaged_at=T0, grouped_at=T0)
    assert first.article_id not in comparing.due(timezone.now())
    assert first.article_id in comparing.due(timezone.now() + comparing.PATIENCE)


def test_a_newsroom_s_own_encoder_is_heard_once_an_article_has_ten_reactions(article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "tests.insight.tiny_model.embed"}
    loading.forget()
    stored.forget()
    rows = under(
        article, SHUTTLE[0], "Et un car du soir, c'est prévu ?", *OTHERS, *[f"{OTHERS[4]} {n}" for n in range(6)]
    )
    understand()
    assert set(ConcernQuestion.objects.values_list("kind", flat=True)) == {"other_encoder"}
    assert ConcernQuestion.objects.filter(first=rows[0], second=rows[1]).exists()


def test_one_text_that_no_encoder_can_read_does_not_hold_the_others_to_their_words(article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "tests.insight.tiny_model.embed"}
    loading.forget()
    stored.forget()
    rows = under(article, *SHUTTLE, *OTHERS, *[f"{OTHERS[4]} {n}" for n in range(6)])
    understand()
    TextVector.objects.filter(content__reaction=rows[-1]).delete()
    Reaction.objects.filter(pk=rows[0].pk).update(compared_at=None)
    compared = comparing.compare(article.pk)
    assert compared.kind == "other_encoder"
    assert rows[-1].pk not in compared.reactions


def test_where_most_have_no_vector_the_words_decide_for_all(article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "tests.insight.tiny_model.embed"}
    loading.forget()
    stored.forget()
    rows = under(article, *SHUTTLE, *OTHERS)
    understand()
    TextVector.objects.filter(content__reaction__in=rows[3:]).delete()
    compared = comparing.compare(article.pk)
    assert (compared.kind, len(compared.reactions)) == ("lexical", len(rows) - 1)  # thanks raise nothing


def test_what_is_sure_is_joined_by_the_machine_and_stays_after_a_restart(article, monkeypatch):
    rows = under(article, *SHUTTLE[:1], *OTHERS)
    understand()
    a, b = rows[0], rows[1]
    monkeypatch.setattr(comparing, "sure_groups", lambda size, found, *links: [0, 0, *range(2, size)])
    Reaction.objects.filter(pk=a.pk).update(compared_at=None)
    membership.run_due(T0)
    assert concern_of(a) == concern_of(b)
    assert ConcernMember.objects.get(reaction=b).by == ConcernMember.By.MACHINE
    grouper_memory.forget()
    make_reaction("Tout autre chose", article=article)
    understand()
    assert concern_of(a) == concern_of(b)


def test_what_an_editor_has_placed_is_never_moved(article, editor, monkeypatch):
    rows = under(article, *SHUTTLE, OTHERS[0], OTHERS[4])
    understand()
    edit = editing.split(concern_of(rows[0]), [rows[0]], editor)
    monkeypatch.setattr(comparing, "sure_groups", lambda size, found, *links: [0] * size)
    Reaction.objects.filter(pk=rows[1].pk).update(compared_at=None)
    membership.run_due(T0)
    assert concern_of(rows[0]) == edit.concern


def test_questions_go_with_the_words_they_are_made_of(article):
    rows = under(article, *OTHERS[:3])
    understand()
    ConcernQuestion.objects.get_or_create(
        first=rows[0], second=rows[1], defaults={"probability": 0.3, "worth": 0.0, "kind": "lexical", "evidence": [1.0]}
    )
    erase(Reaction.objects.get(pk=rows[0].pk), T0)
    assert not ConcernQuestion.objects.filter(first=rows[0].pk).exists()
    assert not ConcernQuestion.objects.filter(second=rows[0].pk).exists()
