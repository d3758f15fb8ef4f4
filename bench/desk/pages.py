"""``python -m bench.desk.pages [name …]``: what each page, filter and search of the desk costs on the database of DATABASE_URL.

Last line: JSON ``{page: {"queries": n, "ms": x, "slowest": [ms, statement]}}``; ``ms`` is the least of several requests.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import django

from bench.desk.language import FREQUENT, RARE
from bench.desk.turns import turn

REPEATS, AT_MOST = 4, 24
"""A page is asked for until so many requests in a row were none of them quicker, for the machine may be at something else;
and how often at most.
"""
NOTED = 0.98
"""What is quicker by less counts as no quicker."""
SEARCHED = ("navettes", FREQUENT, RARE[0])
"""Searched for: a plural, a frequent word, a rare one."""
DISCUSSED = 100
"""Reactions to the article whose pages are opened, at most: as many in any newsroom, for it is what these pages show."""
NOT_ALLOWED = 405
"""What only a form may be sent to is no page."""
SKIPPED = ("/logout/", "/password", "/stream/", "/chooser/")


def main() -> None:
    """Ask for every page, or for those whose names are given, several times and print what it cost."""
    asked = set(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.testing")
    django.setup()
    measured = {}
    client = _client()
    for name, address in pages(client):
        if asked and name not in asked:
            continue
        with turn():
            found = cost(client, address)
        if found["status"] == NOT_ALLOWED:
            continue
        measured[name] = found
        print(f"{name:60} {measured[name]['queries']:5} {measured[name]['ms']:9.1f} ms", file=sys.stderr, flush=True)
    print(json.dumps(measured))


def _client() -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(raise_request_exception=True)
    client.force_login(get_user_model().objects.get(username="bench"))
    return client


def pages(client: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every page that can be opened, with each filter, a search and the last full page of lists."""
    yield "wagtail home", "/admin/"
    for address in sorted(set(_addresses())):
        name = address.removeprefix("/admin/smeditor/")
        yield name, address
        yield from _variants(client, name, address)


def _addresses() -> Iterator[str]:
    """Addresses without a parameter, and of what has the most below it for those with a key."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(resolver: Any, before: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            elif isinstance(pattern, URLPattern) and route.startswith("/admin/smeditor/"):
                yield route

    for route in walk(get_resolver(), "/"):
        if any(part in route for part in SKIPPED) or "(?P<" in route:
            continue
        if "<" not in route:
            yield route
        elif (found := _with_key(route)) is not None:
            yield found


def _with_key(route: str) -> str | None:
    from django.db.models import Count, Max

    from smeditor import models

    below = route.removeprefix("/admin/smeditor/")
    rows = {
        "articles/": models.Reaction.objects.exclude(article=None)
        .order_by()
        .values("article")
        .annotate(n=Count("pk"))
        .filter(n__lte=DISCUSSED)
        .order_by("-n", "-article")
        .values_list("article"),
        "inbox/": models.Reaction.objects.filter(labels__isnull=False).order_by("-pk").values_list("pk"),
        "concerns/": models.Concern.objects.order_by("-size").values_list("pk"),
        "deliveries/": models.Delivery.objects.order_by("-pk").values_list("pk"),
        "posts/edit": models.Post.objects.order_by("-pk").values_list("pk"),
        "posts/about": models.Post.objects.order_by("-pk").values_list("article_id"),
        "alerts/": models.Alert.objects.order_by("-pk").values_list("pk"),
        "digests/": models.Digest.objects.order_by("-pk").values_list("pk"),
        "accounts/": models.Account.objects.annotate(latest=Max("deliveries__pk"))
        .order_by("-latest")
        .values_list("pk"),
    }
    for start, keys in rows.items():
        if below.startswith(start) and route.count("<") == 1 and (key := keys.first()):
            return f"{route[: route.index('<')]}{key[0]}{route[route.index('>') + 1 :]}"
    return None


def _variants(client: Any, name: str, address: str) -> Iterator[tuple[str, str]]:
    response = client.get(address)
    context = response.context_data if getattr(response, "context_data", None) else {}
    filters = context.get("filters")
    if filters is not None:
        for field in filters.form.fields:
            if value := _first_choice(filters.form[field]):
                yield f"{name}?{field}", f"{address}?{urlencode({field: value})}"
    if getattr(context.get("view"), "is_searchable", False) or (filters is not None and "q" in filters.form.fields):
        for word in SEARCHED:
            yield f"{name}?q={word}", f"{address}?{urlencode({'q': word})}"
    paginator = context.get("paginator")
    if paginator is not None:
        # The last full one: what is compared is how far it lies behind, not how many rows are left over.
        last = min(int(paginator.count) // paginator.per_page, 50)
        if last > 1:
            yield f"{name}?p=last", f"{address}?p={last}"


def _first_choice(bound: Any) -> str:
    for value, _label in iter(getattr(bound.field, "choices", ())):
        if str(value):
            return str(value)
    return ""


def cost(client: Any, address: str) -> dict[str, Any]:
    """Return the queries, the least time and the slowest statement of a page; of a file, until its first line is there."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    least, queries, slowest, status, since = float("inf"), 0, (0.0, ""), 0, 0
    for _repeat in range(AT_MOST):
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            response = client.get(address)
            if getattr(response, "streaming", False):
                next(iter(response.streaming_content), None)
            took = (time.perf_counter() - began) * 1000
        status, queries = response.status_code, len(captured)
        since += 1
        if took < least:
            since = 0 if took < NOTED * least else since
            least = took
            statement = max(captured.captured_queries, key=lambda query: float(query["time"]), default=None)
            slowest = (float(statement["time"]) * 1000, statement["sql"][:300]) if statement else (0.0, "")
        if since >= REPEATS:
            break
    return {"status": status, "queries": queries, "ms": round(least, 1), "slowest": slowest}


if __name__ == "__main__":
    main()
