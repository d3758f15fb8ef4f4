"""Many rows are changed to values of their own in one statement, as ``bulk_update`` would change them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from smeditor.models import Account, Alert, Conversation, Reaction, ReactionFingerprint, ReactionKey, Reader, Tombstone
from smeditor.models.bulk import insert_rows, update_rows

NOW = timezone.now()


def reactions(number: int) -> list[Reaction]:
    return Reaction.objects.bulk_create(
        Reaction(network="mastodon", kind="reply", native_id=str(n), published_at=NOW) for n in range(number)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 2, 299, 301])
def test_each_row_gets_its_own_values_and_no_other_row_is_touched(number, django_assert_max_num_queries):
    rows, other = reactions(number), reactions(1)[0]
    conversation = Conversation.objects.create()
    for place, row in enumerate(rows):
        row.queue_reason, row.grouped_at = f"reason {place} é 100% 'x'", NOW + timedelta(seconds=place)
        row.conversation = conversation if place % 2 else None
    with django_assert_max_num_queries(3):
        assert update_rows(rows, ["queue_reason", "grouped_at", "conversation"]) == number
    for place, row in enumerate(Reaction.objects.exclude(pk=other.pk).order_by("pk")):
        assert (row.queue_reason, row.grouped_at) == (f"reason {place} é 100% 'x'", NOW + timedelta(seconds=place))
        assert row.conversation_id == (conversation.pk if place % 2 else None)
    other.refresh_from_db()
    assert (other.queue_reason, other.grouped_at, other.conversation_id) == ("", None, None)


@pytest.mark.django_db
def test_json_numbers_truth_values_and_secrets_arrive_as_they_are():
    alerts = Alert.objects.bulk_create(
        Alert(kind="early", scope=f"article:{n}", at=NOW, count=n, expected=1) for n in range(3)
    )
    accounts = Account.objects.bulk_create(
        Account(network="mastodon", server_url=f"https://{n}.example") for n in range(2)
    )
    for place, alert in enumerate(alerts):
        alert.series, alert.score = [[NOW.isoformat(), place, 0.5]], place / 3
    for place, account in enumerate(accounts):
        account.secret, account.sends = {"token": f"t{place}"}, bool(place)
    update_rows(alerts, ["series", "score"])
    update_rows(accounts, ["secret", "sends"])
    assert list(Alert.objects.order_by("pk").values_list("series", "score")) == [
        ([[NOW.isoformat(), place, 0.5]], place / 3) for place in range(3)
    ]
    assert [(row.secret, row.sends) for row in Account.objects.order_by("pk")] == [
        ({"token": "t0"}, False), ({"token": "t1"}, True)
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_database_that_cannot_join_values_is_changed_by_bulk_update(monkeypatch):
    monkeypatch.setattr("smeditor.models.bulk._joins", lambda connection: False)
    rows = reactions(3)
    for place, row in enumerate(rows):
        row.queue_reason = str(place)
    assert update_rows(rows, ["queue_reason"]) == 3
    assert list(Reaction.objects.order_by("pk").values_list("queue_reason", flat=True)) == ["0", "1", "2"]


KEYS = ("reaction", "key", "kind")


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 1_500])
def test_rows_are_inserted_as_bulk_create_would_insert_them(number, django_assert_max_num_queries):
    row = reactions(1)[0]
    with django_assert_max_num_queries(1):
        insert_rows(ReactionKey, KEYS, [(row.pk, f"é%s{n}", "uri") for n in range(number)])
    stored = ReactionKey.objects.order_by("pk").values_list(*KEYS)
    assert list(stored) == [(row.pk, f"é%s{n}", "uri") for n in range(number)]


@pytest.mark.django_db
def test_what_is_there_stays_where_conflicts_are_ignored_and_is_an_error_elsewhere():
    first, other = reactions(2)
    moment = ("a", "mastodon", "0" * 16, NOW)
    names = ("reaction", "author", "network", "simhash", "at")
    insert_rows(ReactionFingerprint, names, [(first.pk, *moment)])
    insert_rows(ReactionFingerprint, names, [(first.pk, *moment), (other.pk, *moment)], ignore_conflicts=True)
    assert list(ReactionFingerprint.objects.order_by("pk").values_list(*names)) == [
        (first.pk, *moment), (other.pk, *moment)
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(ReactionFingerprint, names, [(first.pk, *moment)])


class AnyText(TestCase):
    @given(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50), max_size=8)
    )
    def test_any_text_comes_back_as_it_went(self, texts):
        rows = reactions(len(texts))
        for row, text in zip(rows, texts, strict=True):
            row.queue_reason = text
        update_rows(rows, ["queue_reason"])
        stored = Reaction.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        assert list(stored.values_list("queue_reason", flat=True)) == texts


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no lengths.")
def test_what_is_too_long_is_an_error_and_never_cut():
    """A cast to ``varchar(n)`` cuts and says nothing (SQL-92, 6.10)."""
    reader = Reader.objects.create(pseudonym="p", network="mastodon")
    reader.network = "x" * 31
    with pytest.raises(DataError), transaction.atomic():
        update_rows([reader], ["network"])
    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Tombstone, ("key", "kind"), [("k" * 65, "reply")])
