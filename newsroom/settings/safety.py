"""Reasons why a newsroom must not be opened to the world yet: plain values in, sentences out."""

import base64
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from smeditor.conf import is_fernet_key

NOT_A_SECRET = "not-a-secret"  # noqa: S105 - what every key of the development settings contains
DEVELOPMENT_KEYS = {
    "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDE=",
    "dGVzdGluZy1vbmx5LW5vdC1hLXNlY3JldC0wMDAwMDE=",
    "development-only-pseudonym-key",
    "testing-only-pseudonym-key",
}
HOST = re.compile(
    r"(?:\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])", re.IGNORECASE
)
"""A host, or with a leading dot a domain of at least two labels: never a whole top-level domain."""
DIVERSE = 10
"""Different characters that a random key has at least; a shorter repeated piece makes it no key."""
LEAST_HSTS = 300  # seconds: what one begins with when HTTPS is new
DEAF_MAIL = ("console", "locmem", "dummy", "filebased")


def reasons_to_refuse(
    *,
    secret_key: str,
    debug: bool,
    allowed_hosts: Sequence[str],
    url: str,
    database_url: str,
    desk_keys: Sequence[str],
    pseudonym_key: str,
    mail_backend: str,
    mail_host: str,
    mail_from: str,
    metrics_token: str = "",
    hsts_seconds: int = 31_536_000,
) -> list[str]:
    """Return one sentence for each thing that is insecure or missing; an empty list when the newsroom may start."""
    return [
        *_secret_key(secret_key),
        *(["DEBUG is on: it would show the code and the settings to every visitor. Remove it."] if debug else []),
        *_hosts(allowed_hosts, url),
        *(
            ["DATABASE_URL is not set: write where the newsroom's data lie, for example postgres://user@host/name."]
            if not database_url
            else []
        ),
        *_desk_keys(desk_keys, pseudonym_key),
        *_mail(mail_backend, mail_host, mail_from),
        *_metrics(metrics_token),
        *_hsts(hsts_seconds),
    ]


def _secret_key(key: str) -> list[str]:
    if not key:
        return ["SECRET_KEY is not set: sessions and forms cannot be signed. Set it to a long random text."]
    if NOT_A_SECRET in key or key.startswith("django-insecure-"):
        return ["SECRET_KEY is the one for development, which everybody knows. Set one of your own."]
    if len(key) < 50:
        return ["SECRET_KEY is too short: use at least 50 random characters."]
    if is_regular(key):
        return ["SECRET_KEY repeats itself: it can be guessed. Use at least 50 random characters."]
    return []


def _hosts(allowed: Sequence[str], url: str) -> list[str]:
    found = []
    if not allowed:
        found.append("ALLOWED_HOSTS is empty: name the hosts under which the newsroom is reached.")
    for host in allowed:
        if not HOST.fullmatch(host):
            found.append(
                f"ALLOWED_HOSTS contains {host}: anybody could make the newsroom sign links to another host. Name yours."
            )
    parts = urlsplit(url)
    if not url:
        found.append("NEWSROOM_URL is not set: mails and posts need the public address, https://…")
    elif parts.scheme != "https" or not parts.hostname:
        found.append("NEWSROOM_URL does not start with https://: passwords would travel in the clear.")
    return found


def _desk_keys(keys: Sequence[str], pseudonym_key: str) -> list[str]:
    found = []
    if not keys:
        found.append("SMEDITOR_SECRET_KEYS is not set: the tokens of the accounts could not be encrypted.")
    elif DEVELOPMENT_KEYS & set(keys):
        found.append("SMEDITOR_SECRET_KEYS holds the key for development, which everybody knows. Make your own.")
    elif not all(map(is_fernet_key, keys)):
        found.append("SMEDITOR_SECRET_KEYS holds something that is not a Fernet key (32 bytes in URL-safe base 64).")
    elif any(len(set(base64.urlsafe_b64decode(key))) < DIVERSE for key in keys):
        found.append("SMEDITOR_SECRET_KEYS holds a key that can be guessed. Make one with manage.py smeditor_key.")
    if not pseudonym_key:
        found.append("SMEDITOR_PSEUDONYM_KEY is not set: readers could not be kept under a pseudonym.")
    elif pseudonym_key in DEVELOPMENT_KEYS:
        found.append("SMEDITOR_PSEUDONYM_KEY is the one for development, which everybody knows. Set one of your own.")
    elif len(pseudonym_key) < 32:
        found.append("SMEDITOR_PSEUDONYM_KEY is too short: use at least 32 random characters.")
    elif is_regular(pseudonym_key):
        found.append("SMEDITOR_PSEUDONYM_KEY repeats itself: it can be guessed. Use at least 32 random characters.")
    return found


def _mail(backend: str, host: str, sender: str) -> list[str]:
    found = []
    if any(f".{deaf}." in f"{backend}." for deaf in DEAF_MAIL):
        found.append("EMAIL_BACKEND sends no mail: the journalists' digests would reach nobody.")
    elif backend.endswith(".smtp.EmailBackend") and not host:
        found.append("EMAIL_HOST is not set: name the server that sends the mail.")
    if not sender or sender.endswith(".example"):
        found.append("DEFAULT_FROM_EMAIL is not set: name the address from which the newsroom writes.")
    return found


def _metrics(token: str) -> list[str]:
    if token and (len(token) < 24 or is_regular(token)):
        return [
            "SMEDITOR_METRICS_TOKEN can be guessed: use at least 24 random characters, or none to switch metrics off."
        ]
    return []


def _hsts(seconds: int) -> list[str]:
    if seconds < LEAST_HSTS:
        return [f"HSTS_SECONDS is {seconds}: browsers would go back to plain HTTP. Set at least {LEAST_HSTS}."]
    return []


def is_regular(key: str) -> bool:
    """Whether a key has few characters or repeats a short piece, as what a person types in haste does."""
    repeats = any(key == (key[:size] * len(key))[: len(key)] for size in range(1, min(DIVERSE, len(key))))
    return repeats or len(set(key)) < DIVERSE
