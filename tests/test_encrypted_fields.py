"""Secrets leave the database encrypted or not at all, whatever writes them out; every encrypted field is tried."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command

from smeditor.models import Tip
from smeditor.models.fields import SEALED, EncryptedJSONField, EncryptedTextField

SECRET = "the-source-is-in-room-12"
FIELDS = [
    pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
    for model in apps.get_models()
    for field in model._meta.local_fields
    if isinstance(field, EncryptedTextField)
]
FORMATS = ["json", "jsonl", "python", "xml"]


def holding(model, field, value=SECRET):
    return model(pk=1, **{field.name: {"token": value, "é": "\n"} if isinstance(field, EncryptedJSONField) else value})


def test_there_are_encrypted_fields():
    assert {param.values[0].__name__ for param in FIELDS} >= {"Account", "Tip"}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_a_serialiser_writes_no_secret_and_reads_it_back(model, field, format_):
    """K11: ``dumpdata`` wrote tokens and envelopes in clear."""
    thing = holding(model, field)
    written = serializers.serialize(format_, [thing], fields=[field.name])
    assert SECRET not in str(written)
    (loaded,) = serializers.deserialize(format_, written)
    assert getattr(loaded.object, field.name) == getattr(thing, field.name)


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_nothing_is_serialised_as_nothing(model, field):
    thing = model(pk=1)
    (loaded,) = serializers.deserialize("json", serializers.serialize("json", [thing], fields=[field.name]))
    assert getattr(loaded.object, field.name) == getattr(thing, field.name)


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_a_serialised_secret_opens_in_no_other_field(model, field):
    """Whoever holds a copy of the database's dump could otherwise read a tip by pasting it into a form."""
    sealed = field.value_to_string(holding(model, field))
    for param in FIELDS:
        _other_model, other = param.values
        if other is not field:
            with pytest.raises(ValidationError):
                other.to_python(sealed)


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_what_only_looks_like_a_serialised_secret_is_refused_with_a_sentence(model, field):
    stored = field.get_prep_value(getattr(holding(model, field), field.name))
    for text in (f"{SEALED}nonsense", SEALED, f"{SEALED}{stored}", f"{SEALED}é"):
        with pytest.raises(ValidationError):
            field.to_python(text)


@pytest.mark.django_db
def test_what_a_dump_holds_of_the_whole_database_is_no_secret(capsys):
    Tip.objects.create(
        code_name="quiet heron",
        envelope={"text": SECRET},
        origin="o",
        received_on="2026-11-01",
        purge_on="2027-05-01",
    )
    call_command("dumpdata", "smeditor")
    written = capsys.readouterr().out
    assert SECRET not in written
    assert any(row["model"] == "smeditor.tip" for row in json.loads(written))
