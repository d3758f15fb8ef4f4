"""A conversation that the desk has answered waits no longer, unless its reader wrote again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.listening import threads
from smeditor.models import Conversation, Delivery, Post, Reaction
from smeditor.publishing.engine import follow
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
OPEN, ANSWERED = Conversation.State.OPEN, Conversation.State.ANSWERED


@pytest.fixture
def asked(make_account):
    """A conversation in which a reader asked ten minutes ago."""
    conversation = Conversation.objects.create(account=make_account("plain"), waiting_since=NOON - 10 * MINUTE)
    write(conversation, NOON - 10 * MINUTE)
    return conversation


def write(conversation, at):
    Reaction.objects.create(
        network="plain", kind="reply", native_id=f"r{at}", published_at=at, conversation=conversation
    )


def answer(conversation, make_post, at):
    make_post(conversation.account, text="At six o'clock.", kind=Post.Kind.REPLY, conversation=conversation)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=at, followed_up_at=None)


def test_an_answer_closes_its_conversation_as_soon_as_it_is_sent(asked, make_post):
    answer(asked, make_post, NOON)
    follow.run_due(NOON + MINUTE)
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_since, asked.answered_at) == (ANSWERED, None, NOON)


def test_a_reader_who_wrote_again_after_the_answer_still_waits(asked, make_post):
    answer(asked, make_post, NOON)
    write(asked, NOON + MINUTE)
    follow.run_due(NOON + 5 * MINUTE)
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_since, asked.answered_at) == (OPEN, NOON + MINUTE, NOON)


def test_an_answer_that_nobody_followed_up_closes_its_conversation_with_the_next_poll(asked, make_post):
    answer(asked, make_post, NOON)
    assert threads.close_answered(NOON + MINUTE) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.answered_at) == (ANSWERED, NOON)


def test_looking_for_answered_conversations_costs_no_more_when_many_wait(
    asked,
    make_post,
    django_assert_num_queries,
):
    Conversation.objects.bulk_create(Conversation(account=asked.account, waiting_since=NOON) for _n in range(200))
    with django_assert_num_queries(1):
        assert threads.close_answered(NOON) == 0
