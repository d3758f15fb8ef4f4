"""``manage.py smeditor_rotate``: encrypt every stored secret anew with the first of SMEDITOR["SECRET_KEYS"]."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from smeditor.models.fields import EncryptedTextField


class Command(BaseCommand):
    """Encrypt everything anew with the newest key."""

    help = (
        'Encrypt tokens and tips anew with the first of SMEDITOR["SECRET_KEYS"]. Afterwards the older keys may be taken '
        "away. Safe while the desk is working, and safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through every encrypted column of every model, and print how many values were encrypted anew."""
        count = 0
        for model in apps.get_app_config("smeditor").get_models():
            names = [field.name for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
            if names:
                count += rotate(model, names)
        self.stdout.write(f"Encrypted anew: {count}.")


def rotate(model: type[models.Model], names: list[str]) -> int:
    """Store the fields ``names`` of every row of ``model`` anew. Returns how many rows.

    Raises CommandError, with a sentence, for a row that none of the keys opens.
    """
    count = 0
    for key in list(model._base_manager.order_by("pk").values_list("pk", flat=True)):
        # Row by row and locked, so that a session that is refreshed meanwhile is not overwritten by the older one.
        with transaction.atomic():
            rows = model._base_manager.filter(pk=key)
            try:
                values = rows.select_for_update().values(*names).first()
            except ImproperlyConfigured as error:
                raise CommandError(f"{model._meta.verbose_name} {key}: {error}") from error
            if values:
                count += rows.update(**values)
    return count
