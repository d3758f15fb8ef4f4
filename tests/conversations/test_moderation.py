"""Moving messages between queues, and what that does to their threads; attaching them to an article by hand."""

import pytest

from smeditor.conversations.moderation import attach_article, move_to_queue
from smeditor.models import Conversation, Reaction
from tests.desk_rows import make_conversation, make_reaction

pytestmark = pytest.mark.django_db
Queue, State = Reaction.Queue, Conversation.State


@pytest.fixture
def thread():
    return make_conversation()


def test_a_thread_is_closed_with_its_last_message_only(thread, editor):
    first, second = (make_reaction(f"Et alors ? {n}", conversation=thread) for n in range(2))
    states = []
    for reaction in (first, second):
        move_to_queue([reaction], Queue.DONE, editor)
        states.append(Conversation.objects.get().state)
    assert states == [State.OPEN, State.CLOSED]


def test_a_message_that_comes_back_makes_its_thread_wait_again(thread, editor):
    reaction = make_reaction("Et alors ?", conversation=thread)
    move_to_queue([reaction], Queue.SPAM, editor)
    reaction.refresh_from_db()
    assert move_to_queue([reaction], Queue.INBOX, editor) == {reaction.pk: Queue.SPAM}
    assert Conversation.objects.get().state == State.OPEN


def test_what_lies_there_already_is_not_moved(editor):
    assert move_to_queue([make_reaction("Bonjour.")], Queue.INBOX, editor) == {}


def test_the_reason_names_who_moved_it(editor):
    move_to_queue([make_reaction("Bonjour.")], Queue.DONE, editor)
    assert "edith" in Reaction.objects.get().queue_reason


def test_what_an_editor_attaches_comes_into_the_inbox(article):
    reaction = make_reaction("Votre papier sur le tram…", queue=Queue.UNATTACHED, queue_reason="Aucun article.")
    attach_article(reaction, article)
    reaction.refresh_from_db()
    assert (reaction.article_id, reaction.attached_by, reaction.queue, reaction.queue_reason) == (
        article.pk,
        "editor",
        Queue.INBOX,
        "",
    )
