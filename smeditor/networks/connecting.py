"""What a network asks a person for to connect an account: the desk's form is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class SecretField:
    """One secret that a person pastes to connect an account. ``name``: its key in ``Credentials.secret``.

    ``label`` and ``help_text`` may be lazy translations: they are read when a form is shown.
    """

    name: str
    label: str | StrPromise
    help_text: str | StrPromise = ""


@dataclass(frozen=True)
class Connecting:
    """What the desk's form asks a person for to connect an account of this network.

    ``home_server``: the address that is meant where none is typed; empty where each account names its server.
    ``needs_handle``: whether nobody can sign in without it.
    """

    secrets: tuple[SecretField, ...] = (SecretField("access_token", _("Access token")),)
    home_server: str = ""
    needs_handle: bool = False
