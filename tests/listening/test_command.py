from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from smeditor.exceptions import Temporary
from smeditor.models import Reaction, Source
from tests.listening.double import message

pytestmark = pytest.mark.django_db


def listen(**options) -> str:
    out = StringIO()
    call_command("smeditor_listen", stdout=out, **options)
    return out.getvalue()


def test_it_tells_what_came_from_where(square, sent):
    square.say(message("r1", in_reply_to="ours-1"), message("2", "A secret", public=False))
    out = listen()
    assert Reaction.objects.count() == 1
    heading, row = out.splitlines()
    assert heading.split() == ["source", "new", "changed", "answers", "remarks"]
    assert row.split() == ["paper@memory.example", "(Memory)", "1", "0", "0", "1", "not", "public"]


def test_it_names_the_problem_of_a_source(square, account):
    square.batches.append(Temporary("memory.example cannot be reached."))
    assert "memory.example cannot be reached." in listen()


def test_one_source_can_be_read_though_it_is_not_due(square, account):
    listen()
    assert listen().strip() == "No source is due."
    assert "paper@memory.example" in listen(source=Source.objects.get().pk)


def test_a_source_that_is_not_there_is_named(square, account):
    listen()
    with pytest.raises(CommandError, match=r"paper@memory\.example"):
        listen(source=4711)
