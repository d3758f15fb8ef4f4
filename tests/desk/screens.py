"""Every address of the desk that can be opened, with a row of each kind behind it. Nobody need list them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from smeditor import models

ROWS = {
    "accounts": models.Account,
    "alerts": models.Alert,
    "concerns": models.Concern,
    "concerns/proposals": models.ConcernMatch,
    "concerns/questions": models.ConcernQuestion,
    "concerns/undo": models.ConcernEdit,
    "corrections": models.CorrectionRequest,
    "deliveries": models.Delivery,
    "desks": models.Desk,
    "holds": models.Hold,
    "inbox": models.Reaction,
    "digests": models.Digest,
    "post": models.Post,
    "posts": models.Post,
    "reruns": models.Rerun,
    "replies": models.SavedReply,
    "rules": models.Rule,
    "sources": models.Source,
    "tips": models.Tip,
}
WAGTAILS_OWN = re.compile(r"/(?:history|usage|delete|preview|workflow|lock|unlock|unpublish|chosen)\b")
"""Screens that look the same for every row: one is enough."""
SIGN = re.compile(r"<(?:\w+:)?(\w+)>")


def patterns(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, str]]:
    """(route, name) of every address of the desk, as the host has mounted it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        elif isinstance(pattern, URLPattern) and "/smeditor/" in route and route.startswith("/admin/"):
            yield route, pattern.name or ""


def addresses(article_id: int) -> list[str]:
    """Every address with every row that it can be about. A route with several signs is left to Wagtail's own tests."""
    found = []
    for route, _name in patterns():
        signs = SIGN.findall(route)
        if "(?P<" in route:
            continue
        if not signs:
            found.append(route)
        elif signs in (["pk"], ["label"]):
            found += [SIGN.sub(str(value), route) for value in values(route, article_id)]
    return found


def samples(article_id: int) -> list[str]:
    """The admin's home page and every address of the desk, each with the first row that it can be about."""
    found = {"home": "/admin/"}
    for address in addresses(article_id):
        found.setdefault(re.sub(r"\d+", "", address), address)
    return list(found.values())


def values(route: str, article_id: int) -> list[object]:
    """What can stand for the sign of ``route``. Raises LookupError for a kind of row that nobody named above."""
    below = route.split("/smeditor/", 1)[1]
    if below.startswith(("articles/", "posts/about/")):
        return [article_id]
    if below.startswith("trained-models/"):
        return list(models.Label.values)
    kinds = [kind for kind in ROWS if below.startswith(f"{kind}/")] or [
        kind for kind in ROWS if below.startswith(kind.split("/")[0])
    ]
    if not kinds:
        raise LookupError(f"{route}: say in ROWS which rows it shows")
    model = ROWS[max(kinds, key=len)]
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    return keys[:1] if WAGTAILS_OWN.search(below) else keys
