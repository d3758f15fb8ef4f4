"""The migrations say what the models say, and the plugin's know nothing of this newspaper."""

from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["articles", "smeditor"])
def test_the_migrations_are_complete(app):
    call_command("makemigrations", app, check=True, dry_run=True, verbosity=0)


def test_the_plugins_migrations_name_neither_the_hosts_models_nor_one_image_model():
    for path in (ROOT / "smeditor" / "migrations").glob("0*.py"):
        text = path.read_text("utf-8").lower()
        assert "('articles', '" not in text, path.name
        assert "'articles." not in text, path.name
        assert "newsroom." not in text, path.name
        assert "wagtailimages.image" not in text, f"{path.name}: write to=get_image_model_string()"
        assert "wagtaildocs.document" not in text, f"{path.name}: write to=get_document_model_string()"
