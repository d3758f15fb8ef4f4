"""What a page lists is read in the order of an index, on both engines: of a long past no more than what is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from smeditor.insight.labels import trained_models
from smeditor.insight.labels.rerun import older_than
from smeditor.insight.tips import sealing
from smeditor.listening import reader_search
from smeditor.models import Concern, CorrectionRequest, Label, Post, Reaction, ReactionLabel, ReactionText, Reader

pytestmark = pytest.mark.django_db
ROWS = 2_000
NOW = timezone.now()


@pytest.fixture
def crowded():
    """A long past: reactions labelled by rules and editors, posts of which few are drafts, claims of which many are alike."""
    reader = Reader.objects.create(pseudonym="r", network="mastodon")
    rows = Reaction.objects.bulk_create(
        Reaction(
            network="mastodon",
            kind="reply",
            native_id=str(number),
            published_at=NOW - timedelta(minutes=number),
            reader=reader,
            triaged_at=NOW,
            triage_version="1" if number else "0",
        )
        for number in range(ROWS)
    )
    ReactionText.objects.bulk_create(
        ReactionText(reaction=row, text="x", author_handle=f"r{row.pk}", author_url=f"https://x.example/{row.pk}", expires_at=NOW)
        for row in rows
    )  # fmt: skip
    ReactionLabel.objects.bulk_create(
        ReactionLabel(reaction=row, label=label, score=number / ROWS, by="editor" if number % 50 == 0 else "rules")
        for number, row in enumerate(rows)
        for label in (Label.TIP, Label.QUESTION)
    )
    Post.objects.bulk_create(Post(text=f"Post {number}", live=number % 100 > 0) for number in range(ROWS))
    Concern.objects.bulk_create(Concern(label=f"{number}", state="open", people=number) for number in range(ROWS))
    CorrectionRequest.objects.bulk_create(CorrectionRequest(claim=f"Claim {number}") for number in range(ROWS))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


LISTS = {
    "smeditor_label": lambda: sealing.candidates(Reaction.objects.all())[:20],
    "smeditor_label_by_editor": lambda: trained_models.labelled(Label.TIP)[:20],
    "smeditor_reaction_rules": lambda: older_than("1").order_by()[:20],
    "smeditor_concern_people": lambda: Concern.objects.filter(state="open")[:20],
    "smeditor_correction_first": lambda: CorrectionRequest.objects.filter(similar_to=None).order_by("-created_at")[:20],
    "smeditor_post_kind": lambda: Post.objects.filter(kind=Post.Kind.STORY)[:20],
    "smeditor_post_created": lambda: Post.objects.all()[:20],
    "smeditor_post_draft": lambda: Post.objects.filter(live=False)[:20],
    "smeditor_text_handle": lambda: reader_search._signed("r1", "https://x.example/1"),
    "smeditor_text_author_url": lambda: reader_search._signed("r1", "https://x.example/1"),
}


@pytest.mark.parametrize("index", LISTS)
def test_it_is_found_in_its_own_index(crowded, index):
    assert index in LISTS[index]().explain().replace('"', "")


def test_a_reader_is_found_however_they_write_their_handle():
    reader = Reader.objects.create(pseudonym="p" * 64, network="mastodon")
    row = Reaction.objects.create(network="mastodon", kind="reply", native_id="1", published_at=NOW, reader=reader)
    ReactionText.objects.create(reaction=row, author_handle="Lea@Masto.example", author_url="https://m.example/@Lea", expires_at=NOW)  # fmt: skip
    for who in ("@lea@masto.example", "LEA@masto.example", "https://m.example/@lea"):
        assert reader_search.find_readers("mastodon", who) == [reader]
