"""System checks of the one setting: unknown keys, wrong types, keys that do not work, and what production needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from difflib import get_close_matches
from inspect import signature
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from smeditor import conf
from smeditor.articles import article_models
from smeditor.exceptions import ConfigurationError
from smeditor.models.full_text import can_search
from smeditor.networks.registry import load, network_classes

TYPES: dict[str, tuple[type, ...]] = {
    name: (type(default), type(None)) if default is not None else (float, int, type(None))
    for name, default in conf.DEFAULTS.items()
}
MAKE_KEYS = "Make keys with: python manage.py smeditor_key"
SHORTEST_TOKEN = 20
VERSION_NOTICE = timedelta(days=60)
NEEDED = ("wagtail.admin", "wagtail.documents", "wagtail.images", "wagtail.snippets", "wagtail.users")
PLACES = ("", "alt", "text")
POSITIVE = ("APPROVAL_REMINDER", "REQUEST_TIMEOUT", "LEASE", "TICK", "BATCH", "POLL_THREADS", "CONCERN_PEOPLE")


def error(number: int, sentence: str, hint: str = "") -> Error:
    """Return the error ``smeditor.E<number>`` (three digits) with its sentence, and a hint where there is one."""
    return Error(sentence, hint=hint or None, id=f"smeditor.E{number:03}")


def warning(number: int, sentence: str, hint: str) -> Warning:
    """Return the warning ``smeditor.W<number>`` (three digits) with its sentence and what to do about it."""
    return Warning(sentence, hint=hint, id=f"smeditor.W{number:03}")


@register(Tags.compatibility)
def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check ``settings.SMEDITOR``: E001 unknown key, E002 wrong type, E003 to E015 wrong value.

    W002 to W005 name what is not set and what the desk does instead; production must set the keys (E003, E004).
    """
    given = getattr(settings, "SMEDITOR", {})
    if not isinstance(given, dict):
        return [error(2, "SMEDITOR must be a dictionary.")]
    found: list[CheckMessage] = [*_unknown_keys(given), *_wrong_types(given)]
    if found:
        return found
    for check in (
        _keys,
        _zone,
        _numbers,
        _articles,
        _adapter,
        _networks,
        _own_checks,
        _late_after,
        _image_credit,
        _embedding,
        _poll_plan,
        _metrics,
    ):
        found.extend(check())
    return found


def _unknown_keys(given: dict[str, Any]) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for key in given:
        if key not in conf.DEFAULTS:
            close = get_close_matches(str(key), conf.DEFAULTS, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(conf.DEFAULTS)}."
            found.append(error(1, f"SMEDITOR has the unknown key {key!r}.", hint))
    return found


def _wrong_types(given: dict[str, Any]) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for key, value in given.items():
        allowed = TYPES.get(key)
        if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
            names = " or ".join(kind.__name__ for kind in allowed if kind is not type(None))
            found.append(error(2, f'SMEDITOR["{key}"] is a {type(value).__name__}; it must be a {names}.'))
    return found


def _keys() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for position, key in enumerate(conf.get("SECRET_KEYS")):
        if not conf.is_fernet_key(key):
            sentence = f'SMEDITOR["SECRET_KEYS"][{position}] is not a Fernet key.'
            found.append(error(3, sentence, "Make one with: python manage.py smeditor_key"))
    if not conf.get("SECRET_KEYS"):
        now = (
            "tokens are encrypted with a key derived from SECRET_KEY" if settings.DEBUG else "no account can be stored"
        )
        found.append(warning(3, f'SMEDITOR["SECRET_KEYS"] is empty: {now}.', MAKE_KEYS))
    if not conf.get("PSEUDONYM_KEY"):
        now = "pseudonyms are made with a key derived from SECRET_KEY" if settings.DEBUG else "no reader can be stored"
        found.append(warning(4, f'SMEDITOR["PSEUDONYM_KEY"] is empty: {now}.', MAKE_KEYS))
    return found


