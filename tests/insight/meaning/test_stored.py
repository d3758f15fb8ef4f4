"""Vectors are computed in the background, kept with the words, and gone with them."""

from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor import tasks
from smeditor.insight.concerns import membership
from smeditor.insight.labels import intake
from smeditor.insight.meaning import loading, stored
from smeditor.insight.meaning.encoder import dot, unit
from smeditor.insight.tips import sealing
from smeditor.leases import lease
from smeditor.listening import legal_hold
from smeditor.listening.erase import erase, erase_reader
from smeditor.models import Heartbeat, Label, Reaction, TextVector
from smeditor.permissions.roles import create_roles
from tests.desk_rows import T0, make_reaction
from tests.insight import tiny_model

pytestmark = pytest.mark.django_db
SHUTTLE = "Pourquoi la dernière navette part-elle à 21 h ?"


@pytest.fixture
def encoder(settings):
    """Puts an encoder of ``tests.insight.tiny_model`` in force, as after a restart of the worker."""

    def change(name, **options):
        settings.SMEDITOR = {
            **settings.SMEDITOR,
            "EMBEDDING": name and f"tests.insight.tiny_model.{name}",
            "EMBEDDING_OPTIONS": options,
        }
        loading.forget()
        stored.forget()
        tiny_model.asked.clear()

    change("embed")
    return change


def read(*reactions):
    """Label what came in and compute what it means; return the vectors of ``reactions``."""
    intake.run_due(T0)
    stored.run_due(T0)
    return stored.vectors_of([reaction.pk for reaction in reactions])


def test_what_came_in_has_a_vector_of_unit_length(encoder):
    same, other = make_reaction(SHUTTLE), make_reaction("L'arrosage des potagers sera-t-il interdit ?")
    again = make_reaction("Un car du soir, c'est pour quand ?")
    vectors = read(same, other, again)
    assert all(dot(vector, vector) == pytest.approx(1) for vector in vectors.values())
    assert dot(vectors[same.pk], vectors[again.pk]) > 0.9 > 0.1 > dot(vectors[same.pk], vectors[other.pk])


def test_what_is_read_is_the_text_without_those_it_is_addressed_to(encoder):
    make_reaction(f"@vigie {SHUTTLE}")
    read()
    assert tiny_model.asked == [SHUTTLE]


def test_the_task_that_labels_and_groups_reads_before_it_groups(encoder, monkeypatch):
    make_reaction(SHUTTLE)
    read_when_grouping = []
    monkeypatch.setattr(membership, "run_due", lambda now: read_when_grouping.append(TextVector.objects.count()))
    tasks.understand()
    assert read_when_grouping == [1]


def test_one_worker_reads_at_a_time(encoder):
    make_reaction(SHUTTLE)
    intake.run_due(T0)
    with lease("insight.meaning", T0, 60):
        assert stored.run_due(T0) == 0
    assert stored.run_due(T0) == 1


def test_what_comes_back_from_another_queue_is_read_then(encoder):
    reaction = make_reaction(SHUTTLE)
    Reaction.objects.filter(pk=reaction.pk).update(queue=Reaction.Queue.SPAM, triaged_at=T0)
    assert read(reaction) == {}
    Reaction.objects.filter(pk=reaction.pk).update(queue=Reaction.Queue.INBOX)
    assert set(read(reaction)) == {reaction.pk}


def test_what_can_never_be_read_hides_nothing_that_waits_behind_it(encoder, monkeypatch):
    monkeypatch.setattr(stored, "CANDIDATES", 2)
    older = make_reaction(SHUTTLE)
    intake.run_due(T0)
    for _ in range(3):
        make_reaction(kind="reply")
    assert set(read(older)) == {older.pk}


def test_equal_texts_are_read_once_however_long_after_each_other(encoder):
    rows = [make_reaction(SHUTTLE), make_reaction(SHUTTLE)]
    read()
    rows.append(make_reaction(SHUTTLE))
    assert len(read(*rows)) == 3
    assert tiny_model.asked == [SHUTTLE]


def test_the_newest_are_read_first(encoder, monkeypatch):
    monkeypatch.setattr(stored, "BATCH", 1)
    for number in range(3):
        make_reaction(f"La navette numéro {number} ?")
    read()
    assert [text[-3] for text in tiny_model.asked] == ["2", "1", "0"]


def test_a_run_ends_with_its_time_and_the_next_goes_on(encoder, monkeypatch):
    rows = [make_reaction(f"La navette numéro {number} ?") for number in range(5)]
    monkeypatch.setattr(stored, "BATCH", 2)
    monkeypatch.setattr(stored, "WORK_SECONDS", 1e-9)
    assert read(*rows) == {}
    monkeypatch.setattr(stored, "WORK_SECONDS", 5)
    assert len(read(*rows)) == 5


def test_texts_without_words_wait_for_nothing(encoder):
    reaction = make_reaction(" ")
    assert read(reaction) == {}
    assert tiny_model.asked == []
    assert stored.waiting(10) == []


def test_a_text_that_the_model_cannot_read_keeps_no_other_from_being_read(encoder):
    encoder("choosy")
    bad, good = make_reaction("La piscine ? #"), make_reaction(SHUTTLE)
    assert set(read(bad, good)) == {good.pk}
    assert stored.waiting(10) == []
    assert not Heartbeat.objects.filter(name=stored.FAILED).exists()


