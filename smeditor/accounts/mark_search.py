"""Profiles and hashtags that the accounts' networks know, searched for while an editor types their names."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator

from django.core.cache import cache

from smeditor.accounts.clients import network_class, open_for_listening, save_after
from smeditor.exceptions import ConfigurationError, NetworkError
from smeditor.models import Account
from smeditor.networks.base import FoundMark, MarkKind
from smeditor.networks.deadline import not_after
from smeditor.text.normal import normalise_text

logger = logging.getLogger("smeditor.accounts")

SHORTEST, LONGEST = 3, 60
"""Characters of a name, without its sign, that are worth a search."""
SECONDS = 2.5
"""How long an editor's list waits for a network; whoever types on has not waited at all."""
KEPT, SILENT = 600, 30
"""Seconds for which an answer is kept, and for which a network that did not answer is not asked again."""
MOST_ASKED = 3
"""Networks for one word: a post goes to many accounts of few networks."""


def search_marks(accounts: Iterable[Account], kind: MarkKind, name: str) -> list[tuple[Account, FoundMark]]:
    """Return what the networks of ``accounts`` find for ``name`` (without its sign), each with the account that asked.

    Each network is asked once, through the first of its accounts that is at work, within the share that reading has. One
    that does not answer in time finds nothing: nobody who writes waits for it, and nothing is raised.
    """
    name = normalise_text(name).strip()
    if not SHORTEST <= len(name) <= LONGEST:
        return []
    found: dict[str, tuple[Account, FoundMark]] = {}
    for account in _one_of_each(accounts, kind):
        for mark in _known_or_asked(account, kind, name):
            found.setdefault(mark.text.casefold(), (account, mark))
    return list(found.values())


def _one_of_each(accounts: Iterable[Account], kind: MarkKind) -> Iterator[Account]:
    places: set[tuple[str, str]] = set()
    for account in accounts:
        place = (account.network, account.server_url)
        if place in places or account.state != Account.State.ACTIVE or len(places) >= MOST_ASKED:
            continue
        try:
            able = kind in network_class(account).capabilities.mark_search
        except ConfigurationError:
            continue
        if able:
            places.add(place)
            yield account


def _known_or_asked(account: Account, kind: MarkKind, name: str) -> list[FoundMark]:
    place = f"{account.network} {account.server_url}"
    key = _key(place, kind.value, name.casefold())
    known: list[FoundMark] | None = cache.get(key)
    if known is not None or cache.get(_key(place)):
        return known or []
    try:
        found = _asked(account, kind, name)
    except (NetworkError, ConfigurationError) as error:
        logger.info("account %s found no names: %s", account.pk, type(error).__name__)
        cache.set(_key(place), True, SILENT)
        return []
    cache.set(key, found, KEPT)
    return found


def _asked(account: Account, kind: MarkKind, name: str) -> list[FoundMark]:
    network = open_for_listening(account)
    try:
        with not_after(time.monotonic() + SECONDS):
            return network.search_marks(kind, name)
    finally:
        save_after(network, account)
        network.close()


def _key(*parts: str) -> str:
    return "smeditor-mark-search-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
