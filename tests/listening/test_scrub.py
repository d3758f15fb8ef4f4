"""What a reader deletes is gone from what is not published yet, and nothing else of it changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Revision

from smeditor.listening.erase import erase
from smeditor.listening.traces import LEFT_OUT, Traces
from smeditor.models import Delivery, Post, Variant
from smeditor.publishing.payload import digest
from tests.desk_rows import T0, make_account, make_reaction


def without(passage: str, text: str) -> str:
    traces = Traces()
    traces.add_text(text)
    return traces.cut(passage)


TEXT = "my grandmother drove the very first tram through this valley and kept her cap"
QUOTED = f"A reader says: “{TEXT}”. What do you remember?"


def draft(text=QUOTED, account=None):
    post = Post(text=text, live=False)
    post.accounts = [account] if account else []
    post.save()
    post.save_revision()
    return post


def test_a_quotation_becomes_a_gap_and_the_rest_stays():
    assert without(QUOTED, TEXT) == f"A reader says: {LEFT_OUT} What do you remember?"


def test_words_that_anybody_would_use_are_no_quotation():
    assert without("Thank you very much for reading.", "Thank you!") == "Thank you very much for reading."


@given(
    before=st.lists(st.sampled_from("abcd"), max_size=6),
    text=st.lists(st.sampled_from("abcd"), min_size=8, max_size=14),
    after=st.lists(st.sampled_from("abcd"), max_size=6),
)
def test_no_eight_words_in_a_row_are_left(before, text, after):
    left = without(" ".join([*before, *text, *after]), " ".join(text)).split()
    runs = {tuple(text[at : at + 8]) for at in range(len(text) - 7)}
    assert not any(tuple(left[at : at + 8]) in runs for at in range(len(left)))


@pytest.mark.django_db
def test_drafts_their_variants_and_their_revisions_lose_the_quotation():
    account = make_account()
    post = draft(account=account)
    Variant.objects.create(post=post, account=account, text=QUOTED)
    post = Post.objects.get(pk=post.pk)
    post.save_revision()
    erase(make_reaction(TEXT), T0)
    left = f"{Post.objects.values()}{Variant.objects.values()}{list(Revision.objects.values('content', 'object_str'))}"
    assert "grandmother" not in left
    assert "What do you remember?" in Post.objects.get().text


@pytest.mark.django_db
def test_what_waits_to_be_sent_is_not_what_was_approved_any_more():
    account = make_account()
    payload = {"parts": [{"text": QUOTED}]}
    delivery = Delivery.objects.create(
        post=draft(account=account), account=account, slot=T0, due_at=T0, payload=payload,
        payload_hash=digest(payload), approved_hash=digest(payload),
    )  # fmt: skip
    erase(make_reaction(TEXT), T0)
    delivery.refresh_from_db()
    assert "grandmother" not in str(delivery.payload)
    assert digest(delivery.payload) != delivery.approved_hash


@pytest.mark.django_db
def test_what_was_published_stays_as_it_was_published():
    account = make_account()
    payload = {"parts": [{"text": QUOTED}]}
    delivery = Delivery.objects.create(
        post=draft(account=account), account=account, slot=T0, due_at=T0, payload=payload, state=Delivery.State.SENT
    )
    erase(make_reaction(TEXT), T0)
    delivery.refresh_from_db()
    assert delivery.payload == payload
    assert Post.objects.get().text == QUOTED