def test_what_may_not_be_grouped_is_not_read(encoder, editor):
    spam, aimed = make_reaction("Casino !"), make_reaction("À toi, journaliste")
    Reaction.objects.filter(pk=spam.pk).update(queue=Reaction.Queue.SPAM, triaged_at=T0)
    Reaction.objects.filter(pk=aimed.pk).update(queue=Reaction.Queue.PROTECTED, triaged_at=T0)
    confided = make_reaction("Je travaille au service des marchés", kind="form")
    intake.run_due(T0)
    intake.relabel(confided, Label.TIP, present=True, user=editor)
    held = make_reaction(SHUTTLE)
    legal_hold.place(held, timezone.now() + timedelta(days=30), "Dossier 2026-114", editor)
    erase(Reaction.objects.get(pk=held.pk))
    read()
    assert tiny_model.asked == []


def test_what_only_a_hold_keeps_loses_its_vector(encoder, editor):
    held = make_reaction(SHUTTLE)
    assert read(held)
    legal_hold.place(held, timezone.now() + timedelta(days=30), "Dossier 2026-114", editor)
    erase(Reaction.objects.get(pk=held.pk))
    assert not TextVector.objects.exists()
    assert read(held) == {}


def test_the_vector_of_what_is_kept_for_a_claim_beyond_its_time_is_not_read(encoder, editor):
    held = make_reaction(SHUTTLE)
    assert read(held)
    legal_hold.place(held, timezone.now() + timedelta(days=30), "Dossier 2026-114", editor)
    Reaction.objects.filter(pk=held.pk).update(collected_at=timezone.now() - timedelta(days=5 * 365))
    assert read(held) == {}


def test_what_a_reader_deletes_goes_with_its_vector(encoder):
    reaction, bystander = make_reaction(SHUTTLE), make_reaction("La piscine ?")
    read()
    erase(Reaction.objects.get(pk=reaction.pk))
    assert [row.content.reaction_id for row in TextVector.objects.all()] == [bystander.pk]


def test_a_reader_who_is_erased_goes_with_their_vectors(encoder):
    reaction = make_reaction(SHUTTLE)
    read()
    erase_reader(reaction.reader, opt_out=True)
    assert not TextVector.objects.exists()


def test_a_sealed_tip_goes_with_its_vector(encoder, editor, django_user_model):
    django_user_model.objects.create_user("nadia").groups.add(*create_roles().values())
    reaction = make_reaction(SHUTTLE)
    read()
    sealing.seal(reaction, editor)
    assert not TextVector.objects.exists()


def test_a_text_that_is_edited_or_erased_while_it_is_read_gets_no_vector_of_the_old_words(encoder, monkeypatch):
    edited, erased = make_reaction(SHUTTLE), make_reaction("La piscine ?")

    def meanwhile(texts):
        edited.content.text = "L'arrosage ?"
        edited.content.save()
        erase(Reaction.objects.get(pk=erased.pk))
        return [unit(vector) for vector in tiny_model.embed(texts)]

    # In the place of the thread that asks the model, which has no connection to this transaction.
    monkeypatch.setattr(loading.encoder(), "_in_time", meanwhile)
    read()
    assert not TextVector.objects.exists()
    assert stored.waiting(10) == [edited.pk]


def test_another_version_is_computed_anew_and_the_old_vectors_are_not_used_meanwhile(encoder, monkeypatch):
    reaction = make_reaction(SHUTTLE)
    read()
    monkeypatch.setattr(tiny_model.embed, "version", "tiny 2", raising=False)
    encoder("embed")
    newer = make_reaction("La piscine ?")
    assert set(read(reaction, newer)) == {newer.pk}
    assert set(read(reaction, newer)) == {reaction.pk, newer.pk}
    assert set(TextVector.objects.values_list("encoder", flat=True)) == {"tiny 2"}


def test_a_model_that_fails_costs_no_stored_vector(encoder):
    reaction = make_reaction(SHUTTLE)
    read()
    encoder("broken")
    make_reaction("La piscine ?")
    assert set(read(reaction)) == {reaction.pk}


def test_without_an_encoder_a_run_asks_the_database_nothing(encoder, django_assert_num_queries):
    encoder("")
    make_reaction(SHUTTLE)
    read()
    with django_assert_num_queries(0):
        stored.run_due(T0)
    assert Heartbeat.objects.filter(name=stored.IN_FORCE).count() == 0


def test_where_words_alone_are_wanted_again_stored_vectors_are_not_used(encoder):
    reaction = make_reaction(SHUTTLE)
    assert read(reaction)
    encoder("")
    assert read(reaction) == {}


def test_vectors_are_read_without_any_model(encoder, settings):
    reaction = make_reaction(SHUTTLE)
    read()
    loading.forget()
    settings.SMEDITOR = {**settings.SMEDITOR, "EMBEDDING": "nowhere.model"}
    assert set(stored.vectors_of([reaction.pk])) == {reaction.pk}


def test_a_thousand_vectors_take_few_statements(encoder):
    with CaptureQueriesContext(stored.transaction.get_connection()) as asked:
        stored.vectors_of(range(1_000))
    assert len(asked) <= 3


FAILURES = {
    "broken": "RuntimeError",
    "not_there": "ImportError",
    "not_finite": "ValueError",
    "changing": "WrongShape",
    "hangs": "TimeoutError",
}


@pytest.mark.parametrize(("model", "error"), FAILURES.items(), ids=FAILURES)
def test_the_home_page_says_what_is_wrong_until_the_model_works_again(encoder, admin_client, monkeypatch, model, error):
    tiny_model.released.clear()
    encoder(model)
    if model == "hangs":
        monkeypatch.setattr(loading.encoder(), "seconds", 0.1)
    for number in range(stored.BATCH + 1):
        make_reaction(f"{SHUTTLE} {number}")
    read()
    read()
    page = admin_client.get(reverse("wagtailadmin_home")).content.decode()
    assert page.count(error) == 1
    tiny_model.released.set()
    encoder("embed")
    read()
    assert error not in admin_client.get(reverse("wagtailadmin_home")).content.decode()
