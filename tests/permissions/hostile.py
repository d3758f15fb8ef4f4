"""Requests that nobody of good will makes: every address of the desk and of the public site, filled with what breaks parsers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, urlencode

from django.urls import URLPattern, URLResolver, get_resolver

HOLE = re.compile(r"<(?:(\w+):)?(\w+)>")
PREFIXES = ("admin/smeditor/", "admin/snippets/choose/smeditor/", "admin/bulk/", "smeditor/")
NOT_OURS = ("admin/", "documents/", "media/")
IDS = (
    "0",
    "1",
    "2",
    "-1",
    "01",
    "9" * 20,
    "9" * 31,
    "9223372036854775808",
    "²",
    "١٢",
    "𝟙",
    "1e3",
    "1.0",
    "%00",
    "a",
    "%F0%9F",
)
TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "²",
        "٣",
        "-1",
        "1e999",
        "NaN",
        "9" * 20,
        "9" * 40,
        "' OR 1=1 --",
        "<script>",
        "{{7*7}}",
    ),
    *("0001-01-01", "0000-00-00", "9999-12-31", "2026-02-30", "-2026-01-01", "9999-12-31T23:59", "0001-01-01T00:00"),
    *(
        "x" * 5000,
        "../../etc/passwd",
        "%",
        "_",
        "\u202e",
        "[]",
        "null",
        "true",
        "done",
        "shield",
        "thanks",
        "all",
        "me",
    ),
)
NAMES = (
    *(
        "queue",
        "label",
        "waiting",
        "network",
        "kind",
        "language",
        "article",
        "q",
        "p",
        "ordering",
        "state",
        "account",
        "operation",
    ),
    *(
        "slot",
        "slot_after",
        "slot_before",
        "slot_min",
        "slot_max",
        "view",
        "date",
        "week",
        "mine",
        "verdict",
        "stage",
        "accounts",
        "url",
    ),
    *(
        "delivery",
        "news_class",
        "whose",
        "next",
        "id",
        "export",
        "_paginate_by",
        "reaction",
        "post",
        "into",
        "user",
        "hours",
    ),
    *("version", "from", "text", "saved_reply", "revision", "present", "on", "label", "reason", "decision", "scope"),
    *("review_at", "address", "format", "page", "message", "desk", "topic", "send_at", "sections", "members", "name"),
    *("per_page", "index_url", "filter", "search", "used", "lifted_at__isnull", "name[]", "__class__", "pk__in", "﷽"),
)
BODIES = (
    ("application/json", b"[" * 100_000),
    (
        "application/json",
        json.dumps({"fields": {"link": 1, "text": None}, "accounts": ["9" * 30, "²", [], -1]}).encode(),
    ),
    (
        "application/json",
        json.dumps({"fields": {"text": "x" * 100_001, "media-TOTAL_FORMS": "²"}, "accounts": ["1"]}).encode(),
    ),
    ("application/json", b'{"fields": {"text": "\\ud800", "link": "\\ud800"}, "accounts": [1]}'),
    ("application/json", b'{"fields": [1, 2], "accounts": [1]}'),
    ("application/json", b"\xff\xfe\x00"),
    ("text/xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    ("application/x-www-form-urlencoded; charset=utf-7", b"text=+AGE-"),
)


@dataclass(frozen=True)
class Asked:
    """One request: its method, its address with the query, and what it carries."""

    method: str
    path: str
    kind: str = ""
    body: bytes = b""


def routes() -> list[str]:
    """The addresses of the desk, of its lists and choosers, and of the public site, with their holes."""
    ours = sorted({route for route in _walk(get_resolver().url_patterns, "") if _is_ours(route)})
    return [
        route.replace("admin/bulk/<str:app_label>/<str:model_name>/", "admin/bulk/smeditor/post/") for route in ours
    ]


def _is_ours(route: str) -> bool:
    if route.startswith(PREFIXES):
        return True
    return not route.startswith(NOT_OURS) and "^" not in route and "(" not in route


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


def requests(random: Random, count: int) -> list[Asked]:
    """``count`` requests: every address in turn, each time with other nonsense in it."""
    known = routes()
    return [_request(random, known[number % len(known)]) for number in range(count)]


def _request(random: Random, route: str) -> Asked:
    path = "/" + HOLE.sub(lambda hole: _fill(random, hole[1] or "str"), route)
    query = _query(random, random.randrange(4))
    if random.random() < 0.6:
        return Asked("GET", f"{path}?{query}" if query else path)
    if random.random() < 0.25:
        kind, body = random.choice(BODIES)
        return Asked("POST", path, kind, body)
    return Asked("POST", path, "application/x-www-form-urlencoded", _query(random, random.randrange(6)).encode())


def _fill(random: Random, converter: str) -> str:
    if random.random() < 0.4:
        return str(random.choice((1, 2, 3)))
    if converter in {"int", "id"}:
        return random.choice(("0", "9" * 19, "9" * 20, "9" * 31, "9223372036854775807", "00000000000000000001"))
    value = random.choice(IDS)
    return value if "%" in value else quote(value)


def _query(random: Random, fields: int) -> str:
    pairs = [(random.choice(NAMES), random.choice(TEXTS)) for _field in range(fields)]
    pairs += pairs[:1] * random.randrange(3)  # lists where one value is expected
    return urlencode(pairs, errors="surrogatepass")
