"""The models of a newsroom: trained from its editors' labels, promoted when better, taking part, demoted, unlearned."""

import json

import pytest

from smeditor.exceptions import Refused
from smeditor.insight import intake, learned
from smeditor.listening.erase import erase
from smeditor.models import Flag, LearnedModel, Reaction, ReactionFlag, ReactionText
from tests.desk_rows import T0, make_account, make_reaction

pytestmark = pytest.mark.django_db
By = ReactionFlag.By
ASK = ["mirliton de la passerelle", "mirliton du marché couvert", "mirliton des horaires du bac", "mirliton du stade"]
TELL = ["la passerelle est jolie", "le marché couvert sent bon", "les horaires du bac changent", "le stade est plein"]


def teach(editor, n, ask=ASK, tell=TELL, flag=Flag.QUESTION):
    """``n`` labels of an editor: half of them positive, in words that the rules do not know."""
    for number in range(n):
        value = number % 2 == 0
        text = f"{(ask if value else tell)[number % 4]} {number % 7}"
        intake.relabel(make_reaction(text), flag, value, editor)


@pytest.fixture
def promoted(editor, monkeypatch):
    """A model of questions that has its word, made of few labels."""
    monkeypatch.setattr("smeditor.insight.learning.LABELS_NEEDED", 20)
    monkeypatch.setattr("smeditor.insight.learning.POSITIVES_NEEDED", 10)
    teach(editor, 40)
    learned.retrain(Flag.QUESTION, T0)
    return learned.promote(Flag.QUESTION, editor)


def flag_of(reaction, flag=Flag.QUESTION):
    return ReactionFlag.objects.filter(reaction=reaction, flag=flag).first()


def test_every_label_of_an_editor_is_counted_as_news(editor):
    teach(editor, 3)
    assert LearnedModel.objects.get().news == 3


def test_few_labels_make_a_model_that_stays_in_shadow(editor):
    teach(editor, 12)
    row = learned.retrain(Flag.QUESTION, T0)
    assert (row.state, row.labels, row.positives, row.news) == ("shadow", 12, 6, 0)
    assert "labels" in row.missing
    with pytest.raises(Refused):
        learned.promote(Flag.QUESTION, editor)


def test_a_model_in_shadow_changes_nothing(editor):
    teach(editor, 12)
    learned.retrain(Flag.QUESTION, T0)
    new = make_reaction("mirliton du théâtre")
    intake.run_due(T0)
    assert flag_of(new) is None


def test_a_promoted_model_adds_its_label_with_the_words_that_spoke(promoted):
    new = make_reaction("mirliton du théâtre")
    intake.run_due(T0)
    row = flag_of(new)
    assert (row.by, row.present) == (By.MODEL, True)
    assert "mirliton" in {new.words.text[start:end] for start, end, rule in row.because if rule == learned.LEARNED}


def test_its_words_are_those_of_the_whole_text_where_we_are_addressed_first(promoted):
    new = make_reaction("@paper mirliton du théâtre", account=make_account(handle="paper"))
    intake.run_due(T0)
    assert "mirliton" in {new.words.text[start:end] for start, end, _ in flag_of(new).because}


def test_it_takes_back_what_the_rules_should_not_have_said_and_leaves_their_reasons(promoted):
    new = make_reaction("Pourquoi le stade est plein ?")
    intake.run_due(T0)
    row = flag_of(new)
    assert (row.by, row.present) == (By.MODEL, False)
    assert row.because


def test_what_an_editor_said_stays(promoted, editor):
    new = make_reaction("mirliton du théâtre")
    intake.relabel(new, Flag.QUESTION, False, editor)
    intake.run_due(T0)
    assert (flag_of(new).by, flag_of(new).present) == (By.EDITOR, False)


def test_demoting_gives_the_labels_back_to_the_rules(promoted, editor):
    added, lowered = make_reaction("mirliton du théâtre"), make_reaction("Pourquoi le stade est plein ?")
    intake.run_due(T0)
    learned.demote(Flag.QUESTION, editor)
    assert flag_of(added) is None
    assert (flag_of(lowered).by, flag_of(lowered).present) == (By.RULES, True)


