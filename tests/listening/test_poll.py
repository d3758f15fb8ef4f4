from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model

from smeditor.accounts import health
from smeditor.exceptions import AuthExpired, RateLimited, Temporary
from smeditor.listening import account as account_reading
from smeditor.listening import claims, poll
from smeditor.models import Account, Conversation, Reaction, Source
from smeditor.networks.base import Kind
from tests.listening.conftest import make_account, make_sent
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db


def test_an_account_that_listens_gets_its_source(account):
    poll.run_due(T0, "w1")
    assert account.source.kind == Source.Kind.ACCOUNT


def test_an_account_that_does_not_listen_is_left_alone(square):
    make_account(listens=False)
    poll.run_due(T0, "w1")
    assert square.cursors == []


def test_a_reply_to_our_post_comes_home_to_its_article(square, sent, article):
    square.say(message("r1", in_reply_to="ours-1"))
    assert poll.run_due(T0, "w1") == 1
    reaction = Reaction.objects.get()
    assert (reaction.article_id, reaction.attached_by, reaction.delivery) == (article.pk, "reply", sent.delivery)
    assert reaction.content.text == "Is the tram free on Sundays?"
    assert reaction.reader.pseudonym != person().remote_id
    assert (reaction.conversation.state, reaction.conversation.waiting_since) == (Conversation.State.OPEN, T0)


def test_the_cursor_goes_on_from_page_to_page(square, account):
    square.say(message("r1"), more=True)
    square.say(message("r2", author=person("max")))
    assert poll.run_due(T0, "w1") == 2
    assert square.cursors == [{}, {"at": 1}]
    assert account.source.cursor == {"at": 2}


def test_what_was_stored_before_a_failure_keeps_its_cursor(square, account):
    square.say(message("r1"), more=True)
    square.batches.append(Temporary("memory.example cannot be reached."))
    poll.run_due(T0, "w1")
    source = Source.objects.get()
    assert Reaction.objects.count() == 1
    assert source.cursor == {"at": 1}
    assert source.problem == "memory.example cannot be reached."


def test_a_failed_source_does_not_stop_another(square, account):
    make_account(handle="other@memory.example")
    square.batches.append(Temporary("memory.example cannot be reached."))
    square.say(message("r1"))
    assert poll.run_due(T0, "w1") == 1


def test_a_bug_in_a_network_is_a_sentence_and_no_crash(square, account):
    square.batches.append(ZeroDivisionError("secret words of a reader"))
    poll.run_due(T0, "w1")
    source = Source.objects.get()
    assert source.problem
    assert "secret" not in source.problem


def test_failures_are_tried_again_ever_more_rarely(square, account):
    now, pauses = T0, []
    for _ in range(3):
        square.batches.append(Temporary("Down."))
        poll.run_due(now, "w1")
        source = Source.objects.get()
        pauses.append(source.next_poll_at - now)
        now = source.next_poll_at
    assert pauses == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]


def test_success_clears_the_problem(square, account):
    square.batches.append(Temporary("Down."))
    poll.run_due(T0, "w1")
    poll.run_due(T0 + timedelta(hours=1), "w1")
    source = Source.objects.get()
    assert (source.problem, source.failures, source.lease_until) == ("", 0, None)


@time_machine.travel(T0, tick=False)
def test_a_rate_limit_is_waited_out(square, account):
    until = T0 + timedelta(minutes=17)
    square.batches.append(RateLimited("Too many requests.", until=until))
    poll.run_due(T0, "w1")
    source = Source.objects.get()
    assert (source.next_poll_at, source.failures) == (until, 0)


def test_a_refused_token_asks_for_a_person(square, account):
    square.batches.append(AuthExpired("memory.example no longer accepts the token."))
    poll.run_due(T0, "w1")
    account.refresh_from_db()
    assert (account.state, account.state_reason) == (
        Account.State.FAILED,
        "memory.example no longer accepts the token.",
    )
    poll.run_due(T0 + timedelta(days=2), "w1")
    assert len(square.cursors) == 1


