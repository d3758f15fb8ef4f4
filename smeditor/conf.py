"""The one dictionary ``SMEDITOR`` in the host's settings, read lazily, with its defaults and their meaning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEFAULTS: dict[str, Any] = {
    # Which pages are articles ("app_label.Model"), and the class that reads them (see smeditor.articles).
    "ARTICLE_MODELS": [],
    "ARTICLE_ADAPTER": "",
    # Fernet keys, newest first: tokens and tips are encrypted with the first and read with any.
    "SECRET_KEYS": [],
    # Key of the readers' pseudonyms. Changing it makes every reader a stranger.
    "PSEUDONYM_KEY": "",
    # The newsroom's wall clock: slots, quiet hours, digests.
    "TIME_ZONE": "UTC",
    # Further networks: {"slug": "dotted.path.to.NetworkClass"}.
    "NETWORKS": {},
    # Hosts in private networks that may be fetched ("host" or "host:port"): a newsroom's own servers, a demo.
    "ALLOWED_PRIVATE_HOSTS": [],
    # Seconds: a whole request to a network; the lease of a worker on a delivery (must be longer).
    "REQUEST_TIMEOUT": 15,
    "LEASE": 60,
    # Seconds between two looks of the worker at the queue.
    "TICK": 1,
    # Minutes after its slot at which a post is too late, by class; None = never.
    "LATE_AFTER": {"breaking": 20, "news": 360, "evergreen": None},
    # Deliveries claimed in one look at the queue.
    "BATCH": 20,
    # Days for which a reader's text is kept: not looked at, looked at, member of a concern.
    "RETENTION": {"untriaged": 30, "triaged": 180, "concern": 365},
    # How often the threads under our posts are read: [age of the post in minutes, every … minutes], the youngest first.
    # Posts older than the last line are not read any more. Accounts are read at least as often as the second line says.
    "POLL_PLAN": [[120, 5], [1440, 30], [10080, 360], [43200, 1440]],
    # Handles of people who work here ("ana@mastodon.example"): their messages are labelled and never wait for an answer.
    "STAFF_HANDLES": [],
    # Concerns: similarity from which two reactions are one concern (None = the shipped one), people from which it shows.
    "GROUPING_THRESHOLD": None,
    "CONCERN_PEOPLE": 3,
    # Dotted path of an embedding back end for grouping; "" = words only.
    "EMBEDDING": "",
    # Hour (newsroom's wall clock) from which the day's digests go out; subject prefix of every mail.
    "DIGEST_HOUR": 7,
    "MAIL_PREFIX": "[smeditor] ",
}


def get(name: str) -> Any:
    """Return the value of one setting. Raises KeyError for a name that does not exist (a programming error)."""
    default = DEFAULTS[name]
    return getattr(settings, "SMEDITOR", {}).get(name, default)


def zone() -> ZoneInfo:
    """The newsroom's time zone."""
    return ZoneInfo(get("TIME_ZONE"))


def late_after(news_class: str) -> timedelta | None:
    """How long after its slot a post of this class may still go out by itself; None = for ever."""
    minutes = {**DEFAULTS["LATE_AFTER"], **get("LATE_AFTER")}[news_class]
    return None if minutes is None else timedelta(minutes=minutes)


def secret_keys() -> list[str]:
    """The Fernet keys, newest first. Raises ImproperlyConfigured when there are none."""
    keys = get("SECRET_KEYS")
    if not keys:
        raise ImproperlyConfigured('Set SMEDITOR["SECRET_KEYS"]: without a key no token can be stored.')
    return list(keys)
