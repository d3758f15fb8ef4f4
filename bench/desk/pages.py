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
    for name, address, form in [*((*page, None) for page in pages(client)), *composing()]:
        if asked and name not in asked:
            continue
        with turn():
            found = cost(client, address, form)
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
    if (about := _with_key("/admin/smeditor/articles/<id:pk>/")) is not None:
        yield "wagtail page editor", f"/admin/pages/{about.rsplit('/', 2)[1]}/edit/"
    for address in sorted(set(_addresses())):
        name = address.removeprefix("/admin/smeditor/")
        yield name, address
        yield from _variants(client, name, address)


def composing() -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Yield (name, address, form) of what the composer asks while one writes, for the accounts with the most behind them."""
    from django.db.models import Count
    from django.urls import reverse

    from smeditor import models

    busiest = models.Account.objects.filter(sends=True).annotate(n=Count("deliveries")).order_by("-n", "pk")[:4]
    accounts = [account.pk for account in busiest]
    text = "\n---\n".join(f"{number}. The tram opens in May. #Tram" for number in range(1, 6))
    management = {"variants-TOTAL_FORMS": "0", "variants-INITIAL_FORMS": "0"}
    form = {"text": text, "accounts": accounts, "news_class": "news", "repeat_times": "1", **management}
    yield "posts/compose/ (4 accounts)", reverse("smeditor:post_compose"), form
    query = urlencode({"accounts": accounts}, doseq=True)
    yield "posts/suggestions/ (4 accounts)", f"{reverse('smeditor:post_suggest')}?{query}", None
    yield "posts/good-times/ (4 accounts)", f"{reverse('smeditor:post_good_times')}?{query}", None


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
        "post-corrections/": models.PostCorrection.objects.order_by("-pk").values_list("pk"),
        "posts/edit": models.Post.objects.order_by("-pk").values_list("pk"),
        "posts/about": models.Post.objects.order_by("-pk").values_list("article_id"),
        "posts/": models.ArticleDrift.objects.order_by("-post").values_list("post"),
        "rules/": models.Rule.objects.order_by("pk").values_list("pk"),
        "rule-runs/": models.RuleRun.objects.order_by("-pk").values_list("pk"),
        "alerts/": models.Alert.objects.order_by("-pk").values_list("pk"),
        "handovers/": models.Handover.objects.order_by("-pk").values_list("pk"),
        "holds/": models.Hold.objects.order_by("-pk").values_list("pk"),
        "topic_clashes/": models.TopicClash.objects.order_by("pk").values_list("pk"),
        "replies/": models.SavedReply.objects.order_by("pk").values_list("pk"),
        "word_lists/": models.WordList.objects.order_by("pk").values_list("pk"),
        "desks/": models.Desk.objects.order_by("pk").values_list("pk"),
        "sources/": models.Source.objects.order_by("-pk").values_list("pk"),
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
    if "narrowing" in context:
        yield from _calendar(name, address, context["narrowing"])
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


def _calendar(name: str, address: str, narrowing: Any) -> Iterator[tuple[str, str]]:
    """The calendar's other views, and a month narrowed by each of its filters."""
    yield f"{name}?view=day", f"{address}?view=day"
    yield f"{name}?view=month", f"{address}?view=month"
    for field in narrowing.fields:
        if value := _first_choice(narrowing[field]):
            yield f"{name}?view=month&{field}", f"{address}?{urlencode({'view': 'month', field: value})}"


def _first_choice(bound: Any) -> str:
    for value, _label in iter(getattr(bound.field, "choices", ())):
        if str(value):
            return str(value)
    return ""


def cost(client: Any, address: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the queries, the least time and the slowest statement of a page; of a file, until its first line is there.

    ``form``: what is posted there; None where the page is opened.
    """
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    least, queries, slowest, status, since = float("inf"), 0, (0.0, ""), 0, 0
    for _repeat in range(AT_MOST):
        reset_queries()  # the log holds 9,000: once it is full, nothing more is counted
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            response = client.get(address) if form is None else client.post(address, form)
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
    if not queries and status != NOT_ALLOWED:
        raise RuntimeError(f"{address} asked nothing at all: it was not measured.")
    return {"status": status, "queries": queries, "ms": round(least, 1), "slowest": slowest}


if __name__ == "__main__":
    main()
