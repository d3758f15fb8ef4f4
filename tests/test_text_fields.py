"""Text and moments that a person types (P2, P13): in normal form on every way in, and on a clock that is named."""

from datetime import UTC, datetime

import pytest
from django.forms import modelform_factory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsroom.articles.forms import ReaderMessageForm
from smeditor.models import Hold, Post, SavedReply
from smeditor.models.text_fields import NormalCharFormField, NormalTextField
from smeditor.text.normal import normalise_text

TYPED = "Un\r\ndeux\u202e e\u0301\u200b\x07"
NORMAL = "Un\ndeux é"


@pytest.mark.django_db
def test_however_a_text_is_stored_it_is_stored_in_normal_form():
    reply = SavedReply.objects.create(title="Why\r\nnot", language="fr", text=TYPED)
    assert (reply.title, reply.text) == ("Why not", NORMAL)
    SavedReply.objects.filter(pk=reply.pk).update(text=TYPED)
    SavedReply.objects.bulk_create([SavedReply(title="Two", language="fr", text=TYPED)])
    assert set(SavedReply.objects.values_list("text", flat=True)) == {NORMAL}
    assert SavedReply.objects.filter(text=TYPED).count() == 2, "what is looked for is in normal form as well"


def test_a_form_gives_the_normal_form_and_sees_no_change_in_line_ends():
    field = NormalCharFormField()
    assert field.clean(TYPED) == NORMAL
    assert not field.has_changed("Un\ndeux", "Un\r\ndeux")


def test_what_is_too_long_is_refused_with_a_sentence_and_not_cut():
    form = modelform_factory(SavedReply, fields=["title", "language", "text"])(
        {"title": "a" * 151, "language": "fr", "text": "b" * 20_001}
    )
    assert set(form.errors) == {"title", "text"}


@pytest.mark.parametrize("name", ["text", "first_comment"])
def test_a_post_says_only_what_is_in_normal_form(name):
    assert isinstance(Post._meta.get_field(name), NormalTextField)


def test_what_a_reader_writes_in_the_form_is_in_normal_form():
    data = {"kind": "error", "message": TYPED, "passage": TYPED, "name": "L\u00e9a\u202e", "consent": "on"}
    form = ReaderMessageForm(data)
    assert form.is_valid(), form.errors
    assert [form.cleaned_data[name] for name in ("message", "passage", "name")] == [NORMAL, NORMAL, "Léa"]


@given(st.text(st.characters(exclude_characters="\x00"), max_size=300))
def test_what_a_form_lets_in_is_stored_unchanged(text):
    value = NormalCharFormField(required=False).clean(text)
    assert normalise_text(value) == value
    assert Post._meta.get_field("text").get_prep_value(value) == value


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59", "2200-01-01T00:00"])
def test_a_moment_outside_the_calendar_is_refused_with_a_sentence(typed):
    form = modelform_factory(Hold, fields=["review_at"])({"review_at": typed})
    assert "review_at" in form.errors


def test_a_form_names_the_editors_zone_where_it_is_not_the_newsrooms(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Pacific/Noumea"}
    form = modelform_factory(Post, fields=["send_at"])
    with timezone.override("Europe/Paris"):
        help_text = str(form().fields["send_at"].help_text)
        assert "Europe/Paris" in help_text
        assert "Pacific/Noumea" in help_text
        typed = form({"send_at": "2026-03-09T08:30"}).fields["send_at"].clean("2026-03-09T08:30")
        assert typed == datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    with timezone.override("Pacific/Noumea"):
        assert "Noumea" not in str(form().fields["send_at"].help_text)


def test_a_form_keeps_all_of_a_text_that_grows_in_its_normal_form():
    assert NormalCharFormField().clean("\u0958") == "\u0915\u093c"
