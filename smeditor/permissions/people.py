"""Users of any site, in an order in which one finds them: a site's own user model need have neither names nor a user name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist


def by_name(users: Any) -> Any:
    """The query set ``users`` by last name, where the site's users have one, then by what they log in with."""
    return users.order_by(*(name for name in ("last_name", get_user_model().USERNAME_FIELD) if _is_field(name)))


def _is_field(name: str) -> bool:
    try:
        get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
