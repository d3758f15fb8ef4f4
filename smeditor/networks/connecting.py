"""What a network asks a person for to connect an account: the desk's form and its consent are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class SecretField:
    """One value that a person pastes. ``name``: its key in ``Credentials.secret`` or ``App.keys``.

    ``label`` and ``help_text`` may be lazy translations: they are read when a form is shown. Without a ``required`` value
    the account, or the app, is not set up; another may stay empty. ``public``: it may be shown again (a client ID, a
    handle); a secret is never shown once it is stored.
    """

    name: str
    label: str | StrPromise
    help_text: str | StrPromise = ""
    required: bool = True
    public: bool = False


@dataclass(frozen=True)
class Scope:
    """A permission that is asked for: its ``name`` there, and what it is needed for in an editor's words.

    Without a ``required`` one the account is not connected; what another is needed for is then not offered.
    """

    name: str
    reason: str | StrPromise
    required: bool = True


@dataclass(frozen=True)
class Connecting:
    """What is needed to connect an account of this network.

    ``needs``: what must be there at the provider beforehand, in one sentence. ``secrets``: what a person pastes; empty
    where a consent screen gives it. ``consent``: whether a person is led through the network's own consent screen
    (:meth:`Network.authorize`, :meth:`Network.exchange`). ``app_fields``: the keys of the newsroom's own app there,
    entered once. ``home_server``: the address that is meant where none is typed; empty where each account names its
    server. ``needs_handle``: whether nobody can sign in without it; ``handle_help``: what it is, where that is not obvious.
    ``steps``: what to do at the provider, a sentence a step, in order; ``notes``: known limits and how long a review
    takes. Both stand in the admin and in the network's page under docs/networks.
    """

    secrets: tuple[SecretField, ...] = (SecretField("access_token", _("Access token")),)
    home_server: str = ""
    needs_handle: bool = False
    handle_help: str | StrPromise = ""
    needs: str | StrPromise = ""
    consent: bool = False
    app_fields: tuple[SecretField, ...] = ()
    scopes: tuple[Scope, ...] = ()
    steps: tuple[str | StrPromise, ...] = ()
    notes: tuple[str | StrPromise, ...] = ()


@dataclass(frozen=True)
class Consent:
    """Where to send a person's browser, and what must be kept until they come back (a PKCE verifier).

    ``kept`` is stored encrypted, for this one return only.
    """

    url: str
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