def test_a_model_never_moves_a_reaction_to_the_spam_tray_but_may_keep_it_out(editor, monkeypatch):
    spam = "Achetez vite sur https://pub.example cliquez ici promo -50 %"
    first = make_reaction(spam)
    intake.run_due(T0)
    assert Reaction.objects.get(pk=first.pk).tray == "spam"
    monkeypatch.setattr(learned, "promoted", lambda: {"spam": Sure("spam", 0.0)})
    kept = make_reaction(spam)
    intake.run_due(T0)
    assert Reaction.objects.get(pk=kept.pk).tray == "inbox"
    monkeypatch.setattr(learned, "promoted", lambda: {"spam": Sure("spam", 1.0)})
    said = make_reaction("la mer est calme ce soir")
    intake.run_due(T0)
    assert flag_of(said, "spam").present
    assert Reaction.objects.get(pk=said.pk).tray == "inbox"


@pytest.mark.parametrize("flag", sorted(learned.NEVER_TAKEN_BACK))
def test_a_model_lowers_no_tip_no_abuse_and_no_call_for_help(flag):
    reaction = make_reaction("x y z")
    rows = [ReactionFlag(reaction=reaction, flag=flag, by=By.RULES)]
    learned.revise(rows, reaction, {flag: Sure(flag, 0.0)}, set())
    assert rows[0].present


class Sure:
    """A model that is sure whatever the text: what it does with its word is what is tested."""

    threshold = 0.5

    def __init__(self, flag, answer):
        self.flag, self.answer = flag, answer

    def probability(self, text):
        return self.answer

    def explain(self, text, limit=12):
        return []


def test_what_a_reader_deletes_is_unlearned_at_once_and_the_model_is_rebuilt_without_it(promoted, editor):
    secret = make_reaction("mirliton de zanzibar zanzibar")
    intake.relabel(secret, Flag.QUESTION, True, editor)
    second = make_reaction("mirliton de zanzibar encore")
    intake.relabel(second, Flag.QUESTION, True, editor)
    learned.retrain(Flag.QUESTION, T0)
    assert "zanzibar" in LearnedModel.objects.get().weights
    erase(secret, T0)
    erase(second, T0)
    assert LearnedModel.objects.get().weights == ""
    assert learned.promoted() == {}
    assert learned.run_due(T0) == 1
    row = LearnedModel.objects.get()
    assert row.weights
    assert "zanzibar" not in row.weights
    assert row.state == "promoted"


def test_a_model_that_is_no_longer_better_goes_back_into_the_shadow(promoted):
    ReactionText.objects.filter(reaction__flags__present=False).delete()
    assert learned.retrain(Flag.QUESTION, T0).state == "shadow"


def test_many_new_labels_have_it_rebuilt_by_itself_and_few_do_not(editor):
    teach(editor, learned.NEWS_LEAST - 1)
    assert learned.run_due(T0) == 0
    teach(editor, 1)
    assert learned.run_due(T0) == 1
    assert learned.run_due(T0) == 0


def test_differences_leave_out_what_an_editor_settled(promoted, editor):
    open_one, settled = make_reaction("mirliton du théâtre"), make_reaction("mirliton du port")
    intake.relabel(settled, Flag.QUESTION, False, editor)
    rows = Reaction.objects.select_related("words", "account").prefetch_related("flags").order_by("-pk")[:2]
    found = learned.differences(learned.model_of(promoted), rows)
    assert [one.reaction.pk for one in found] == [open_one.pk]
    assert not found[0].rules


def test_the_labels_are_exported_a_line_each_with_their_author(editor):
    teach(editor, 2)
    lines = [json.loads(line) for line in learned.export([Flag.QUESTION], Reaction.objects.all())]
    assert [(line["flag"], line["value"], line["by"]) for line in lines] == [
        ("question", True, "edith"),
        ("question", False, "edith"),
    ]
    assert lines[0]["text"] == "mirliton de la passerelle 0"
