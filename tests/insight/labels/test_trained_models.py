"""The models of a newsroom: trained from its editors' labels, promoted when better, taking part, demoted, unlearned."""

import json

import pytest

from smeditor.exceptions import Refused
from smeditor.insight.labels import intake, trained_models
from smeditor.listening.erase import erase
from smeditor.models import Label, Reaction, ReactionLabel, ReactionText, TrainedModel
from tests.desk_rows import T0, make_account, make_reaction

pytestmark = pytest.mark.django_db
By = ReactionLabel.By
ASK = ["mirliton de la passerelle", "mirliton du marché couvert", "mirliton des horaires du bac", "mirliton du stade"]
TELL = ["la passerelle est jolie", "le marché couvert sent bon", "les horaires du bac changent", "le stade est plein"]


def teach(editor, n, ask=ASK, tell=TELL, label=Label.QUESTION):
    """``n`` labels of an editor: half of them positive, in words that the rules do not know."""
    for number in range(n):
        value = number % 2 == 0
        text = f"{(ask if value else tell)[number % 4]} {number % 7}"
        intake.relabel(make_reaction(text), label, value, editor)


@pytest.fixture
def promoted(editor, monkeypatch):
    """A model of questions that has its word, made of few labels."""
    monkeypatch.setattr("smeditor.insight.labels.classifier.LABELS_NEEDED", 20)
    monkeypatch.setattr("smeditor.insight.labels.classifier.POSITIVES_NEEDED", 10)
    teach(editor, 40)
    trained_models.retrain(Label.QUESTION, T0)
    return trained_models.promote(Label.QUESTION, editor)


def label_on(reaction, label=Label.QUESTION):
    return ReactionLabel.objects.filter(reaction=reaction, label=label).first()


def test_every_label_of_an_editor_is_counted_as_news(editor):
    teach(editor, 3)
    assert TrainedModel.objects.get().pending_labels == 3


def test_few_labels_make_a_model_that_stays_in_shadow(editor):
    teach(editor, 12)
    row = trained_models.retrain(Label.QUESTION, T0)
    assert (row.state, row.labels, row.positives, row.pending_labels) == ("shadow", 12, 6, 0)
    assert "labels" in row.missing
    with pytest.raises(Refused):
        trained_models.promote(Label.QUESTION, editor)


def test_a_model_in_shadow_changes_nothing(editor):
    teach(editor, 12)
    trained_models.retrain(Label.QUESTION, T0)
    new = make_reaction("mirliton du théâtre")
    intake.run_due(T0)
    assert label_on(new) is None


def test_a_promoted_model_adds_its_label_with_the_words_that_spoke(promoted):
    new = make_reaction("mirliton du théâtre")
    intake.run_due(T0)
    row = label_on(new)
    assert (row.by, row.present) == (By.MODEL, True)
    assert "mirliton" in {
        new.content.text[start:end] for start, end, rule in row.evidence if rule == trained_models.TRAINED
    }


def test_its_words_are_those_of_the_whole_text_where_we_are_addressed_first(promoted):
    new = make_reaction("@paper mirliton du théâtre", account=make_account(handle="paper"))
    intake.run_due(T0)
    assert "mirliton" in {new.content.text[start:end] for start, end, _ in label_on(new).evidence}


def test_it_takes_back_what_the_rules_should_not_have_said_and_leaves_their_reasons(promoted):
    new = make_reaction("Pourquoi le stade est plein ?")
    intake.run_due(T0)
    row = label_on(new)
    assert (row.by, row.present) == (By.MODEL, False)
    assert row.evidence


def test_what_an_editor_said_stays(promoted, editor):
    new = make_reaction("mirliton du théâtre")
    intake.relabel(new, Label.QUESTION, False, editor)
    intake.run_due(T0)
    assert (label_on(new).by, label_on(new).present) == (By.EDITOR, False)


def test_demoting_gives_the_labels_back_to_the_rules(promoted, editor):
    added, lowered = make_reaction("mirliton du théâtre"), make_reaction("Pourquoi le stade est plein ?")
    intake.run_due(T0)
    trained_models.demote(Label.QUESTION, editor)
    assert label_on(added) is None
    assert (label_on(lowered).by, label_on(lowered).present) == (By.RULES, True)


