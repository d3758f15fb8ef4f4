from datetime import timedelta

import pytest
from django.db import connection

from newsroom.articles.models import ReaderMessage
from newsroom.articles.reader_messages import receive as submit
from smeditor.listening import erase, receive
from smeditor.models import Conversation, Reaction, ReactionLabel, Reader, Tombstone
from tests.listening.double import T0

pytestmark = pytest.mark.django_db


def params(**fields):
    return {
        "article_id": None,
        "kind": "error",
        "passage": "The line will open in May.",
        "message": "It opens in June.",
        "name": "Max",
        "email": "max@reader.example",
        "received_at": T0,
        "reference": "reader-message:1",
        **fields,
    }


def test_what_is_sent_through_the_form_reaches_the_inbox(article):
    message = ReaderMessage(
        article=article, kind="error", message="It opens in June.", passage="in May", email="m@r.example"
    )
    assert submit(message)
    reaction = Reaction.objects.get()
    assert (reaction.kind, reaction.article_id, reaction.attached_by) == ("form", article.pk, "form")
    assert (reaction.content.text, reaction.content.passage) == ("It opens in June.", "in May")
    assert ReaderMessage.objects.get().message == ""


def test_the_contact_is_unreadable_in_the_table(db):
    reaction = receive.form_message(**params())
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM smeditor_reactiontext")
        assert "max@reader.example" not in cursor.fetchone()[0]
    reaction.content.refresh_from_db()
    assert reaction.content.contact == "max@reader.example"


def test_a_message_sent_twice_is_one(db):
    assert receive.form_message(**params()) == receive.form_message(**params())


def test_a_message_that_was_erased_does_not_come_back(db):
    erase.erase(receive.form_message(**params()))
    assert isinstance(receive.form_message(**params()), Tombstone)


def test_what_the_reader_calls_it_is_a_label_with_the_reader_as_its_reason(db):
    receive.form_message(**params(kind="tip"))
    label = ReactionLabel.objects.get()
    assert (label.label, label.by) == ("tip", ReactionLabel.By.READER)


def test_it_waits_for_an_answer(db):
    receive.form_message(**params())
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.waiting_since) == (Conversation.State.OPEN, T0)


def test_one_address_is_one_person_and_no_address_is_somebody_new(db):
    for number, email in enumerate(["max@reader.example", "Max@reader.example ", "", ""]):
        receive.form_message(
            **params(email=email, reference=f"reader-message:{number}", received_at=T0 + timedelta(number))
        )
    assert Reader.objects.count() == 3
