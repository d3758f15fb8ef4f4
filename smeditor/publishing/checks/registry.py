"""Which checks there are: those that come with the desk, in the order in which they are shown, and the newsroom's own."""

from __future__ import annotations

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django_stubs_ext import StrOrPromise

from smeditor import conf
from smeditor.publishing.checks import (
    accounts,
    articles,
    clashes,
    drift,
    images,
    links,
    mentions,
    quotas,
    repeats,
    times,
    tone,
    wordlists,
)
from smeditor.publishing.checks.base import Check, Lookup

NO_ACCOUNT, *ACCOUNTS = accounts.CHECKS
SHIPPED: tuple[Check | Lookup, ...] = (
    NO_ACCOUNT,
    *articles.CHECKS,
    *drift.CHECKS,
    *ACCOUNTS,
    *images.CHECKS,
    *repeats.CHECKS,
    *clashes.CHECKS,
    *links.CHECKS,
    *mentions.CHECKS,
    *tone.CHECKS,
    *wordlists.CHECKS,
    *quotas.CHECKS,
    *times.CHECKS,
)


def own() -> tuple[Check, ...]:
    """The newsroom's own checks, named in ``SMEDITOR["PREFLIGHT_CHECKS"]``. Raises ImproperlyConfigured for what is none."""
    return _imported(tuple(conf.get("PREFLIGHT_CHECKS")))


@lru_cache(maxsize=8)
def _imported(paths: tuple[str, ...]) -> tuple[Check, ...]:
    found: dict[str, Check] = {}
    taken = {check.code for check in SHIPPED}
    for path in paths:
        try:
            check = import_string(path)
        except ImportError as problem:
            raise ImproperlyConfigured(f"{path!r} cannot be imported: {problem}") from problem
        if not isinstance(check, Check):
            raise ImproperlyConfigured(f"{path!r} is no smeditor.publishing.checks.Check.")
        if check.code in taken or check.code in found:
            raise ImproperlyConfigured(f"{path!r} has the code {check.code!r}, which another check has.")
        found[check.code] = check
    return tuple(found.values())


def adjustable() -> list[Check | Lookup]:
    """The checks whose severity a desk may set, in the order in which they are shown."""
    return [check for check in (*SHIPPED, *own()) if not check.fixed]


def label_of(code: str) -> StrOrPromise:
    """What a check is called; "" where none has this code (any more)."""
    return next((check.label for check in (*SHIPPED, *own()) if check.code == code), "")
