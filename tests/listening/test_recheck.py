from datetime import timedelta

import pytest
import time_machine

from smeditor.exceptions import RateLimited, Temporary
from smeditor.listening import recheck
from smeditor.listening.quotable import quotable
from smeditor.listening.store import store
from smeditor.models import Concern, ConcernMember, Reaction, ReactionText
from smeditor.networks.base import Kind, Presence
from tests.listening.double import T0, message

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def reaction(origin, sent):
    """A reply that was collected at ten o'clock."""
    store([message("r1", in_reply_to="ours-1")], origin, T0)
    Reaction.objects.update(collected_at=T0)
    return Reaction.objects.get()


def test_it_is_looked_at_again_ever_more_rarely(reaction, square):
    times, now = [], T0 + HOUR
    while now:
        recheck.run_due(now)
        times.append((now - T0) / HOUR)
        now = Reaction.objects.get().next_check_at
    assert times == [1, 6, 24, 72, 168, 720]


def test_one_look_that_finds_nothing_erases_nothing(reaction, square):
    square.presence["r1"] = Presence.DELETED
    assert recheck.run_due(T0 + HOUR) == 0
    assert ReactionText.objects.exists()


def test_two_looks_that_find_nothing_erase(reaction, square):
    square.presence["r1"] = Presence.DELETED
    recheck.run_due(T0 + HOUR)
    assert recheck.run_due(T0 + HOUR + timedelta(minutes=10)) == 1
    assert not ReactionText.objects.exists()


def test_two_looks_at_once_are_one_look(reaction, square):
    square.presence["r1"] = Presence.DELETED
    recheck.run_due(T0 + HOUR)
    Reaction.objects.update(next_check_at=T0)
    recheck.run_due(T0 + HOUR + timedelta(minutes=1))
    assert ReactionText.objects.exists()


def test_what_is_not_public_any_more_goes_as_well(reaction, square):
    square.presence["r1"] = Presence.PROTECTED
    recheck.run_due(T0 + HOUR)
    recheck.run_due(T0 + 2 * HOUR)
    assert not ReactionText.objects.exists()


def test_what_comes_back_between_two_looks_stays(reaction, square):
    square.presence["r1"] = Presence.DELETED
    recheck.run_due(T0 + HOUR)
    square.presence["r1"] = Presence.ALIVE
    recheck.run_due(T0 + 2 * HOUR)
    square.presence["r1"] = Presence.DELETED
    recheck.run_due(T0 + 7 * HOUR)
    assert ReactionText.objects.exists()


@pytest.mark.parametrize("error", [Temporary("Down."), ZeroDivisionError()])
def test_a_failure_is_no_deletion(reaction, square, error):
    square.check_error = error
    for hours in range(1, 9):
        recheck.run_due(T0 + hours * HOUR)
    assert ReactionText.objects.exists()


@time_machine.travel(T0 + HOUR, tick=False)
def test_a_rate_limit_is_waited_out(reaction, square):
    square.check_error = RateLimited("Slowly.", until=T0 + 5 * HOUR)
    recheck.run_due(T0 + HOUR)
    assert Reaction.objects.get().next_check_at == T0 + 5 * HOUR


def test_an_edit_asks_for_the_thread_to_be_read_again(reaction, square, sent):
    type(sent.delivery).objects.update(polled_at=T0)
    square.presence["r1"] = Presence.EDITED
    recheck.run_due(T0 + HOUR)
    sent.delivery.refresh_from_db()
    assert sent.delivery.polled_at is None


class TestBeforeDisplay:
    def test_what_is_there_is_shown(self, reaction):
        assert recheck.before_display([reaction.pk], T0 + HOUR) == {reaction.pk}

    def test_what_is_gone_is_not_shown_from_the_first_look_on(self, reaction, square):
        square.presence["r1"] = Presence.DELETED
        assert recheck.before_display([reaction.pk], T0 + HOUR) == set()

    def test_it_is_asked_always_and_in_one_call(self, origin, square):
        store([message(str(n)) for n in range(30)], origin, T0)
        recheck.before_display(Reaction.objects.values_list("pk", flat=True), T0 + HOUR)
        assert [len(call) for call in square.checked] == [30]

    def test_a_page_of_the_desk_asks_no_network_and_quotes_what_the_last_check_found(self, reaction, square):
        square.presence["r1"] = Presence.DELETED
        assert quotable([reaction.pk], T0 + HOUR, ask=False) == {reaction.pk}
        assert square.checked == []
        assert quotable([reaction.pk], T0 + HOUR) == set()
        assert quotable([reaction.pk], T0 + HOUR, ask=False) == set()
        assert len(square.checked) == 1

    def test_what_was_looked_at_just_now_is_not_asked_again(self, reaction, square):
        recheck.before_display([reaction.pk], T0 + HOUR)
        recheck.before_display([reaction.pk], T0 + HOUR + timedelta(minutes=5))
        assert len(square.checked) == 1

    def test_what_cannot_be_looked_at_is_trusted_for_a_day(self, reaction, square):
        square.check_error = Temporary("Down.")
        assert recheck.before_display([reaction.pk], T0 + HOUR) == {reaction.pk}
        assert recheck.before_display([reaction.pk], T0 + timedelta(days=2)) == set()


class TestRetention:
    def test_words_nobody_looked_at_go_after_their_time_and_the_number_stays(self, reaction):
        recheck.retain(T0 + timedelta(days=29))
        assert ReactionText.objects.exists()
        assert recheck.retain(T0 + timedelta(days=31)) == 1
        assert not ReactionText.objects.exists()
        assert Reaction.objects.get().presence == "alive"

    @pytest.mark.parametrize(("days", "kept"), [(31, True), (179, True), (181, False)])
    def test_words_that_were_looked_at_stay_longer(self, reaction, days, kept):
        Reaction.objects.update(triaged_at=T0)
        recheck.retain(T0 + timedelta(days=days))
        assert ReactionText.objects.exists() is kept

    @pytest.mark.parametrize(("days", "kept"), [(181, True), (364, True), (366, False)])
    def test_words_of_a_concern_stay_longest(self, reaction, days, kept):
        Reaction.objects.update(triaged_at=T0)
        ConcernMember.objects.create(concern=Concern.objects.create(), reaction=reaction)
        recheck.retain(T0 + timedelta(days=days))
        assert ReactionText.objects.exists() is kept

    def test_a_legal_hold_keeps_words_beyond_their_time(self, reaction):
        Reaction.objects.update(legal_hold_until=T0 + timedelta(days=90))
        recheck.retain(T0 + timedelta(days=31))
        assert ReactionText.objects.exists()
        recheck.retain(T0 + timedelta(days=91))
        assert not ReactionText.objects.exists()


def test_a_like_that_was_taken_back_does_not_count_and_may_be_given_again(origin, sent, square):
    like = message("l1", "", kind=Kind.LIKE, subject="ours-1")
    store([like], origin, T0)
    square.presence["l1"] = Presence.DELETED
    recheck.run_due(T0 + HOUR)
    recheck.run_due(T0 + 2 * HOUR)
    assert Reaction.objects.get().presence == "deleted"
    store([like], origin, T0 + 3 * HOUR)
    assert Reaction.objects.get().presence == "alive"
