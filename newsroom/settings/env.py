"""Reading settings from the environment: strings in, typed values out, and a sentence when one is wrong."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable ``name`` as it stands."""
    return os.environ.get(name, default)


def required(name: str) -> str:
    """The variable ``name`` without spaces around it. Raises ImproperlyConfigured where it is missing or empty."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: the newsroom cannot start without it.")
    return value


def boolean(name: str, default: bool = False) -> bool:
    """The variable ``name`` as yes or no. Raises ImproperlyConfigured for what is neither."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {raw!r}: write 1 or 0.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """The variable ``name`` as a whole number. Raises ImproperlyConfigured for what is none."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}: write a whole number.") from None


def items(name: str, default: str = "") -> list[str]:
    """The variable ``name`` as a list, without its commas and empty entries."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def value(name: str, default: object) -> object:
    """A setting written as JSON: lists and tables that no plain string can hold."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from None


SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database(url: str) -> dict:
    """Turn ``sqlite:///path`` or ``postgres://user:secret@host:port/name?option=value`` into a DATABASES entry.

    The folder of an SQLite file is made where it is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:]) or ":memory:"
        if name != ":memory:":
            Path(name).parent.mkdir(parents=True, exist_ok=True)  # a fresh clone has no var/ yet
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": SQLITE_OPTIONS}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(f"DATABASE_URL starts with {parts.scheme!r}: write sqlite:/// or postgres://.")


def cache(url: str) -> dict:
    """Turn ``redis://host:port/number`` into a CACHES entry; an empty text means each process's own memory."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    scheme = urlsplit(url).scheme
    if scheme in {"redis", "rediss"}:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    raise ImproperlyConfigured(f"CACHE_URL starts with {scheme!r}: write redis:// or leave it empty.")
