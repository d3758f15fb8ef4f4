"""Fields whose content lies encrypted in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from smeditor import conf

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


def box() -> MultiFernet:
    """The newsroom's keys, newest first: encrypts with the first, decrypts with any (rotation)."""
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key) for key in conf.secret_keys()])


class WrongKey(Exception):
    """None of the newsroom's keys opens this."""


def encrypt(text: str) -> str:
    """``text`` as only the newsroom's keys open it."""
    return box().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """What :func:`encrypt` was given. Raises WrongKey for what none of the keys opens, or what it did not write."""
    from cryptography.fernet import InvalidToken

    try:
        return box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise WrongKey from error


SEALED = "fernet:"
"""What a serialised secret begins with, so that loading it never takes a ciphertext for the secret itself."""


class EncryptedTextField(models.TextField):
    """Text that is readable only with the newsroom's keys. Not searchable, on purpose.

    A serialiser (``dumpdata``) writes what the database holds, and what it wrote is read back with the same keys.
    """

    def value_to_string(self, obj: models.Model) -> str:
        """What the field holds, encrypted for this field alone: it can be loaded into no other one."""
        stored = self.get_prep_value(self.value_from_object(obj))
        if not stored:
            return ""
        return SEALED + encrypt(f"{self._place()}\n{decrypt(stored)}")

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for what claims to be a serialised secret of this field and is none."""
        if not isinstance(value, str) or not value.startswith(SEALED):
            return super().to_python(value)
        try:
            place, _line_end, opened = decrypt(value.removeprefix(SEALED)).partition("\n")
        except WrongKey:
            place, opened = "", ""
        if place != self._place():
            raise ValidationError(_("This secret was not written for this field, or with other keys."))
        return opened

    def _place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        """Return the ciphertext that is stored; what is empty is stored as it is."""
        if value in (None, ""):
            return value
        return encrypt(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the plain text of what is stored. Raises ImproperlyConfigured when its key is missing."""
        if value in (None, ""):
            return value
        try:
            return decrypt(value)
        except WrongKey as error:
            raise ImproperlyConfigured(
                "A secret in the database cannot be decrypted: SECRET_KEYS lacks the key that it was stored with."
            ) from error


class EncryptedJSONField(EncryptedTextField):
    """A dictionary of secrets, encrypted as one piece."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        """Return the ciphertext of the value as JSON; an empty value is stored as an empty string."""
        return super().get_prep_value(json.dumps(value, sort_keys=True) if value else "")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value that was stored, an empty dictionary for none."""
        plain = super().from_db_value(value, expression, connection)
        return json.loads(plain) if plain else {}

    def to_python(self, value: Any) -> Any:
        """Return the value of what a fixture or a form gives: JSON text, ciphertext, or the value itself."""
        opened = super().to_python(value) if isinstance(value, str) else value
        return json.loads(opened) if isinstance(opened, str) and opened else (opened or {})


LONGEST_LINK = 2048
"""Characters of an address that is sent: what browsers and caches agree to carry."""


class LinkField(models.URLField):
    """An address; what a person types without a scheme is taken as https."""

    def formfield(self, **kwargs: Any) -> Any:
        """Return the form's field, which reads an address without a scheme as ``https``."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})
