"""Who asks to be forgotten is found by what they know of themselves, and nobody else is."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from smeditor.listening.identity import pseudonym
from smeditor.listening.reader_search import find_readers
from smeditor.models import ReactionText, Reader
from tests.desk_rows import make_reaction, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea():
    reader = make_reader(pseudonym=pseudonym("mastodon", "acct-77"))
    make_reaction("Le bac de la rivière ne passe plus.", reader=reader, author_handle="lea@far.example")
    make_reaction("Et le dimanche non plus.", reader=reader, author_handle="lea@far.example")
    return reader


@pytest.mark.parametrize("who", ["lea@far.example", "@Lea@far.example", "LEA@FAR.EXAMPLE", "acct-77"])
def test_a_reader_is_found_by_handle_or_id(lea, who):
    make_reaction("Bonjour.", author_handle="leandre@far.example")
    assert find_readers("mastodon", who) == [lea]
    assert find_readers("bluesky", who) == []


def test_a_reader_is_found_by_the_beginning_of_their_pseudonym(lea):
    assert find_readers("mastodon", lea.pseudonym[:16]) == [lea]
    assert find_readers("mastodon", lea.pseudonym[:4]) == []


def test_who_wrote_through_the_form_is_found_by_their_mail():
    reader = make_reader(pseudonym=pseudonym("form", "ana@mail.example"), network="form")
    assert find_readers("form", "Ana@mail.example") == [reader]


def test_a_name_names_nobody(lea):
    assert find_readers("mastodon", "lea") == find_readers("mastodon", " @ ") == []


def test_the_command_counts_first_and_erases_when_it_is_told_to(lea):
    """The kind of K16: erasing a reader had neither a command nor a page."""
    other = make_reaction("Le marché déménage.")
    out = StringIO()
    call_command("smeditor_erase_reader", "mastodon", "lea@far.example", stdout=out)
    assert "2 reactions would be erased" in out.getvalue()
    assert ReactionText.objects.count() == 3
    call_command("smeditor_erase_reader", "mastodon", "lea@far.example", "--yes", "--opt-out", stdout=out)
    assert list(ReactionText.objects.values_list("reaction", flat=True)) == [other.pk]
    assert Reader.objects.get(pk=lea.pk).opted_out
    assert ModelLogEntry.objects.get(action="smeditor.reader_erased").label == f"#{lea.pk}"


def test_the_command_says_when_nobody_is_found():
    with pytest.raises(CommandError, match="Nobody"):
        call_command("smeditor_erase_reader", "mastodon", "nobody@far.example", "--yes")