def _zone() -> list[CheckMessage]:
    try:
        conf.zone()
    except (ZoneInfoNotFoundError, ValueError):
        return [error(5, f'SMEDITOR["TIME_ZONE"] is {conf.get("TIME_ZONE")!r}, which is no time zone.')]
    return []


def _numbers() -> list[CheckMessage]:
    found: list[CheckMessage] = [
        error(6, f'SMEDITOR["{name}"] must be more than 0.')
        for name in POSITIVE
        if (value := conf.get(name)) is not None and value <= 0
    ]
    if conf.get("LEASE") <= conf.get("REQUEST_TIMEOUT"):
        found.append(
            error(
                6,
                'SMEDITOR["LEASE"] must be longer than SMEDITOR["REQUEST_TIMEOUT"]: '
                "a worker must know the outcome before its lease ends.",
            )
        )
    return found


def _articles() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not conf.get("ARTICLE_MODELS"):
        guessed = ", ".join(f'"{model._meta.label}"' for model in article_models())
        sentence = (
            f'SMEDITOR["ARTICLE_MODELS"] is empty: taken for articles are the pages of {guessed}.'
            if guessed
            else 'SMEDITOR["ARTICLE_MODELS"] is empty, and no page class here has a text: nothing is an article.'
        )
        hint = f"If that is right, write it down: [{guessed}]." if guessed else 'Name them: ["app_label.Model", …].'
        found.append(warning(2, sentence, hint))
    for label in conf.get("ARTICLE_MODELS"):
        try:
            apps.get_model(label)
        except (LookupError, ValueError):
            found.append(error(7, f'SMEDITOR["ARTICLE_MODELS"] names {label!r}, which is no model here.'))
    return found


def _importable(name: str, number: int) -> list[CheckMessage]:
    path = conf.get(name)
    if not path:
        return []
    try:
        import_string(path)
    except ImportError as problem:
        return [error(number, f'SMEDITOR["{name}"] names {path!r}, which cannot be imported.', str(problem))]
    return []


def _adapter() -> list[CheckMessage]:
    if not conf.get("ARTICLE_ADAPTER"):
        return [error(8, 'SMEDITOR["ARTICLE_ADAPTER"] is empty: the desk cannot read the articles.')]
    return _importable("ARTICLE_ADAPTER", 8)


def _networks() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for path in conf.get("NETWORKS").values():
        try:
            load(path)
        except ConfigurationError as problem:
            found.append(error(9, problem.sentence, problem.cause))
    return found


def _own_checks() -> list[CheckMessage]:
    from smeditor.publishing.checks import registry

    try:
        registry.own()
    except ImproperlyConfigured as problem:
        hint = "Name objects of the class smeditor.publishing.checks.Check, each with a code of its own."
        return [error(14, f'SMEDITOR["PREFLIGHT_CHECKS"]: {problem}', hint)]
    return []


def _late_after() -> list[CheckMessage]:
    given = conf.get("LATE_AFTER")
    known = conf.DEFAULTS["LATE_AFTER"]
    wrong = [key for key in given if key not in known]
    wrong += [key for key, value in given.items() if value is not None and (not isinstance(value, int) or value <= 0)]
    if wrong:
        return [
            error(
                10,
                f'SMEDITOR["LATE_AFTER"] is wrong for {", ".join(map(repr, wrong))}.',
                f"Keys: {', '.join(known)}; values: minutes, or None for never.",
            )
        ]
    return []


def _image_credit() -> list[CheckMessage]:
    given = conf.get("IMAGE_CREDIT")
    if given in PLACES:
        return []
    return [error(15, f'SMEDITOR["IMAGE_CREDIT"] is {given!r}.', f"One of: {', '.join(map(repr, PLACES))}.")]