def test_a_dead_token_that_reading_meets_is_told_once(square, account, mailoutbox, django_capture_on_commit_callbacks):
    """P10, kind: a place beside the owner of the account's state that marked the account and told nobody."""
    get_user_model().objects.create_superuser("root", "root@paper.example", "x")
    square.batches += [AuthExpired("The token is over."), AuthExpired("The token is over.")]
    with django_capture_on_commit_callbacks(execute=True):
        poll.run_due(T0, "w1")
        poll.run_due(T0 + timedelta(days=2), "w1")
    assert [mail.to for mail in mailoutbox] == [["root@paper.example"]]


def test_a_paused_account_whose_token_is_dead_is_read_no_more_and_stays_paused(square, account):
    health.pause(account, "Holiday", T0)
    square.batches.append(AuthExpired("The token is over."))
    poll.run_due(T0, "w1")
    poll.run_due(T0 + timedelta(days=2), "w1")
    account.refresh_from_db()
    assert (account.state, account.failing_reason) == (Account.State.PAUSED, "The token is over.")
    assert len(square.cursors) == 1


def test_a_source_that_another_worker_reads_is_left_to_it(square, account):
    poll.add_missing_sources()
    Source.objects.update(lease_until=T0 + timedelta(minutes=1))
    poll.run_due(T0, "w1")
    assert square.cursors == []


def test_a_worker_that_lost_its_lease_stores_nothing(square, account, monkeypatch):
    poll.add_missing_sources()
    square.say(message("r1"))
    collect = account_reading.open_for_listening

    def slow(of):
        Source.objects.update(
            lease_until=T0 + claims.lease_length() + timedelta(seconds=30)
        )  # as who came later has it
        return collect(of)

    monkeypatch.setattr(account_reading, "open_for_listening", slow)
    poll.run_due(T0, "w1")
    assert not Reaction.objects.exists()


def test_threads_are_walked_by_the_age_of_their_posts(square, account, article):
    make_sent(account, article, "young", T0 - timedelta(minutes=10))
    make_sent(account, article, "old", T0 - timedelta(days=3))
    make_sent(account, article, "forgotten", T0 - timedelta(days=31))
    poll.run_due(T0, "w1")
    poll.run_due(T0 + timedelta(minutes=5), "w1")
    poll.run_due(T0 + timedelta(hours=7), "w1")
    assert sorted(square.walked[0]) == ["old", "young"]
    assert square.walked[1] == ["young"]
    assert sorted(square.walked[2]) == ["old", "young"]


def test_a_demo_may_look_more_often(square, account, article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "POLL_PLAN": [[60, 0.05]]}
    make_sent(account, article, "young", T0 - timedelta(minutes=10))
    poll.run_due(T0, "w1")
    poll.run_due(T0 + timedelta(seconds=3), "w1")
    assert square.walked == [["young"], ["young"]]


def test_what_the_network_reports_deleted_is_erased(square, sent):
    square.say(message("r1", in_reply_to="ours-1"))
    poll.run_due(T0, "w1")
    square.say(deleted=("r1",))
    poll.run_due(T0 + timedelta(hours=1), "w1")
    reaction = Reaction.objects.get()
    assert reaction.presence == "deleted"
    assert not hasattr(reaction, "content")


@pytest.mark.parametrize("kind", [Kind.LIKE, Kind.REPOST])
def test_a_like_that_was_taken_back_counts_no_more(square, sent, kind):
    square.say(message("l1", "", kind=kind, subject="ours-1"))
    poll.run_due(T0, "w1")
    square.say(deleted=("l1",))
    poll.run_due(T0 + timedelta(hours=1), "w1")
    assert Reaction.objects.get().presence == "deleted"


def test_a_comment_under_a_post_of_ours_waits_for_an_answer(square, sent):
    square.say(message("c1", kind=Kind.COMMENT, in_reply_to="ours-1"))
    poll.run_due(T0, "w1")
    reaction = Reaction.objects.get()
    assert reaction.conversation.state == "open"
    assert reaction.conversation.waiting_since is not None


def test_a_like_has_no_words_and_no_conversation(square, sent, article):
    square.say(message("l1", "", kind=Kind.LIKE, subject="ours-1"))
    poll.run_due(T0, "w1")
    like = Reaction.objects.get()
    assert (like.article_id, like.conversation) == (article.pk, None)
    assert not hasattr(like, "content")
