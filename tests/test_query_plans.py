"""What runs every few seconds is looked up in an index of what is open, on both engines, however much lies beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from smeditor.insight.concerns import membership
from smeditor.insight.labels import intake
from smeditor.models import Concern, Reaction, ReactionText, Reader

pytestmark = pytest.mark.django_db
ROWS = 2_000
NOW = timezone.now()


@pytest.fixture
def crowded():
    """A past of many reactions, half of them likes, with nothing open."""
    reader = Reader.objects.create(pseudonym="r", network="mastodon", first_seen_at=NOW)
    rows = Reaction.objects.bulk_create(
        Reaction(
            network="mastodon",
            kind="reply" if number % 2 else "like",
            native_id=str(number),
            published_at=NOW - timedelta(minutes=number),
            reader=reader,
            triaged_at=NOW if number % 2 else None,
            grouped_at=NOW if number % 2 else None,
        )
        for number in range(ROWS)
    )
    ReactionText.objects.bulk_create(
        ReactionText(reaction=row, text="x", expires_at=NOW) for row in rows if row.kind == "reply"
    )
    Concern.objects.bulk_create(Concern(label=f"concern {number}") for number in range(ROWS))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (intake._waiting, "smeditor_reaction_to_label"),
        (membership._waiting, "smeditor_reaction_to_group"),
        (membership._nameless, "smeditor_concern_label"),
    ],
    ids=["to be labelled", "to be grouped", "to be named"],
)
def test_what_is_open_is_found_in_its_own_index(crowded, rows, index):
    assert index in rows()[:200].explain()