def _embedding() -> list[CheckMessage]:
    from smeditor.insight.meaning.loading import AUTOMATIC

    path, options = conf.get("EMBEDDING"), conf.get("EMBEDDING_OPTIONS")
    if path in (None, "", AUTOMATIC):
        return []
    found = _importable("EMBEDDING", 11)
    if found:
        return found
    encoder = import_string(path)
    if not callable(encoder):
        return [error(11, f'SMEDITOR["EMBEDDING"] names {path!r}, which cannot be called with texts.')]
    if options and not isinstance(encoder, type):
        return [
            error(11, f'SMEDITOR["EMBEDDING_OPTIONS"] is given, and {path!r} is no class that could be made of it.')
        ]
    try:
        if isinstance(encoder, type):
            signature(encoder).bind(**options)
    except TypeError as problem:
        return [error(11, f'SMEDITOR["EMBEDDING_OPTIONS"] does not fit {path!r}: {problem}.')]
    return []


def _poll_plan() -> list[CheckMessage]:
    plan = conf.get("POLL_PLAN")
    good = bool(plan) and all(
        isinstance(line, list | tuple)
        and len(line) == 2
        and all(isinstance(minutes, int | float) and not isinstance(minutes, bool) and minutes > 0 for minutes in line)
        for line in plan
    )
    if good and [line[0] for line in plan] == sorted({line[0] for line in plan}):
        return []
    return [
        error(
            12,
            'SMEDITOR["POLL_PLAN"] is not a plan.',
            "Lines of [age in minutes, every … minutes], both more than 0, the youngest age first.",
        )
    ]


def _metrics() -> list[CheckMessage]:
    token = conf.get("METRICS_TOKEN")
    if not token:
        return []
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        sentence = f'SMEDITOR["METRICS_TOKEN"] must be at least {SHORTEST_TOKEN} printable characters without spaces.'
        return [error(13, sentence, "Make one with: python -c 'import secrets; print(secrets.token_urlsafe())'")]
    try:
        reverse("smeditor_metrics")
    except NoReverseMatch:
        sentence = 'SMEDITOR["METRICS_TOKEN"] is set, but the metrics have no address.'
        return [warning(5, sentence, 'Add to the root urls: path("smeditor/", include("smeditor.urls"))')]
    return []


@register(Tags.models)
def check_apps(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E016: the desk stands on parts of Wagtail that are not installed: its images and videos are Wagtail's, say."""
    return [
        error(16, f"smeditor needs {name!r}, which is not installed.", f"Add {name!r} to INSTALLED_APPS.")
        for name in NEEDED
        if not apps.is_installed(name)
    ]


@register(Tags.compatibility, deploy=True)
def check_api_versions(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """W007: a network will soon switch off the version of its API that the desk speaks with it."""
    try:
        networks = network_classes(conf.get("NETWORKS"))
    except ConfigurationError:
        return []  # E009 says which
    soon = timezone.now().date() + VERSION_NOTICE
    hint = "Update smeditor, or enter a newer version with the keys of the newsroom's app there."
    return [
        warning(
            7, f"{network.label} may switch off the version of its API that is used from {network.version_ends}.", hint
        )
        for network in networks
        if network.version_ends is not None and network.version_ends <= soon
    ]


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """W001: an in-process broker in production is fine for one machine only. E003, E004: it needs keys of its own."""
    found: list[CheckMessage] = []
    if not conf.get("SECRET_KEYS"):
        found.append(error(3, 'SMEDITOR["SECRET_KEYS"] is empty: production needs keys of its own.', MAKE_KEYS))
    if not conf.get("PSEUDONYM_KEY"):
        found.append(error(4, 'SMEDITOR["PSEUDONYM_KEY"] is empty: production needs a key of its own.', MAKE_KEYS))
    if str(getattr(settings, "CELERY_BROKER_URL", "memory://")).startswith("memory://"):
        found.append(
            warning(
                1,
                "The worker runs in one process (CELERY_BROKER_URL is memory://).",
                "Right for one machine; set it to redis:// or amqp:// for several workers.",
            )
        )
    return found


@register(Tags.database)
def check_full_text(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W006: a database without full-text search finds the same, by reading every row. Asked when one migrates."""
    slow = [alias for alias in databases or () if not can_search(connections[alias])]
    sentence = "The database has no full-text search: searching the desk reads every row."
    hint = "Use PostgreSQL, or an SQLite that was built with FTS5."
    return [warning(6, sentence, hint)] if slow else []