def test_a_model_never_moves_a_reaction_to_the_spam_tray_but_may_keep_it_out(editor, monkeypatch):
    spam = "Achetez vite sur https://pub.example cliquez ici promo -50 %"
    first = make_reaction(spam)
    intake.run_due(T0)
    assert Reaction.objects.get(pk=first.pk).queue == "spam"
    monkeypatch.setattr(trained_models, "promoted", lambda: {"spam": Sure("spam", 0.0)})
    kept = make_reaction(spam)
    intake.run_due(T0)
    assert Reaction.objects.get(pk=kept.pk).queue == "inbox"
    monkeypatch.setattr(trained_models, "promoted", lambda: {"spam": Sure("spam", 1.0)})
    decided_text = make_reaction("la mer est calme ce soir")
    intake.run_due(T0)
    assert label_on(decided_text, "spam").present
    assert Reaction.objects.get(pk=decided_text.pk).queue == "inbox"


@pytest.mark.parametrize("label", sorted(trained_models.NEVER_TAKEN_BACK))
def test_a_model_lowers_no_tip_no_abuse_and_no_call_for_help(label):
    reaction = make_reaction("x y z")
    rows = [ReactionLabel(reaction=reaction, label=label, by=By.RULES)]
    trained_models.revise(rows, reaction, {label: Sure(label, 0.0)}, set())
    assert rows[0].present


class Sure:
    """A model that is sure whatever the text: what it does with its word is what is tested."""

    threshold = 0.5

    def __init__(self, label, answer):
        self.label, self.answer = label, answer

    def probability(self, text):
        return self.answer

    def explain(self, text, limit=12):
        return []


def test_what_a_reader_deletes_is_unlearned_at_once_and_the_model_is_rebuilt_without_it(promoted, editor):
    secret = make_reaction("mirliton de zanzibar zanzibar")
    intake.relabel(secret, Label.QUESTION, True, editor)
    second = make_reaction("mirliton de zanzibar encore")
    intake.relabel(second, Label.QUESTION, True, editor)
    trained_models.retrain(Label.QUESTION, T0)
    assert "zanzibar" in TrainedModel.objects.get().weights
    erase(secret, T0)
    erase(second, T0)
    assert TrainedModel.objects.get().weights == ""
    assert trained_models.promoted() == {}
    assert trained_models.run_due(T0) == 1
    row = TrainedModel.objects.get()
    assert row.weights
    assert "zanzibar" not in row.weights
    assert row.state == "promoted"


def test_a_model_that_is_no_longer_better_goes_back_into_the_shadow(promoted):
    ReactionText.objects.filter(reaction__labels__present=False).delete()
    assert trained_models.retrain(Label.QUESTION, T0).state == "shadow"


def test_many_new_labels_have_it_rebuilt_by_itself_and_few_do_not(editor):
    teach(editor, trained_models.PENDING_LEAST - 1)
    assert trained_models.run_due(T0) == 0
    teach(editor, 1)
    assert trained_models.run_due(T0) == 1
    assert trained_models.run_due(T0) == 0


def test_differences_leave_out_what_an_editor_settled(promoted, editor):
    open_one, decided = make_reaction("mirliton du théâtre"), make_reaction("mirliton du port")
    intake.relabel(decided, Label.QUESTION, False, editor)
    rows = Reaction.objects.select_related("content", "account").prefetch_related("labels").order_by("-pk")[:2]
    found = trained_models.differences(trained_models.model_of(promoted), rows)
    assert [difference.reaction.pk for difference in found] == [open_one.pk]
    assert not found[0].rules


def test_the_labels_are_exported_a_line_each_with_their_author(editor):
    teach(editor, 2)
    lines = [json.loads(line) for line in trained_models.export([Label.QUESTION], Reaction.objects.all())]
    assert [(line["flag"], line["value"], line["by"]) for line in lines] == [
        ("question", True, "edith"),
        ("question", False, "edith"),
    ]
    assert lines[0]["text"] == "mirliton de la passerelle 0"


def test_an_export_is_read_in_batches_and_says_each_label_once(editor, monkeypatch, django_assert_num_queries):
    """The kind: before the first line of the file every label of the newsroom was sorted."""
    monkeypatch.setattr(trained_models, "EXPORTED", 2)
    teach(editor, 5)
    ReactionLabel.objects.filter(pk__in=ReactionLabel.objects.order_by("pk")[1:4]).update(at=T0)
    lines = trained_models.export([Label.QUESTION], Reaction.objects.all())
    with django_assert_num_queries(1):
        first = next(lines)
    assert len({first, *lines}) == 5


def test_what_the_desk_masks_leaves_masked(editor):
    """The kind of K10: the insult that is masked on the desk stood in full in the exported labels."""
    reaction = make_reaction("Why is the bus late again, you clowns?")
    reaction.content.masked = "Why is the bus late again, you ••••••?"
    reaction.content.save()
    intake.relabel(reaction, Label.QUESTION, True, editor)
    (line,) = trained_models.export([Label.QUESTION], Reaction.objects.all())
    assert json.loads(line)["text"] == "Why is the bus late again, you ••••••?"
