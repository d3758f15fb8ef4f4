"""Who is behind many reactions: shares of people, newcomers, copies, links and hours."""

from datetime import timedelta

import pytest

from smeditor.insight.alerts import coordination
from smeditor.models import Reaction, Reader
from tests.desk_rows import T0, make_reaction, make_reader

pytestmark = pytest.mark.django_db


def examine():
    return coordination.examine(Reaction.objects.select_related("reader", "content").order_by("-published_at"))


def old_reader():
    reader = make_reader()
    Reader.objects.filter(pk=reader.pk).update(first_seen_at=T0 - timedelta(days=90))
    reader.refresh_from_db()
    return reader


def test_one_who_writes_thirty_times_is_one_person_and_most_of_the_noise():
    loud = make_reader()
    for number in range(30):
        make_reaction(f"number {number}", reader=loud)
    for number in range(5):
        make_reaction(f"another voice {number}")
    found = examine()
    assert (found.participation.people, found.participation.messages) == (6, 35)
    assert found.participation.concentrated
    assert (found.loudest[0].messages, round(found.loudest[0].share, 2)) == (30, 0.86)


def test_newcomers_are_those_whom_the_desk_had_not_seen_before():
    make_reaction("an old hand", reader=old_reader())
    make_reaction("a new one", reader=make_reader())
    assert examine().newcomers == 0.5


def test_the_same_words_of_several_people_are_shown_once_whatever_case_and_marks():
    make_reaction("Shame on you all, close the bridge!")
    make_reaction("@paper shame on you all: close the bridge")
    make_reaction("I do not agree with any of it")
    assert [group.people for group in examine().same_texts] == [2]


def test_one_person_who_repeats_herself_copies_nobody():
    reader = make_reader()
    for _ in range(3):
        make_reaction("close the bridge right now please", reader=reader)
    assert examine().same_texts == []


def test_links_that_several_share_are_counted_by_people():
    make_reaction("look https://www.lemonde.fr/bridge now")
    make_reaction("all of you: https://www.lemonde.fr/bridge")
    assert [(group.text, group.people) for group in examine().same_links] == [("https://www.lemonde.fr/bridge", 2)]


def test_the_busiest_hour_says_how_much_came_at_once():
    for hour in (0, 0, 0, 5):
        make_reaction("a voice", published_at=T0 + timedelta(hours=hour))
    found = examine()
    assert found.busiest == 0.75
    assert sum(came for _at, came, _expected in found.timing) == 4


def test_our_own_people_and_programs_are_not_looked_at():
    make_reaction("we correct this", reader=make_reader(is_staff=True))
    make_reaction("beep", reader=make_reader(is_bot=True))
    assert examine().participation.messages == 0


def test_a_reader_is_a_pseudonym_that_names_no_handle():
    make_reaction("hello there", author_handle="lea@memory.example")
    assert "lea" not in str(examine())
