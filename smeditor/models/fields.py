"""Fields whose content lies encrypted in the database."""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from smeditor import conf


def box() -> MultiFernet:
    """The newsroom's keys, newest first: encrypts with the first, decrypts with any (rotation)."""
    return MultiFernet([Fernet(key) for key in conf.secret_keys()])


class EncryptedTextField(models.TextField):
    """Text that is readable only with the newsroom's keys. Not searchable, on purpose."""

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        return box().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value in (None, ""):
            return value
        try:
            return box().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "A secret in the database cannot be decrypted: SECRET_KEYS lacks the key that it was stored with."
            ) from error


class EncryptedJSONField(EncryptedTextField):
    """A dictionary of secrets, encrypted as one piece."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(json.dumps(value, sort_keys=True) if value else "")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return json.loads(plain) if plain else {}

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else (value or {})


class LinkField(models.URLField):
    """An address; what a person types without a scheme is taken as https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})
