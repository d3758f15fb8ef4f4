"""An editor's word on labels, taken back where no colleague has spoken since; and what a move says about spam."""

import json

import pytest

from smeditor.insight.labels import editing
from smeditor.models import Reaction, ReactionLabel
from tests.desk_rows import make_reaction

pytestmark = pytest.mark.django_db


def present(label):
    return dict(ReactionLabel.objects.filter(label=label).values_list("reaction", "present"))


@pytest.fixture
def pair():
    return [make_reaction("Merci pour l'enquête."), make_reaction("Merci bien, vraiment.")]


def test_a_label_is_taken_back_to_what_was_there(pair, editor):
    ReactionLabel.objects.create(reaction=pair[0], label="thanks", present=False, score=0.4)
    earlier = json.loads(json.dumps(editing.set_label(pair, "thanks", True, editor)))
    assert set(present("thanks").values()) == {True}
    assert editing.restore_label(Reaction.objects.all(), "thanks", earlier, editor) == 2
    assert present("thanks") == {pair[0].pk: False}


def test_a_colleague_s_word_stays(pair, editor, django_user_model):
    colleague = django_user_model.objects.create_user("noe", "noe@paper.example", "secret")
    earlier = editing.set_label(pair, "thanks", True, editor)
    editing.set_label(pair[:1], "thanks", False, colleague)
    assert editing.restore_label(Reaction.objects.all(), "thanks", earlier, editor) == 1
    assert present("thanks") == {pair[0].pk: False}


def test_what_cannot_be_seen_is_not_taken_back(pair, editor):
    earlier = editing.set_label(pair, "thanks", True, editor)
    assert editing.restore_label(Reaction.objects.none(), "thanks", earlier, editor) == 0


def test_moving_to_spam_and_back_is_an_editor_s_word_on_the_label(pair, editor):
    editing.move(pair, Reaction.Queue.SPAM, editor)
    assert set(present("spam").values()) == {True}
    editing.move(Reaction.objects.all(), Reaction.Queue.INBOX, editor)
    assert set(present("spam").values()) == {False}


def test_moving_to_done_says_nothing_about_spam(pair, editor):
    editing.move(pair, Reaction.Queue.DONE, editor)
    assert present("spam") == {}
