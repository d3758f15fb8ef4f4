"""The one dictionary ``SMEDITOR`` in the host's settings, read lazily, with its defaults and their meaning."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEFAULTS: dict[str, Any] = {
    # Which pages are articles ("app_label.Model"; none named: every page but a site's home), and the class that reads
    # them (see smeditor.articles).
    "ARTICLE_MODELS": [],
    "ARTICLE_ADAPTER": "smeditor.articles.PageAdapter",
    # Fernet keys, newest first: tokens and tips are encrypted with the first and read with any.
    # Empty: with DEBUG a key derived from SECRET_KEY, else nothing can be stored.
    "SECRET_KEYS": [],
    # Key of the readers' pseudonyms. Changing it makes every reader a stranger. Empty: as with SECRET_KEYS.
    "PSEUDONYM_KEY": "",
    # The newsroom's wall clock: slots, quiet hours, digests. Empty: Django's TIME_ZONE.
    "TIME_ZONE": "",
    # Minutes after which those who may approve are reminded of a post that waits for it; None = never.
    "APPROVAL_REMINDER": 60,
    # A newsroom's own checks of a post, by dotted path (see docs/checks.md).
    "PREFLIGHT_CHECKS": [],
    # Further networks: {"slug": "dotted.path.to.NetworkClass"}.
    "NETWORKS": {},
    # Hosts in private networks that may be fetched ("host" or "host:port"): a newsroom's own servers, a demo.
    "ALLOWED_PRIVATE_HOSTS": [],
    # Seconds: a whole request to a network; the lease of a worker on a delivery (must be longer).
    "REQUEST_TIMEOUT": 15,
    "LEASE": 60,
    # Seconds between two looks of the worker at the queue. None = 1 with a broker, 2 with the worker in one process,
    # which should cost next to nothing while nothing is due.
    "TICK": None,
    # Minutes after its slot at which a post is too late, by class; None = never.
    "LATE_AFTER": {"breaking": 20, "news": 360, "evergreen": None},
    # Deliveries that a worker claims at once: few, so that those behind a slow network go to other workers.
    "BATCH": 5,
    # Days for which a reader's text is kept: not looked at, looked at, member of a concern.
    "RETENTION": {"untriaged": 30, "triaged": 180, "concern": 365},
    # How often the threads under our posts are read: [age of the post in minutes, every … minutes], the youngest first.
    # Posts older than the last line are not read any more. Accounts are read at least as often as the second line says.
    "POLL_PLAN": [[120, 5], [1440, 30], [10080, 360], [43200, 1440]],
    # Sources that a worker reads at the same time. Those that were slow last time take at most half of them.
    "POLL_THREADS": 10,
    # Handles of people who work here ("ana@mastodon.example"): their messages are labelled and never wait for an answer.
    "STAFF_HANDLES": [],
    # Concerns: similarity from which two reactions are one concern (None = the shipped one), people from which it shows.
    "GROUPING_THRESHOLD": None,
    "CONCERN_PEOPLE": 3,
    # The encoder that tells same from other beside the words: "auto" (or None) = that of the extra "semantic" where it is
    # installed, "" = words only, else the dotted path of a callable, or of a class and the arguments that it is made with.
    "EMBEDDING": "auto",
    "EMBEDDING_OPTIONS": {},
    # Where a post says who made its images: "" = nowhere, "alt" = behind the alt text, "text" = in a last line of the text.
    "IMAGE_CREDIT": "",
    # Hour (newsroom's wall clock) from which the day's digests go out; subject prefix of every mail.
    "DIGEST_HOUR": 7,
    "MAIL_PREFIX": "[smeditor] ",
    # Whether the pages that an article links to are told so (Webmention); whether Pingback, its older sister that spammers
    # prefer, is spoken too, both ways.
    "WEBMENTION_SENDS": False,
    "PINGBACKS": False,
    # Bearer token of the metrics endpoint (smeditor.urls); empty = the endpoint is off.
    "METRICS_TOKEN": "",
}


def get(name: str) -> Any:
    """Return the value of one setting. Raises KeyError for a name that does not exist (a programming error)."""
    default = DEFAULTS[name]
    return getattr(settings, "SMEDITOR", {}).get(name, default)


def zone() -> ZoneInfo:
    """The newsroom's time zone."""
    return ZoneInfo(get("TIME_ZONE") or settings.TIME_ZONE)


def late_after(news_class: str) -> timedelta | None:
    """How long after its slot a post of this class may still go out by itself; None = for ever."""
    minutes = {**DEFAULTS["LATE_AFTER"], **get("LATE_AFTER")}[news_class]
    return None if minutes is None else timedelta(minutes=minutes)


def secret_keys() -> list[str]:
    """The Fernet keys, newest first: encrypt with the first, decrypt with any.

    With DEBUG the keys derived from SECRET_KEY (and from each of SECRET_KEY_FALLBACKS) stand behind the newsroom's own,
    so that a trial that began with none stays readable. Without DEBUG only the newsroom's own count.
    Raises ImproperlyConfigured when there are none.
    """
    keys = [*get("SECRET_KEYS"), *(derived_secret_keys() if settings.DEBUG else [])]
    if not keys:
        raise ImproperlyConfigured('Set SMEDITOR["SECRET_KEYS"]: without a key no token can be stored.')
    return keys


def pseudonym_key() -> bytes:
    """The key of the readers' pseudonyms; with DEBUG, where none is set, one derived from SECRET_KEY.

    Raises ImproperlyConfigured when there is none.
    """
    key = get("PSEUDONYM_KEY") or (derived_pseudonym_key() if settings.DEBUG else "")
    if not key:
        raise ImproperlyConfigured('Set SMEDITOR["PSEUDONYM_KEY"]: without it no reaction can be stored.')
    return str(key).encode()


def derived_secret_keys() -> list[str]:
    """The Fernet keys that belong to Django's SECRET_KEY and its fallbacks, in that order."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_derive(secret, "smeditor secret key") for secret in secrets if secret]


def derived_pseudonym_key() -> str:
    """The pseudonym key that belongs to Django's SECRET_KEY. It follows no fallback: a pseudonym has one key."""
    return _derive(settings.SECRET_KEY, "smeditor pseudonym key")


def _derive(secret: str | bytes, purpose: str) -> str:
    """HKDF (RFC 5869) with SHA-256: 32 bytes in URL-safe base 64, another key for each purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    material = secret if isinstance(secret, bytes) else secret.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(material)
    return base64.urlsafe_b64encode(derived).decode()


def is_fernet_key(key: Any) -> bool:
    """Whether ``key`` is what the Fernet specification calls one: 32 bytes in URL-safe base 64."""
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except (ValueError, TypeError):
        return False
