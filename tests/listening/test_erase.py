"""What a reader deletes is gone: no column of any table of the desk holds eight of its words in a row."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.insight.labels import intake
from smeditor.listening import erase
from smeditor.listening.store import store
from smeditor.listening.traces import GRAM, quotes
from smeditor.models import (
    Concern,
    ConcernMember,
    CorrectionRequest,
    Digest,
    Reaction,
    ReactionLabel,
    ReactionText,
    Reader,
    Tombstone,
)
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db
TEXT = "my grandmother drove the very first tram through this valley in nineteen fifty two and kept her cap"


def everything_written() -> str:
    """All text and JSON that lies in the desk's tables, as the database has it."""
    found = []
    for model in apps.get_app_config("smeditor").get_models(include_auto_created=True):
        columns = [
            field.column
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        with connection.cursor() as cursor:
            for column in columns:
                cursor.execute(
                    f"SELECT {connection.ops.quote_name(column)} "  # noqa: S608
                    f"FROM {connection.ops.quote_name(model._meta.db_table)}"
                )
                found += [str(value) for (value,) in cursor.fetchall() if value]
    return "\n".join(found)


def spread(reaction: Reaction) -> None:
    """Let the words of a reaction travel to every place to which the rooms take them."""
    text = reaction.content.text
    ReactionText.objects.filter(reaction=reaction).update(masked=text, passage=text, contact="m@reader.example")
    concern = Concern.objects.create(label=text[:290], evidence={"terms": text.split(), "quote": text})
    ConcernMember.objects.create(concern=concern, reaction=reaction, evidence=[text])
    ReactionLabel.objects.update_or_create(reaction=reaction, label="tip", defaults={"evidence": [[0, 5, text]]})
    CorrectionRequest.objects.create(reaction=reaction, claim=text, passage=text)
    Digest.objects.create(since=T0, until=T0, items={"reactions": [reaction.pk]})


@pytest.fixture
def reaction(origin, sent):
    author = person("lea", url="https://memory.example/lea")
    inbound = message("r1", TEXT, author=author, in_reply_to="ours-1", url="https://memory.example/notes/r1")
    store([inbound], origin, T0)
    return Reaction.objects.get()


@fuzzing(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=9, max_size=200).filter(lambda t: t.strip())
)
def test_no_table_holds_eight_words_in_a_row_of_what_was_deleted(origin, sent, text):
    store([message("r9", text, author=person("zoe"), in_reply_to="ours-1")], origin, T0)
    reaction = Reaction.objects.filter(native_id="r9").first()
    if reaction is None:
        return  # nothing but characters that are not kept
    intake.run_due(T0)
    spread(reaction)
    stored = reaction.content.text
    assert stored in everything_written()
    erase.erase(reaction, T0)
    left = everything_written()
    assert stored not in left or len(stored) < 20
    assert not quotes(left, stored) or len(stored.split()) < GRAM
    Tombstone.objects.all().delete()


def test_name_address_contact_and_ids_go_with_the_words(reaction):
    spread(reaction)
    erase.erase(reaction, T0)
    left = everything_written()
    for trace in ("lea@memory", "memory.example/lea", "notes/r1", "m@reader", "grandmother"):
        assert trace not in left


def test_the_number_stays(reaction, article):
    erase.erase(reaction, T0)
    row = Reaction.objects.get()
    assert (row.kind, row.article_id, row.presence, row.reader_id) == (
        "reply",
        article.pk,
        "deleted",
        reaction.reader_id,
    )


def test_a_poll_cannot_bring_it_back_by_any_route(reaction, origin):
    erase.erase(reaction, T0)
    again = message("r1", TEXT, url="https://memory.example/notes/r1")
    bridged = message("r1-copy", TEXT, other_ids=("https://memory.example/notes/r1",))
    later_copy = message("r1-copy", TEXT)
    for inbound in (again, bridged, later_copy):
        assert store([inbound], origin, T0).left_out["deleted by its author"] == 1
    assert Reaction.objects.count() == 1


def test_a_letter_that_was_not_sent_does_not_speak_of_it(reaction):
    spread(reaction)
    erase.erase(reaction, T0)
    assert Digest.objects.get().items == {"reactions": []}


def test_the_label_of_a_concern_that_quotes_it_is_written_anew(reaction):
    spread(reaction)
    erase.erase(reaction, T0)
    assert Concern.objects.get().label == ""


def test_a_label_in_other_words_stays(reaction):
    concern = Concern.objects.create(label="Who drove the first tram?")
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    erase.erase(reaction, T0)
    assert Concern.objects.get().label == "Who drove the first tram?"


def test_a_legal_hold_keeps_the_words_out_of_sight_until_it_ends(reaction):
    reaction.legal_hold_until = T0 + timedelta(days=30)
    reaction.save()
    assert not erase.erase(reaction, T0)
    reaction.refresh_from_db()
    assert (reaction.presence, reaction.content.text) == ("deleted", TEXT)


def test_erasing_twice_is_erasing_once(reaction):
    assert erase.erase(reaction, T0)
    assert erase.erase(Reaction.objects.get(), T0)
    assert Reaction.objects.count() == 1


def test_of_whom_nothing_is_left_no_pseudonym_is_left(reaction, origin):
    before = reaction.reader.pseudonym
    store([message("r2", "Another thing.")], origin, T0)
    erase.erase(reaction, T0)
    assert Reader.objects.get().pseudonym == before
    erase.erase(Reaction.objects.get(native_id="r2"), T0)
    assert Reader.objects.get().pseudonym != before


def test_who_asks_to_be_forgotten_is_and_stays_uncollected_if_wished(reaction, origin):
    store([message("r2", "Another thing.")], origin, T0)
    assert erase.erase_reader(reaction.reader, opt_out=True, now=T0) == 2
    store([message("r3", "A third thing.")], origin, T0)
    assert not ReactionText.objects.exists()
    assert Reader.objects.count() == 1
