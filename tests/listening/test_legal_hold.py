"""K16: what is needed for a legal claim is kept with a reason, an end and somebody who answers for it; then it goes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from smeditor.exceptions import Refused
from smeditor.listening import erase, legal_hold, reader_erasure, recheck
from smeditor.models import Reaction, ReactionText
from tests.desk_rows import make_reaction, make_reader

pytestmark = pytest.mark.django_db
REASON = "Dossier 2026-114"
MONTH = timedelta(days=30)


@pytest.fixture
def chief(django_user_model):
    return django_user_model.objects.create_user("chief", "chief@paper.example", "secret")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def held(chief, now):
    reaction = make_reaction("Le maire a menti sous serment.", author_handle="nora@far.example")
    legal_hold.place(reaction, now + MONTH, f"  {REASON} ", chief, now)
    reaction.refresh_from_db()
    return reaction


def test_a_hold_says_why_until_when_and_who(held, chief, now):
    assert (held.legal_hold_until, held.legal_hold_reason, held.legal_hold_by) == (now + MONTH, REASON, chief)


def test_the_log_tells_of_it_without_the_reason(held):
    entry = ModelLogEntry.objects.get(action="smeditor.legal_hold_placed")
    assert REASON not in f"{entry.label}{entry.data}"


@pytest.mark.parametrize(
    ("reason", "after"), [(" ", MONTH), (REASON, timedelta(0)), (REASON, legal_hold.LONGEST + timedelta(days=1))]
)
def test_a_hold_without_a_reason_or_an_end_that_makes_sense_is_refused(chief, now, reason, after):
    reaction = make_reaction("Rendez-nous le kiosque.")
    with pytest.raises(Refused):
        legal_hold.place(reaction, now + after, reason, chief, now)
    assert Reaction.objects.get().legal_hold_until is None


def test_what_is_erased_already_cannot_be_kept(chief, now):
    reaction = make_reaction("Rendez-nous le kiosque.")
    erase.erase(reaction, now)
    with pytest.raises(Refused):
        legal_hold.place(reaction, now + MONTH, REASON, chief, now)


def test_erasing_its_reader_leaves_it_out_of_sight_until_the_hold_ends(held, now):
    other = make_reaction("Et le marché ?", reader=held.reader)
    kept = reader_erasure.count_kept([held.reader], now)
    assert (kept.messages, kept.signs, kept.held) == (2, 0, 1)
    assert reader_erasure.erase_readers([held.reader], opt_out=False) == 1
    assert not ReactionText.objects.filter(reaction=other).exists()
    assert recheck.before_display([held.pk], now) == set()
    recheck.end_holds(now + MONTH)
    assert not ReactionText.objects.exists()


def test_a_reader_who_withdraws_does_not_take_along_what_is_held(held, now):
    """Kind: a way of erasing that does not ask whether a hold keeps it."""
    free = make_reaction("Bonsoir.", reader=held.reader)
    erase.withdraw(held.reader)
    assert list(ReactionText.objects.values_list("reaction", flat=True)) == [held.pk]
    assert Reaction.objects.get(pk=held.pk).presence == "deleted"
    assert erase.is_hidden(Reaction.objects.get(pk=free.pk))


def test_lifting_a_hold_erases_what_its_author_had_deleted(held, chief, now):
    erase.erase(held, now)
    assert legal_hold.lift(held, chief, now)
    assert not ReactionText.objects.exists()
    assert Reaction.objects.get().legal_hold_reason == ""


def test_lifting_a_hold_leaves_what_is_still_there_to_its_ordinary_time(held, chief):
    assert not legal_hold.lift(held, chief)
    recheck.retain(timezone.now())
    assert ReactionText.objects.get().expires_at == held.collected_at + MONTH
    with pytest.raises(Refused):
        legal_hold.lift(held, chief)


def test_a_hold_that_is_prolonged_is_not_ended_at_its_first_end(held, chief, now):
    erase.erase(held, now)
    legal_hold.place(held, now + 2 * MONTH, REASON, chief, now)
    recheck.end_holds(now + MONTH)
    assert ReactionText.objects.exists()


def test_a_reader_of_likes_only_is_counted_too():
    reader = make_reader()
    make_reaction(kind="like", reader=reader)
    assert reader_erasure.count_kept([reader]).signs == 1
