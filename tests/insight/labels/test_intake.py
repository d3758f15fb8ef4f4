"""Triage of stored reactions: labels with reasons, trays, and the editor's word that stands."""

import pytest

from smeditor.insight.labels import intake
from smeditor.models import Label, Reaction, ReactionLabel
from tests.desk_rows import T0, make_account, make_reaction

pytestmark = pytest.mark.django_db


def labels_of(reaction) -> set[str]:
    return set(reaction.labels.filter(present=True).values_list("label", flat=True))


def test_a_new_reaction_gets_its_labels_with_the_words_that_raised_them():
    reaction = make_reaction("Il y a une erreur dans votre article : c'est 2019, pas 2018.")
    assert intake.run_due(T0) == 1
    label = reaction.labels.get(label=Label.CORRECTION)
    assert all(0 <= start < end <= len(reaction.content.text) for start, end, _ in label.evidence)


def test_a_reaction_is_triaged_once():
    make_reaction("Merci beaucoup pour cet article !")
    intake.run_due(T0)
    assert intake.run_due(T0) == 0


def test_a_like_has_nothing_to_triage():
    make_reaction(kind="like")
    assert intake.run_due(T0) == 0


def test_the_version_of_the_rules_is_kept_beside_the_result():
    reaction = make_reaction("Pourquoi la navette s'arrête-t-elle à 21 h ?")
    intake.run_due(T0)
    reaction.refresh_from_db()
    assert reaction.triage_version


def test_an_editors_word_outlives_the_next_triage(editor):
    reaction = make_reaction("Pourquoi la navette s'arrête-t-elle à 21 h ?")
    intake.run_due(T0)
    intake.relabel(reaction, Label.QUESTION, present=False, user=editor)
    Reaction.objects.update(triaged_at=None)
    intake.run_due(T0)
    assert Label.QUESTION not in labels_of(reaction)


def test_abuse_alone_never_leaves_the_inbox():
    reaction = make_reaction("Bande d'abrutis, pas fichus d'amener le tram devant l'hôpital. Ma mère fait comment ?")
    intake.run_due(T0)
    reaction.refresh_from_db()
    assert reaction.queue == Reaction.Queue.INBOX


def test_queries_do_not_grow_with_the_number_of_reactions(django_assert_max_num_queries):
    for number in range(60):
        make_reaction(f"Pourquoi la ligne {number} est-elle en retard ?")
    with django_assert_max_num_queries(14):
        intake.run_due(T0)
    assert ReactionLabel.objects.filter(label=Label.QUESTION).count() == 60


def test_our_own_handle_in_front_of_a_question_changes_nothing_but_the_place():
    account = make_account(handle="vigie")
    text = "@vigie L'arrosage des potagers sera-t-il interdit en juillet ?"
    reaction = make_reaction(text, account=account)
    intake.run_due(T0)
    [[start, end, _], *_] = reaction.labels.get(label=Label.QUESTION).evidence
    assert 0 < start < end <= len(text)
    assert "sera-t-il" in text[start:end] or "?" in text[start:end]


def test_what_an_editor_took_out_of_the_spam_stays_out(editor):
    text = "Gagnez 3000 € par semaine depuis chez vous, inscription gratuite sur https://argent-facile.example/go"
    reaction = make_reaction(text)
    intake.run_due(T0)
    reaction.refresh_from_db()
    assert reaction.queue == Reaction.Queue.SPAM
    intake.relabel(reaction, Label.SPAM, present=False, user=editor)
    Reaction.objects.update(triaged_at=None, queue=Reaction.Queue.INBOX)
    intake.run_due(T0)
    reaction.refresh_from_db()
    assert reaction.queue == Reaction.Queue.INBOX
