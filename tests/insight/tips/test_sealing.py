"""A tip is not a reaction any more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from smeditor.exceptions import Refused
from smeditor.insight.tips import sealing
from smeditor.models import (
    Concern,
    ConcernMember,
    Conversation,
    CorrectionRequest,
    Label,
    Reaction,
    ReactionKey,
    ReactionLabel,
    ReactionText,
    Reader,
    Role,
    Tip,
    TipAccess,
    Tombstone,
)
from smeditor.permissions.roles import create_roles
from tests.desk_rows import make_conversation, make_reaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nadia(django_user_model):
    """The newsroom's reader of tips."""
    user = django_user_model.objects.create_user("nadia", "nadia@paper.example")
    user.groups.add(create_roles()[Role.CHIEF])
    return user


SECRET = "Je travaille au service des marchés, l'étude de 2021 a été cachée, contactez-moi"


def tables_with(text: str) -> set[str]:
    """The desk's tables in which ``text`` stands readable anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            if any(text in str(value) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found


def test_a_sealed_tip_leaves_no_readable_trace(editor, article):
    reaction = make_reaction(SECRET, article=article, author_handle="quai21")
    sealing.seal(reaction, editor)
    assert tables_with("service des marchés") == set()
    assert tables_with("quai21") == set()


def test_its_envelope_keeps_what_was_said_and_by_whom(editor, article):
    tip = sealing.seal(make_reaction(SECRET, article=article, author_handle="quai21"), editor)
    tip.refresh_from_db()
    assert (tip.envelope["text"], tip.envelope["author"]) == (SECRET, "quai21")


def test_the_reaction_and_its_words_are_gone(editor):
    sealing.seal(make_reaction(SECRET), editor)
    assert (Reaction.objects.count(), ReactionText.objects.count(), ReactionLabel.objects.count()) == (0, 0, 0)


def test_every_opening_is_written_down(editor):
    tip = sealing.seal(make_reaction(SECRET), editor)
    sealing.open_envelope(tip, editor)
    assert list(TipAccess.objects.order_by("pk").values_list("operation", flat=True)) == ["sealed", "opened"]


def test_only_who_is_named_and_permitted_may_open_it(editor, nadia, django_user_model):
    tip = sealing.seal(make_reaction(SECRET), editor)
    assert sealing.may_open(tip, nadia)
    assert not sealing.may_open(tip, editor)
    chief = django_user_model.objects.create_user("chief")
    chief.groups.add(create_roles()["chief"])
    assert not sealing.may_open(tip, chief)
    tip.readers.add(chief)
    assert sealing.may_open(tip, django_user_model.objects.get(pk=chief.pk))


def test_the_tray_ranks_and_leaves_nothing_out():
    rows = [make_reaction(f"{SECRET} {n}") for n in range(5)]
    ReactionLabel.objects.bulk_create(
        ReactionLabel(reaction=row, label=Label.TIP, score=n / 10) for n, row in enumerate(rows)
    )
    assert list(sealing.candidates(Reaction.objects.all())) == rows[::-1]


def test_sealing_names_somebody_who_may_open_it(editor, nadia, django_user_model):
    """The kind of K4: a tip that was sealed by somebody who may not read tips had no reader, ever."""
    other = django_user_model.objects.create_superuser("omar")
    assert set(sealing.seal(make_reaction(SECRET), editor).readers.all()) == {nadia, other}
    assert list(sealing.seal(make_reaction(SECRET), editor, [nadia]).readers.all()) == [nadia]


def test_what_nobody_could_open_is_not_sealed(editor, nadia):
    """The kind of K4."""
    reaction = make_reaction(SECRET)
    with pytest.raises(Refused):
        sealing.seal(reaction, editor, [editor])
    nadia.groups.clear()
    with pytest.raises(Refused):
        sealing.seal(reaction, editor)
    assert Reaction.objects.get().content.text == SECRET


def test_a_legal_hold_does_not_keep_a_tip_in_sight(editor, article):
    """The kind of K3: under a legal hold sealing left the words where they were quoted, and no tombstone."""
    until = timezone.now() + timedelta(days=400)
    reaction = make_reaction(SECRET, article=article, author_handle="quai21@far.example", legal_hold_until=until)
    ReactionKey.objects.create(reaction=reaction, key="7" * 64, kind="native")
    concern = Concern.objects.create(label=SECRET, label_by_editor=True)
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    tip = sealing.seal(reaction, editor)
    assert tables_with("service des marchés") == tables_with("quai21") == set()
    assert Tombstone.objects.filter(key="7" * 64).exists()
    assert tip.purge_on == timezone.localdate(until)


def test_nothing_that_hung_on_a_form_message_alone_outlives_its_sealing(editor, article):
    """The kind of K8: a thread, a reader, a claim with its article and the microsecond of its arrival lead to a source."""
    reaction = make_reaction(SECRET, article=article, kind="form", network="form", conversation=make_conversation())
    CorrectionRequest.objects.create(reaction=reaction, article=article, claim=SECRET)
    sealing.seal(reaction, editor)
    assert not Conversation.objects.exists()
    assert not Reader.objects.exists()
    assert not CorrectionRequest.objects.exists()


def test_an_envelope_that_was_read_is_erased_when_its_time_is_over(editor, nadia):
    sealing.open_envelope(sealing.seal(make_reaction(SECRET), editor), nadia)
    assert sealing.purge(timezone.localdate() + sealing.KEPT - timedelta(days=1)) == 0
    assert sealing.purge(timezone.localdate() + sealing.KEPT + timedelta(days=1)) == 1


def test_an_unread_one_is_erased_a_week_after_it_was_announced_and_in_the_end_without(editor):
    """The kind of K4: it was erased unread, and nobody had been told."""
    over = timezone.localdate() + sealing.KEPT
    tip = sealing.seal(make_reaction(SECRET), editor)
    assert sealing.purge(over) == 0
    Tip.objects.filter(pk=tip.pk).update(announced_on=over)
    assert sealing.purge(over + timedelta(days=6)) == 0
    assert sealing.purge(over + sealing.NOTICE) == 1
    sealing.seal(make_reaction(SECRET), editor)
    assert sealing.purge(over + sealing.LATEST) == 1


def test_a_tip_whose_readers_have_left_is_given_to_those_who_may_read_tips(editor, nadia, django_user_model):
    """The kind of K4: the one who was named has left the house."""
    tip = sealing.seal(make_reaction(SECRET), editor)
    nadia.is_active = False
    nadia.save()
    assert sealing.readers_of(tip) == []
    other = django_user_model.objects.create_superuser("omar")
    assert sealing.readers_of(tip) == [other]
    assert sealing.may_open(tip, other)
