"""A tip is not a reaction any more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from smeditor.insight import tips
from smeditor.models import Flag, Reaction, ReactionFlag, ReactionText, Tip, TipAccess
from smeditor.permissions.roles import create_roles
from tests.desk_rows import make_reaction

pytestmark = pytest.mark.django_db

SECRET = "Je travaille au service des marchés, l'étude de 2021 a été cachée, contactez-moi"


def tables_with(words: str) -> set[str]:
    """The desk's tables in which ``words`` stand readable anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            if any(words in str(value) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found


def test_a_sealed_tip_leaves_no_readable_trace(editor, article):
    reaction = make_reaction(SECRET, article=article, author_handle="quai21")
    tips.seal(reaction, editor)
    assert tables_with("service des marchés") == set()
    assert tables_with("quai21") == set()


def test_its_envelope_keeps_what_was_said_and_by_whom(editor, article):
    tip = tips.seal(make_reaction(SECRET, article=article, author_handle="quai21"), editor)
    tip.refresh_from_db()
    assert (tip.envelope["text"], tip.envelope["author"]) == (SECRET, "quai21")


def test_the_reaction_and_its_words_are_gone(editor):
    tips.seal(make_reaction(SECRET), editor)
    assert (Reaction.objects.count(), ReactionText.objects.count(), ReactionFlag.objects.count()) == (0, 0, 0)


def test_every_opening_is_written_down(editor):
    tip = tips.seal(make_reaction(SECRET), editor)
    tips.open_envelope(tip, editor)
    assert list(TipAccess.objects.order_by("pk").values_list("act", flat=True)) == ["sealed", "opened"]


def test_only_who_is_named_and_permitted_may_open_it(editor, django_user_model):
    tip = tips.seal(make_reaction(SECRET), editor)
    chief = django_user_model.objects.create_user("chief")
    chief.groups.add(create_roles()["chief"])
    assert not tips.may_open(tip, chief)
    tip.readers.add(chief)
    assert tips.may_open(tip, django_user_model.objects.get(pk=chief.pk))


def test_the_tray_ranks_and_leaves_nothing_out():
    rows = [make_reaction(f"{SECRET} {n}", tip_score=n / 10) for n in range(5)]
    ReactionFlag.objects.bulk_create([ReactionFlag(reaction=row, flag=Flag.TIP) for row in rows])
    assert list(tips.candidates()) == rows[::-1]


def test_an_envelope_whose_time_is_over_is_erased(editor):
    tips.seal(make_reaction(SECRET), editor)
    assert tips.purge(timezone.localdate() + tips.KEPT + timedelta(days=1)) == 1
    assert not Tip.objects.exists()
